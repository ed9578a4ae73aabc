"""A message that is being handed in, on its way into the store: what is answered for is on disk.

It lies beside the store until it is whole. `keep` returns once file and folder are written through.
"""

import hashlib
import os
import secrets
import time
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

_FOLDER = "incoming"
# What a killed process has left behind is deleted after this many seconds.
_LEFT_BEHIND = 24 * 3600


class Incoming:
    """`size` counts what was written. Errors of the disk (OSError) are the caller's."""

    def __init__(self) -> None:
        folder = Path(settings.MEDIA_ROOT) / _FOLDER
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path = folder / secrets.token_hex(16)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        self.stream: BinaryIO = os.fdopen(descriptor, "w+b")
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        self.stream.write(data)
        self._digest.update(data)
        self.size += len(data)

    def keep(self) -> str:
        """Put it into the store, durably; return its path there."""
        name = self._digest.hexdigest()
        folder = Path(settings.MEDIA_ROOT) / name[:2]
        self.stream.flush()
        os.fsync(self.stream.fileno())
        is_new = not folder.exists()
        folder.mkdir(exist_ok=True, mode=0o700)
        self._path.replace(folder / name)
        for written in (folder, folder.parent) if is_new else (folder,):
            _sync_folder(written)
        return f"{name[:2]}/{name}"

    def discard(self) -> None:
        self.stream.close()
        self._path.unlink(missing_ok=True)


def forget_left_behind() -> None:
    """Delete what processes that were killed have left."""
    folder = Path(settings.MEDIA_ROOT) / _FOLDER
    if folder.is_dir():
        for file in folder.iterdir():
            if file.stat().st_mtime < time.time() - _LEFT_BEHIND:
                file.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
