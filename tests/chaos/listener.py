"""`manage.py smtp` on a disk that is full while the file named by CHAOS_FULL_DISK exists."""

import errno
import os
import sys
from pathlib import Path

import django
from django.core.management import call_command


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailconnector.settings")
    django.setup()
    from notifications.attachments.incoming import Incoming

    sign, write = Path(os.environ["CHAOS_FULL_DISK"]), Incoming.write

    def written(self: Incoming, data: bytes) -> None:
        if sign.exists():
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(self, data)

    Incoming.write = written  # type: ignore[method-assign]
    call_command("smtp")


if __name__ == "__main__":
    sys.exit(main())
