"""`manage.py enqueue`: put a notification into the queue from a shell or a script."""

from argparse import ArgumentParser
from contextlib import ExitStack
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mailconnector.checks import BROKER, CONFIGURATION
from notifications import outbox
from notifications.errors import NotQueued
from notifications.management.options import add_options, attached_file
from notifications.models.notification import Priority
from notifications.outbox import NewNotification


class Command(BaseCommand):
    requires_system_checks = [CONFIGURATION, BROKER]
    help = "Queue a notification. Prints its ID, or the error (exit status 1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        _add_addresses(parser)
        _add_content(parser)
        parser.add_argument(
            "--priority",
            default="normal",
            choices=[p.name.lower() for p in Priority],
            help="Urgent mail is sent first, bulk mail last. Default: normal.",
        )
        add_options(parser, command="enqueue")

    def handle(self, *_args: Any, **options: Any) -> None:
        with ExitStack() as stack:
            try:
                notification = outbox.enqueue(
                    NewNotification(
                        to=options["to"],
                        cc=options["cc"],
                        bcc=options["bcc"],
                        from_=options["from_"],
                        reply_to=options["reply_to"],
                        subject=options["subject"],
                        text=options["text"],
                        html=options["html"],
                        headers=[_header(text) for text in options["header"]],
                        files=[attached_file(path, stack) for path in options["attach"]],
                        priority=Priority[options["priority"].upper()],
                        key=options["key"],
                    ),
                    initiator=options["initiator"],
                )
            except NotQueued as error:
                raise CommandError(str(error)) from error
        self.stdout.write(str(notification.pk))


def _add_addresses(parser: ArgumentParser) -> None:
    several: dict[str, Any] = {"action": "append", "default": [], "metavar": "ADDRESS"}
    parser.add_argument("--to", **several, help="A recipient. Repeat the option for more.")
    parser.add_argument("--cc", **several, help="A recipient of a copy. Repeat for more.")
    parser.add_argument("--bcc", **several, help="A hidden recipient. Repeat for more.")
    parser.add_argument("--reply-to", **several, help="The address for replies. Repeat for more.")
    parser.add_argument(
        "--from",
        dest="from_",
        default="",
        metavar="ADDRESS",
        help="The sender. Used only if 'From' address delegation is on.",
    )


def _add_content(parser: ArgumentParser) -> None:
    parser.add_argument("--subject", default="", help="The subject, on one line.")
    parser.add_argument("--text", default="", help="The body as plain text.")
    parser.add_argument("--html", default="", help="The body as HTML.")
    parser.add_argument(
        "--header",
        action="append",
        default=[],
        metavar="NAME:VALUE",
        help='An additional header such as "X-Ticket: 42". Repeat for more.',
    )


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise CommandError(f"--header {text!r}: write it as NAME:VALUE.")
    return name.strip(), value.strip(" ")
