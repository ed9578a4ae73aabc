#!/usr/bin/env python
"""Django's command line with our commands."""

import gc
import os
import sys
from pathlib import Path

from mailconnector.command_line import CommandLine
from mailconnector.run import facts

if __name__ == "__main__":
    # A start makes much and throws little away: looking for it takes a tenth of the time.
    gc.set_threshold(50_000)
    os.umask(0o077)  # what a command writes is for its own user alone
    facts.take_over(Path(os.environ.get("MAILCONNECTOR_DATA_DIR", "").strip() or "var"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailconnector.settings")
    CommandLine(sys.argv).execute()
