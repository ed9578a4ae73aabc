"""`manage.py changepassword` as Django has it, told in the audit trail."""

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.contrib.auth.models import User

from notifications.audit.record import COMMAND, Target, record
from notifications.models.audit.act import Act


class Command(changepassword.Command):
    help = "Set the password of a user."

    def handle(self, *args: Any, **options: Any) -> Any:
        """Record it afterwards: a transaction would stay open while somebody types."""
        done = super().handle(*args, **options)
        name = options["username"] or getpass.getuser()
        record(Act.PASSWORD_SET, COMMAND, Target.of(User.objects.get(username=name)))
        return done
