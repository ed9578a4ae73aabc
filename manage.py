#!/usr/bin/env python
"""Django's command line with our commands."""

import os
import sys

from mailconnector.command_line import CommandLine

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailconnector.settings")
    CommandLine(sys.argv).execute()
