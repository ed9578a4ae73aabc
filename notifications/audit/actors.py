"""Who stands behind a request: a person who is logged in, or an API key."""

from typing import Any

from django.http import HttpRequest

from mailconnector.login import caller_of
from notifications.models import ApiKey
from notifications.models.audit.act import ActorKind

from .record import Actor


def person(request: HttpRequest, user: Any = None) -> Actor:
    """Return the person of a request; `user` is somebody who is not in its session (yet)."""
    user = user or getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return stranger(request)
    return Actor(ActorKind.PERSON, user.get_username(), user.pk, address_of(request))


def api_key(request: HttpRequest, key: ApiKey) -> Actor:
    return Actor(ActorKind.KEY, key.name, key.pk, address_of(request))


def stranger(request: HttpRequest | None) -> Actor:
    return Actor(ActorKind.UNKNOWN, address=address_of(request) if request else "")


def address_of(request: HttpRequest) -> str:
    """Return the client's address, "" where it is unknown."""
    return str(caller_of(request) or "")
