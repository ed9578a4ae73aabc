"""Which processes know django-allauth, the ways in for people. It takes half a second and 20 MB,
and a command that queues mail, a worker and beat let nobody in."""

import sys
from collections.abc import Sequence
from pathlib import Path

APPS = (
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
)
# The settings without which nobody signs in with Microsoft.
OF_MICROSOFT = ("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET")
# manage.py's commands for which a start has to be quick
_WITHOUT = ("enqueue", "run_action", "queue", "doctor", "smtp")


def apps(arguments: Sequence[str] = tuple(sys.argv)) -> tuple[str, ...]:
    """Return the apps to install in the process of this command line."""
    program, command = Path(arguments[0] if arguments else ""), (*arguments[1:2], "")[0]
    is_celery = "celery" in (program.name, program.parent.name)
    is_quick = program.name == "manage.py" and command in _WITHOUT
    return () if is_celery or is_quick else APPS
