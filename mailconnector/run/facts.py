"""What `make run` runs with, told to manage.py in another shell by a file of the data folder."""

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

# Whose database and broker a command has to use; the folder is for our own user alone.
SERVERS = ("DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE")
LOCK = "run.lock"
_NAMES = frozenset(
    {
        *SERVERS,
        "PORT",
        "MAILCONNECTOR_PUBLIC_URL",
        "MAILCONNECTOR_CLOUD",
        "MAILCONNECTOR_EMULATOR_HTTP_PORT",
        "MAILCONNECTOR_EMULATOR_HTTPS_PORT",
    }
)


@contextmanager
def told(folder: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """Keep the variables in the folder while the product runs."""
    file = _file(folder)
    file.unlink(missing_ok=True)
    file.touch(mode=0o600)
    file.write_text(json.dumps(variables))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def take_over(folder: Path) -> None:
    """Set the variables that this shell does not set itself. A damaged file tells nothing, nor does
    one that was left behind."""
    try:
        variables = json.loads(_file(folder).read_text()) if _runs(folder) else None
    except (OSError, ValueError):
        return
    if not isinstance(variables, dict):
        return
    for name, value in variables.items():
        if name in _NAMES and isinstance(value, str):
            os.environ.setdefault(name, value)


def _runs(folder: Path) -> bool:
    """Say whether `make run` holds its lock."""
    with (folder / LOCK).open() as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _file(folder: Path) -> Path:
    return folder / "running.json"
