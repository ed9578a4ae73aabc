"""Checks of this installation's configuration, made at every start.

Errors stop `make run` and `manage.py`; warnings tell of what works but is not safe.
"""

import base64
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.checks import CheckMessage, Error, Tags, register, run_checks
from django.core.checks import Warning as Unsafe
from django.core.exceptions import ValidationError

from . import broker, env, ways_in

# The tags of the checks here. What makes only these need not import the pages, and what wakes no
# worker need not look at the broker's address.
OURS = CONFIGURATION, BROKER = "configuration", "broker"
# What goes to these leaves no machine.
HERE = frozenset(["localhost", "127.0.0.1", "::1"])
_SHORTEST_SECRET = 50  # characters, as Django's own check demands
_FEWEST_DIFFERENT = 5
_KEY_LENGTH = 32  # bytes
_KEPT = ("secret_key", "encryption_keys", "installation_id", "admin_password")
_OTHERS = 0o077


def log_problems() -> None:
    """Log the problems for programs that do not start through manage.py, which prints them."""
    for found in run_checks(tags=OURS):
        logging.getLogger(__name__).warning("%s %s (%s)", found.msg, found.hint or "", found.id)


@register(Tags.security, CONFIGURATION)
def configuration(app_configs: Any, **_options: Any) -> list[CheckMessage]:
    return [*_public_url(), *_secrets(), *_files(), *_first_password(), *_log_in()]


@register(Tags.security, BROKER)
def broker_address(app_configs: Any, **_options: Any) -> list[CheckMessage]:
    return list(_redis())


def _public_url() -> Iterator[CheckMessage]:
    parts = urlsplit(settings.PUBLIC_URL)
    if parts.scheme == "http" and parts.hostname not in HERE:
        yield Unsafe(
            f"MAILCONNECTOR_PUBLIC_URL is {settings.PUBLIC_URL}: passwords cross the network "
            "unencrypted, and Microsoft Entra takes no redirect URI like it.",
            hint="Put a reverse proxy with TLS in front and set the https address.",
            id="mailconnector.W001",
        )


def _secrets() -> Iterator[CheckMessage]:
    secret = settings.SECRET_KEY
    if len(secret) < _SHORTEST_SECRET or len(set(secret)) < _FEWEST_DIFFERENT:
        yield Unsafe(
            f"MAILCONNECTOR_SECRET_KEY has less than {_SHORTEST_SECRET} characters, or hardly "
            "different ones: it could be guessed.",
            hint="Leave it out, then one is made and kept in the data folder.",
            id="mailconnector.W002",
        )
    for number, key in enumerate(settings.ENCRYPTION_KEYS, start=1):
        if not _is_key(key):
            yield Error(
                f"Key {number} of MAILCONNECTOR_ENCRYPTION_KEYS is not a Fernet key.",
                hint="32 bytes in URL-safe base64, 44 characters; several are separated by commas.",
                id="mailconnector.E001",
            )


def _is_key(key: str) -> bool:
    """Say whether Fernet would take it, without cryptography: that takes 9 MB, and a command that
    opens no secret needs none of it."""
    try:
        return len(base64.urlsafe_b64decode(key.strip())) == _KEY_LENGTH
    except ValueError:
        return False


def _files() -> Iterator[CheckMessage]:
    for path in (settings.DATA_DIR / name for name in _KEPT):
        if _mode(path) & _OTHERS:
            yield Unsafe(
                f"Others on this machine may open {path}.",
                hint=f"chmod 600 {path}",
                id="mailconnector.W003",
            )
    attachments = settings.MEDIA_ROOT
    if _mode(attachments) & 0o001 and _mode(attachments.parent) & 0o001:
        yield Unsafe(
            f"Everybody on this machine may read the attachments in {attachments}.",
            hint=f"chmod -R go= {attachments}",
            id="mailconnector.W007",
        )
    database = Path(settings.DATABASES["default"]["NAME"] or "")
    if database.is_absolute() and _mode(database) & 0o004 and _mode(database.parent) & 0o001:
        yield Unsafe(
            f"Everybody on this machine may read the database {database}.",
            hint=f"chmod 700 {database.parent}",
            id="mailconnector.W004",
        )


def _mode(path: Path) -> int:
    try:
        return path.stat().st_mode
    except OSError:
        return 0


def _log_in() -> Iterator[CheckMessage]:
    values = {name: getattr(settings, name) for name in ways_in.OF_MICROSOFT}
    missing = ", ".join(f"MAILCONNECTOR_{name}" for name, value in values.items() if not value)
    if missing and any(values.values()):
        yield Error(
            f"Sign in with Microsoft is half set up: without {missing} it is not offered.",
            hint="Set all three of them, or none: docs/operations.md, People.",
            id="mailconnector.E003",
        )
    elif missing and not settings.PASSWORD_LOGIN:
        yield Unsafe(
            "MAILCONNECTOR_PASSWORD_LOGIN is “no”, and there is no sign in with Microsoft: only "
            "superusers can log in.",
            hint=f"Set {missing}.",
            id="mailconnector.W008",
        )


def _redis() -> Iterator[CheckMessage]:
    if not broker.is_address():
        yield Error(
            "REDIS_URL is not an address of Redis.",
            hint="redis://host:6379/0, rediss://… or redis+socket:///path/to/redis.sock",
            id="mailconnector.E002",
        )
        return
    parts = urlsplit(settings.REDIS_URL)
    if parts.scheme == "redis" and parts.hostname not in HERE and not parts.password:
        yield Unsafe(
            f"REDIS_URL names another machine ({parts.hostname}) without a password: whoever "
            "reaches it can wake the workers, or keep them from being woken.",
            hint="redis://:password@… or rediss://…",
            id="mailconnector.W005",
        )


def _first_password() -> Iterator[CheckMessage]:
    """Check the given password of the user admin; `make run` takes any for a new database."""
    given = env.secret("MAILCONNECTOR_ADMIN_PASSWORD")
    if not given or urlsplit(settings.PUBLIC_URL).hostname in HERE:
        return
    try:
        validate_password(given)
    except ValidationError as error:
        yield Unsafe(
            "MAILCONNECTOR_ADMIN_PASSWORD is too weak: " + " ".join(error.messages),
            id="mailconnector.W006",
        )
