"""`manage.py run_action`: run an E-mail Notification from a shell or a script."""

import json
from argparse import ArgumentParser
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from mailconnector.checks import BROKER, CONFIGURATION
from notifications.email_templates.run import Initiator, When, run
from notifications.errors import NotQueued
from notifications.management.options import add_options, attached_file
from notifications.models import EmailTemplate


class Command(BaseCommand):
    requires_system_checks = [CONFIGURATION, BROKER]
    help = "Run an E-mail Notification. Prints its ID, or the error (exit status 1)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="The name of the E-mail Notification.")
        parser.add_argument(
            "--context",
            default="{}",
            metavar="JSON",
            help="The placeholders' values as JSON, or @FILE to read them from a file.",
        )
        parser.add_argument(
            "--language",
            default="",
            metavar="CODE",
            help="The language of the message, such as de; else that of the template.",
        )
        add_options(parser, command="run_action")
        parser.add_argument(
            "--initiator-address",
            default="",
            metavar="ADDRESS",
            help="The initiator's address, for templates that notify the initiator.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        template = EmailTemplate.objects.filter(name=options["name"]).first()
        if template is None:
            raise CommandError(f"There is no E-mail Notification “{options['name']}”.")
        with ExitStack() as stack:
            try:
                notification = run(
                    template,
                    _context(options["context"]),
                    initiator=Initiator(options["initiator"], options["initiator_address"]),
                    files=[attached_file(path, stack) for path in options["attach"]],
                    when=When(key=options["key"]),
                    language=options["language"],
                )
            except NotQueued as error:
                raise CommandError(str(error)) from error
        self.stdout.write(str(notification.pk) if notification else "nobody to notify")


def _context(text: str) -> Any:
    try:
        if text.startswith("@"):
            text = Path(text[1:]).read_text(encoding="utf-8")
        return json.loads(text)
    except OSError as error:
        raise CommandError(f"--context {text}: {error.strerror}.") from error
    except ValueError as error:
        raise CommandError(f"--context is not JSON: {error}.") from error
