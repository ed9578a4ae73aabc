#!/usr/bin/env python
"""Django's command line; `enqueue` and `queue` are ours."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

from mailconnector import running

if __name__ == "__main__":
    running.take_over(Path(os.environ.get("MAILCONNECTOR_DATA_DIR", "").strip() or "var"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailconnector.settings")
    execute_from_command_line(sys.argv)
