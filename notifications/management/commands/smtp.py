"""`manage.py smtp`: the process that takes mail from devices and applications."""

import asyncio
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import connections

from mailconnector.checks import BROKER, CONFIGURATION
from notifications.smtp_listener.server import Server


class Command(BaseCommand):
    requires_system_checks = [CONFIGURATION, BROKER]
    help = "Listen for mail of devices and applications (SMTP), as MAILCONNECTOR_SMTP_LISTEN says."

    def handle(self, *args: Any, **options: Any) -> None:
        _write_through()
        try:
            asyncio.run(_run())
        except ImproperlyConfigured as error:
            raise CommandError(str(error)) from error


async def _run() -> None:
    await Server().run()


def _write_through() -> None:
    """Let SQLite write through to the disk with each commit: 250 says that a message is kept even
    if the power fails. PostgreSQL does so by itself."""
    options = connections["default"].settings_dict.get("OPTIONS", {})
    if connections["default"].vendor == "sqlite" and "init_command" in options:
        options["init_command"] = options["init_command"].replace(
            "synchronous=NORMAL", "synchronous=FULL"
        )
        connections["default"].close()
