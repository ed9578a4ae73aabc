"""`manage.py reset_second_factor USERNAME`: for somebody who has lost their app and their codes."""

from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from mailconnector.checks import CONFIGURATION
from notifications.audit.record import COMMAND, Target, record
from notifications.models.audit.act import Act
from people import second_factor
from people.models import Session


class Command(BaseCommand):
    requires_system_checks = [CONFIGURATION]
    help = "Take the second factor away from a user, with the recovery codes, and end the sessions."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username", help="Whose it is.")

    def handle(self, *_args: Any, username: str, **_options: Any) -> None:
        user = User.objects.filter(username=username).first()
        if user is None:
            raise CommandError(f"There is no user {username!r}.")
        if not second_factor.reset(user):
            raise CommandError(f"{username} has no second factor.")
        Session.objects.filter(user=user).delete()
        record(Act.SECOND_FACTOR_RESET, COMMAND, Target.of(user))
        self.stdout.write(
            f"{username} logs in with the password alone now, and should set up a new second "
            "factor at once."
        )
