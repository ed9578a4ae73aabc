"""Who calls: the API key of the header Authorization, its scope and its rate."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from mailconnector.login import caller_of
from notifications.audit import actors
from notifications.audit.record import NOTHING, Target
from notifications.audit.refusals import refused
from notifications.models import ApiKey, Attempt, Notification
from notifications.models.api_keys.key import seconds_left
from notifications.models.api_keys.limits import allows_network
from notifications.models.audit.act import Act

from .problems import Problem


class KeyAuth(HttpBearer):
    """Nothing else counts, no session either: so there is nothing for CSRF to protect."""

    def __call__(self, request: HttpRequest) -> Any:
        key = super().__call__(request)
        if key is None:
            raise Problem(
                401,
                "Send a valid API key: “Authorization: Bearer mc_…”.",
                headers={"WWW-Authenticate": 'Bearer realm="Mail Connector"'},
            )
        return key

    def authenticate(self, request: HttpRequest, token: str) -> ApiKey | None:
        now = timezone.now()
        key = ApiKey.objects.find(token.strip(), now=now)
        if key is None:
            _tell_unusable(request, token.strip())
        if key is not None and key.networks:
            _check_network(key, request)
        if key is not None and not ApiKey.objects.count_request(key.pk, now=now):
            raise Problem(
                429,
                f"This key may make {key.requests_a_minute} requests a minute.",
                headers={"Retry-After": str(seconds_left(now))},
            )
        return key


def _tell_unusable(request: HttpRequest, token: str) -> None:
    """Record a key that does not count any more, or one that is none; not the key itself."""
    known = ApiKey.objects.made(token)
    on = Target.of(known) if known else NOTHING
    reason = ("revoked" if known.revoked_at else "expired") if known else "unknown"
    by = actors.stranger(request)
    refused(Act.KEY_REFUSED, by, on, reason=reason)


def _tell_denied(request: HttpRequest, key: ApiKey, reason: str) -> None:
    refused(Act.DENIED, actors.api_key(request, key), Target(name=request.path), reason=reason)


def _check_network(key: ApiKey, request: HttpRequest) -> None:
    """A request from elsewhere does not count in the key's rate: it may be a thief's."""
    caller = caller_of(request)
    if not allows_network(key.networks, caller):
        place = caller or "an unknown address"
        _tell_denied(request, key, "network")
        raise Problem(403, f"The key “{key}” may not be used from {place}.")


def key_that_may_send(request: HttpRequest) -> ApiKey:
    """The key of the request. Raises Problem where it may not send."""
    key = key_of(request)
    if not key.may_send:
        _tell_denied(request, key, "may not send")
        raise Problem(403, f"The key “{key}” may not send.")
    return key


def key_that_may_read(request: HttpRequest) -> ApiKey:
    """The key of the request. Raises Problem where it may see only its own messages."""
    key = key_of(request)
    if not key.may_read:
        _tell_denied(request, key, "may not read")
        raise Problem(403, f"The key “{key}” may not read.")
    return key


def visible_notifications(request: HttpRequest) -> QuerySet[Notification]:
    """Everything for a key that may read, else what came with the key. Raises Problem."""
    if key_of(request).may_read:
        return Notification.objects.all()
    return Notification.objects.filter(came_with__api_key=key_that_may_send(request))


def visible_log(request: HttpRequest) -> QuerySet[Attempt]:
    """The entries of the notifications that the key may see. Raises Problem."""
    entries = Attempt.objects.shown()
    if key_of(request).may_read:
        return entries
    return entries.filter(notification__came_with__api_key=key_that_may_send(request))


def key_of(request: HttpRequest) -> ApiKey:
    key: ApiKey = request.auth  # type: ignore[attr-defined]
    return key
