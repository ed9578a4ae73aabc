"""`manage.py createsuperuser` as Django has it, told in the audit trail."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.models import User
from django.db.models.signals import post_save

from notifications.admin.people import roles
from notifications.audit.record import COMMAND, Target, record
from notifications.models.audit.act import Act


class Command(createsuperuser.Command):
    help = "Make a user who may do everything, whatever the groups allow."

    def handle(self, *args: Any, **options: Any) -> None:
        """Record whom Django saves, which its command does not hand out."""
        post_save.connect(_tell, sender=User)
        try:
            super().handle(*args, **options)
        finally:
            post_save.disconnect(_tell, sender=User)


def _tell(instance: User, **_signal: Any) -> None:
    role = ["", roles.english(roles.SUPERUSER)]
    record(Act.ADDED, COMMAND, Target.of(instance), role=role)
