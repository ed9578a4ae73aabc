"""Log-ins and log-outs, of whatever way in: all of them send Django's signals."""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest

from notifications.audit.actors import address_of, person, stranger
from notifications.audit.record import Actor, record
from notifications.audit.refusals import refused
from notifications.models.audit.act import Act, ActorKind


@receiver(user_logged_in, dispatch_uid="audit")
def logged_in(request: HttpRequest, user: Any, **_signal: Any) -> None:
    record(Act.LOGIN, person(request, user))


@receiver(user_logged_out, dispatch_uid="audit")
def logged_out(request: HttpRequest, user: Any, **_signal: Any) -> None:
    """Record it, unless nobody was logged in."""
    if user is not None:
        record(Act.LOGOUT, person(request, user))


@receiver(user_login_failed, dispatch_uid="audit")
def failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_signal: Any) -> None:
    """Name the user if there is one. People type passwords into the field of the name, so that of
    anything else its length alone is kept."""
    typed = str(credentials.get("username") or "")
    users = get_user_model()._default_manager
    user = users.filter(username=typed).first() if typed and "\0" not in typed else None
    if user is None:
        refused(Act.LOGIN_FAILED, stranger(request), length=len(typed))
        return
    address = address_of(request) if request else ""
    refused(Act.LOGIN_FAILED, Actor(ActorKind.PERSON, user.get_username(), user.pk, address))
