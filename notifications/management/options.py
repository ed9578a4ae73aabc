"""Options of every command that queues something."""

from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path

from django.core.management.base import CommandError

from notifications.outbox import NewFile


def add_options(parser: ArgumentParser, *, command: str) -> None:
    """Add --attach, --key and --initiator; `command` is who queues unless another is named."""
    parser.add_argument(
        "--attach",
        action="append",
        default=[],
        metavar="FILE",
        type=Path,
        help="A file to attach. Repeat for more.",
    )
    parser.add_argument(
        "--key", default="", help="An idempotency key: using it again queues nothing new."
    )
    parser.add_argument(
        "--initiator",
        default=f"manage.py {command}",
        help="The initiator shown in the queue and the log.",
    )


def attached_file(path: Path, stack: ExitStack) -> NewFile:
    """The opened file, which `stack` closes. Raises CommandError where it cannot be read."""
    try:
        return NewFile(path.name, stack.enter_context(path.open("rb")))
    except OSError as error:
        raise CommandError(f"--attach {path}: {error.strerror}.") from error
