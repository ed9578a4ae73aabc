"""`manage.py rotate_keys`: seal every stored secret with the first of the encryption keys."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from mailconnector.checks import CONFIGURATION
from notifications.audit.record import COMMAND, record
from notifications.health import stored_secrets
from notifications.models.audit.act import Act


class Command(BaseCommand):
    requires_system_checks = [CONFIGURATION]
    help = "Encrypt all stored secrets with the first key. Exit status 1 if some can't be read."

    def handle(self, *_args: Any, **_options: Any) -> None:
        rotation = stored_secrets.rotate()
        record(Act.KEYS_ROTATED, COMMAND, count=rotation.resealed)
        self.stdout.write(f"{rotation.resealed} secrets are now encrypted with the first key.")
        if rotation.unreadable:
            names = ", ".join(rotation.unreadable)
            self.stderr.write(f"No key can decrypt these; they were not changed: {names}.")
            sys.exit(1)
