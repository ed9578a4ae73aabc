"""`manage.py queue`: what waits, and what keeps it from leaving."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from mailconnector.checks import CONFIGURATION
from notifications.queue import overview


class Command(BaseCommand):
    requires_system_checks = [CONFIGURATION]
    help = "Show the state of the Notification Queue."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="Print JSON, for monitoring systems."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        status = overview.read(now=timezone.now())
        if options["json"]:
            self.stdout.write(json.dumps(status.as_json(), indent=2))
            return
        for name, count in status.counts.items():
            self.stdout.write(f"{name:12} {count}")
        if status.oldest_pending_at:
            self.stdout.write(f"oldest pending since {status.oldest_pending_at:%Y-%m-%d %H:%M:%S}")
        if status.waits.scheduled:
            next_at = f"{status.waits.next_at:%Y-%m-%d %H:%M:%S}"
            self.stdout.write(f"{status.waits.scheduled} scheduled, next {next_at}")
        for obstacle in status.obstacles:
            said = (obstacle.text, obstacle.why, obstacle.what_to_do, obstacle.microsoft_code)
            self.stdout.write("! " + " ".join(filter(None, said)))
