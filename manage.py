#!/usr/bin/env python
"""Django's command line with our commands."""

import gc
import os
import sys
from pathlib import Path


def main() -> None:
    # A start makes much and throws little away: looking for that takes an eighth of the time. It
    # begins with the command (command_line.py).
    gc.disable()
    from mailconnector.command_line import CommandLine  # noqa: PLC0415
    from mailconnector.run import facts  # noqa: PLC0415

    os.umask(0o077)  # what a command writes is for its own user alone
    facts.take_over(Path(os.environ.get("MAILCONNECTOR_DATA_DIR", "").strip() or "var"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailconnector.settings")
    CommandLine(sys.argv).execute()


if __name__ == "__main__":
    main()
