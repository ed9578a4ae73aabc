"""`manage.py doctor`: what an installation needs to send mail, each point with its fix."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from notifications.health.checklist import local_facts, points
from notifications.health.checklist.finding import Finding, State

_MARKS = {State.OK: "Passed ", State.WRONG: "FAILED ", State.NOT_CHECKED: "Not run"}


class Command(BaseCommand):
    help = "Check the set-up. The exit status is 1 if a check fails."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="Print JSON, for monitoring systems."
        )
        parser.add_argument(
            "--local",
            action="store_true",
            help="Check this machine only, without asking Microsoft.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        facts = local_facts.read(now=timezone.now())
        if not options["local"]:
            from notifications.health.checklist import microsoft_facts  # noqa: PLC0415 - costly

            facts = microsoft_facts.asked(facts)
        found = points.findings(facts)
        is_wrong = points.is_wrong(found)
        if options["json"]:
            checks = [finding.as_json() for finding in found]
            self.stdout.write(json.dumps({"ok": not is_wrong, "checks": checks}, indent=2))
        else:
            for finding in found:
                self._show(finding)
            self.stdout.write(points.summary(found))
        if is_wrong:
            sys.exit(1)

    def _show(self, finding: Finding) -> None:
        self.stdout.write(f"{_MARKS[finding.state]} {finding.label}: {finding.detail}")
        if finding.fix:
            self.stdout.write(f"        Fix: {finding.fix}")
        if finding.answer.code:
            self.stdout.write(f"        Code: {finding.answer.code} {finding.answer.message}")
