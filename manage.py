#!/usr/bin/env python
"""Django's command line; `enqueue` and `queue` are ours."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.umask(0o077)  # what a command writes is for its own user alone
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailconnector.settings")
    execute_from_command_line(sys.argv)
