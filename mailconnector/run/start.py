"""`make run` starts everything on one machine from one terminal, and stops it together."""

import fcntl
import os
import secrets
import signal
import socket
import sys
from pathlib import Path
from typing import IO

import django
from django.conf import settings
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import connections
from honcho.environ import parse_procfile

from mailconnector import checks, env
from notifications.backends.microsoft.clouds import (
    PRACTICE_CLIENT_ID,
    PRACTICE_TENANT_ID,
)

from . import facts
from .processes import ADMIN, RunManager, is_practice

# It belongs to the IDs of clouds.py, and opens nothing else either.
PRACTICE_CLIENT_SECRET = "practice~Secret.Value-Not-The-Id_0001"  # noqa: S105 - public


class CannotStart(Exception):  # noqa: N818 - reads as what it is
    """Starting is impossible; str() says why and what to do."""


def main() -> int:
    os.umask(0o077)  # what any of the processes writes is for this user alone
    try:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailconnector.settings")
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = _lock(settings.DATA_DIR / facts.LOCK)
        django.setup()
        password = _prepare()
        _check_ports()
    except (CannotStart, ImproperlyConfigured) as error:
        print(f"Cannot start: {error}", file=sys.stderr)  # noqa: T201 - a command's output
        return 1
    connections.close_all()
    manager = RunManager(_commands(), password)
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    with facts.told(settings.DATA_DIR, _told()):
        manager.loop()
    lock.close()
    stopped_by_person = (128 + signal.SIGINT, 128 + signal.SIGTERM)
    return 0 if manager.returncode in stopped_by_person else 1


def _lock(path: Path) -> IO[str]:
    stream = path.open("w")
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise CannotStart(
            f"Mail Connector already runs with the data folder {settings.DATA_DIR}. "
            "Stop it, or set MAILCONNECTOR_DATA_DIR to another folder."
        ) from error
    return stream


def _has_own_redis() -> bool:
    return "REDIS_URL" not in os.environ and "REDIS_URL_FILE" not in os.environ


def _check_ports() -> None:
    ports = {"PORT": settings.PORT}
    if is_practice():
        ports["MAILCONNECTOR_EMULATOR_HTTP_PORT"] = settings.EMULATOR_HTTP_PORT
        ports["MAILCONNECTOR_EMULATOR_HTTPS_PORT"] = settings.EMULATOR_HTTPS_PORT
    for variable, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                raise CannotStart(
                    f"port {port} is taken by another program. Stop that, or choose another "
                    f"port: {variable}={port + 100} make run"
                ) from error


def _prepare() -> str:
    """Prepare the database, static files and the administrator; return where the password is."""
    from notifications.models import QueueState  # noqa: PLC0415 - only after django.setup

    if wrong := [found for found in run_checks(tags=checks.OURS) if found.is_serious()]:
        raise CannotStart(" ".join(f"{found.msg} {found.hint or ''}" for found in wrong))
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    QueueState.objects.claim(settings.INSTALLATION_ID)
    _fill_in_application()
    return _administrator()


def _fill_in_application() -> None:
    """Fill in the practice application in a new data folder, so that nobody has to type it."""
    from notifications.models import EmailSettings  # noqa: PLC0415 - as above

    row = EmailSettings.objects.current()
    if not is_practice() or row.tenant_id or row.client_id or row.client_secret:
        return
    row.tenant_id, row.client_id = PRACTICE_TENANT_ID, PRACTICE_CLIENT_ID
    row.client_secret = EmailSettings.client_secret.field.seal(PRACTICE_CLIENT_SECRET)
    row.save()


def _administrator() -> str:
    """Make the user of a new database. Return what is said of their password: itself only where it
    was made now, because what is printed stays in a journal or a container's log for years."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - as above

    given = env.secret("MAILCONNECTOR_ADMIN_PASSWORD")
    file = settings.DATA_DIR / "admin_password"
    user = User.objects.filter(username=ADMIN).first()
    if user is None:
        password = given or secrets.token_urlsafe(12)
        user = User.objects.create_superuser(ADMIN, f"{ADMIN}@contoso.example", password)
        if given:
            return "(password: as MAILCONNECTOR_ADMIN_PASSWORD says)"
        file.touch(mode=0o600)
        file.write_text(password)
        return f"Password: {password}"
    if file.exists() and not user.check_password(file.read_text()):
        file.unlink()  # they have chosen one of their own
    return f"(password: in {file})" if file.exists() else "(password: as you set it)"


def _commands() -> dict[str, str]:
    commands: dict[str, str] = parse_procfile(
        (settings.BASE_DIR / "Procfile").read_text()
    ).processes
    if not is_practice():
        commands.pop("emulator")
    if not _has_own_redis():
        commands.pop("redis")
    return commands


def _told() -> dict[str, str]:
    """Return what manage.py in another shell has to know."""
    return {
        "PORT": str(settings.PORT),
        "MAILCONNECTOR_PUBLIC_URL": settings.PUBLIC_URL,
        "MAILCONNECTOR_EMULATOR_HTTP_PORT": str(settings.EMULATOR_HTTP_PORT),
        "MAILCONNECTOR_EMULATOR_HTTPS_PORT": str(settings.EMULATOR_HTTPS_PORT),
        **({"MAILCONNECTOR_CLOUD": settings.CLOUD} if settings.CLOUD_IS_NAMED else {}),
        **{name: os.environ[name] for name in facts.SERVERS if name in os.environ},
    }
