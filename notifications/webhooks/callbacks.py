"""Callbacks tell applications what became of the messages that came with their keys. The table of
them has the deliveries of alarms (alarms/deliveries.py) as well."""

import json
import logging
import time
import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from notifications import retry
from notifications.errors import Contained
from notifications.i18n import gettext_noop as _
from notifications.i18n import storable
from notifications.models import ApiNotification, Callback
from notifications.models.callback import CallbackState
from notifications.models.sealed.address import LostAddress
from notifications.models.status import Status
from notifications.vault import UnreadableSecret

from .call import CallResult, call

logger = logging.getLogger(__name__)

NO_ADDRESS = storable(_("There is no address to call any more."))
UNREADABLE = storable(
    _("The stored address or secret cannot be read. The setup checklist says what to do.")
)
BUG = storable(_("Internal error in Mail Connector; the worker's log has the details."))
# What became of a message that was accepted; its body has the result, and no addresses.
DELIVERED, BOUNCED = "message.delivered", "message.bounced"
EVENTS = {Status.ACCEPTED: "message.accepted", Status.FAILED: "message.failed"}
KEPT = timedelta(days=30)
# Longer than a call can take; a process that dies within one costs this much.
LEASE = timedelta(minutes=2)
_AT_A_TIME = 50
# After this a turn ends: those whose calls fail are put back behind the others.
_TURN = 60.0  # seconds


def announce(notifications: Iterable[int], *, now: datetime) -> None:
    """Note, in the caller's transaction, that the keys of these notifications (by pk) have to
    be told that they were accepted or have failed. One query where no key wants to know.

    To be called after a transition was won; other statuses and origins are passed over.
    """
    # Most messages come without a key, and the whole question is long.
    with_key = ApiNotification.objects.filter(notification__in=list(notifications))
    pks = list(with_key.values_list("pk", flat=True))
    if not pks:
        return
    links = _listening(pks).filter(notification__status__in=list(EVENTS))
    Callback.objects.bulk_create(
        _callback(link, EVENTS[Status(link.notification.status)], now=now) for link in links
    )


def announce_delivery(
    event: str, results: Mapping[int, dict[str, object]], *, now: datetime
) -> None:
    """Note, in the caller's transaction, that the keys of these notifications (by pk) have to be
    told what became of their messages."""
    with_key = ApiNotification.objects.filter(notification__in=list(results))
    pks = list(with_key.values_list("pk", flat=True))
    if pks:
        links = _listening(pks)
        Callback.objects.bulk_create(
            _callback(link, event, now=now, delivery=results[link.notification_id])
            for link in links
        )


def is_due(*, now: datetime) -> bool:
    return Callback.objects.of_keys().due(now=now).exists()


def next_due() -> datetime | None:
    waiting = Callback.objects.of_keys().filter(state=CallbackState.WAITING).order_by("due_at")
    return waiting.values_list("due_at", flat=True).first()


def call_due(*, now: datetime) -> int:
    """Make the calls that are due. Returns how many were made."""
    made, began = 0, time.monotonic()
    rows = Callback.objects.of_keys().due(now=now).select_related("api_key")
    for row in rows[:_AT_A_TIME]:
        if time.monotonic() - began > _TURN:
            break
        if not Callback.objects.claim(row, now=now, lease=LEASE):
            continue
        made += 1
        result = CallResult(0, BUG)
        with Contained(logger, "making call %s", row.pk):
            result = _call(row)
        record(row, result, now=timezone.now())
    return made


def record(row: Callback, result: CallResult, *, now: datetime) -> None:
    """Keep what came of a try; one that failed is made again, for about a day."""
    rows, error = Callback.objects, result.error
    if not error:
        rows.deliver(row.pk, http_status=result.status)
        return
    due_at = retry.next_attempt(row.attempts + 1, now=now)
    if due_at is None:
        rows.give_up(row.pk, http_status=result.status, error=error)
    else:
        rows.put_back(row.pk, due_at=due_at, http_status=result.status, error=error)


def forget_old(*, now: datetime) -> None:
    """Delete old ones. Those of an alarm that stands tell which channels have reported it."""
    ended = Callback.objects.exclude(state=CallbackState.WAITING).filter(created_at__lt=now - KEPT)
    ended.filter(Q(alarm=None) | Q(alarm__cleared_at__isnull=False)).delete()


def _listening(pks: list[int]) -> QuerySet[ApiNotification]:
    """Those of the links whose key has an address to call."""
    return (
        ApiNotification.objects.select_related("api_key", "notification")
        .exclude(api_key__callback_url="")
        .defer("notification__text", "notification__html")
        .filter(pk__in=pks, api_key__revoked_at=None)
    )


def _callback(
    link: ApiNotification,
    event: str,
    *,
    now: datetime,
    delivery: dict[str, object] | None = None,
) -> Callback:
    return Callback(
        api_key=link.api_key,
        notification=link.notification,
        event=event,
        body=_body(link, event, now=now, delivery=delivery),
        created_at=now,
        due_at=now,
    )


def _call(row: Callback) -> CallResult:
    target = row.target()
    if isinstance(target.url, LostAddress):
        return CallResult(0, UNREADABLE)
    if not target.url:
        return CallResult(0, NO_ADDRESS)
    try:
        secret = target.secret()
    except UnreadableSecret:
        return CallResult(0, UNREADABLE)
    return call(
        target.url,
        row.body.encode(),
        event_id=row.event_id,
        secret=secret,
        now=timezone.now(),
    )


def _body(
    link: ApiNotification, event: str, *, now: datetime, delivery: dict[str, object] | None
) -> str:
    """The JSON tells no addresses and no subject: who has the API key can ask for them."""
    row = link.notification
    told = {"delivery": delivery} if delivery else {}
    name = f"{row.message_id}{event}{delivery['state'] if delivery else row.attempts}"
    return json.dumps(
        {
            # The same for the same event, should it be noted twice.
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
            "event": event,
            "at": now.isoformat(),
            "message": {
                "id": row.pk,
                "status": row.status,
                "message_id": row.message_id,
                "idempotency_key": link.key or "",
                "attempts": row.attempts,
                "error": row.error,
                **told,
            },
        }
    )
