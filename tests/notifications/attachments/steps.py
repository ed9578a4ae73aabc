"""Steps of the tests of stored content."""

import os
from datetime import timedelta

from django.core.files.storage import default_storage

from notifications.attachments import storage, unused


def make_old(*paths, now):
    for path in paths:
        then = (now - timedelta(days=2)).timestamp()
        os.utime(default_storage.path(path), (then, then))


def sweep_files(now):
    return sum(unused.delete_in(number, now=now) for number in range(storage.FOLDERS))
