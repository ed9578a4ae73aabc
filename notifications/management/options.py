"""A file that is named on the command line, to attach to a notification."""

from contextlib import ExitStack
from pathlib import Path

from django.core.management.base import CommandError

from notifications.outbox import NewFile


def attached_file(path: Path, stack: ExitStack) -> NewFile:
    """The opened file, which `stack` closes. Raises CommandError where it cannot be read."""
    try:
        return NewFile(path.name, stack.enter_context(path.open("rb")))
    except OSError as error:
        raise CommandError(f"--attach {path}: {error.strerror}.") from error
