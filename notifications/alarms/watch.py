"""Alarms by another way than e-mail: a signed call to the address of E-mail > Settings when a
trouble begins, and one when it is over. Beat looks once a minute: a worker cannot tell that there
is none."""

import json
import logging
import threading
import uuid
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from notifications.errors import Contained
from notifications.models import Alarm, Callback, EmailSettings
from notifications.models.alarm import AlarmCode
from notifications.models.sealed.address import LostAddress
from notifications.queue import obstacles
from notifications.queue.obstacles import Obstacle
from notifications.webhooks import callbacks
from notifications.webhooks.call import CallResult, call
from notifications.webhooks.callbacks import KEPT

from . import conditions
from .conditions import Condition

logger = logging.getLogger(__name__)

# The database cannot be asked at the moment.
_LOST = (DatabaseError, InterfaceError)

RAISED, CLEARED, TEST = "alarm.raised", "alarm.cleared", "alarm.test"
# Where the trouble is an obstacle, that says it.
WHAT_TO_DO = obstacles.WHAT_TO_DO | {
    AlarmCode.CREDENTIAL_ENDS: gettext_noop(
        "Make a new client secret or certificate in Microsoft Entra, enter it and save."
    ),
    AlarmCode.THROTTLED: gettext_noop("See the log: does something send too much?"),
    AlarmCode.UNREACHABLE: gettext_noop("Run “manage.py doctor”: it names what is in the way."),
    AlarmCode.SMTP_SILENT: gettext_noop(
        "Start “manage.py smtp”, and see on E-mail > SMTP what it says."
    ),
    AlarmCode.SMTP_CERTIFICATE: gettext_noop(
        "Replace the files of MAILCONNECTOR_SMTP_CERTIFICATE and MAILCONNECTOR_SMTP_KEY."
    ),
    AlarmCode.SMTP_RECIPIENTS: gettext_noop(
        "See on E-mail > SMTP > Clients which one it is: a device that sends in a loop, or a limit "
        "that is too low."
    ),
    AlarmCode.SMTP_EXPIRED: gettext_noop(
        "See the log for the messages, and the Notification Queue for what held mail back."
    ),
    AlarmCode.QUEUE_OLD: gettext_noop("See the Notification Queue and the worker's output."),
}


def watch(*, now: datetime) -> None:
    """Raise and clear what has changed since the last time. Several may do so at once."""
    found = conditions.current(now=now)
    standing = {alarm.code: alarm for alarm in Alarm.objects.standing()}
    url = EmailSettings.objects.current().alarm_url
    for code in standing.keys() | found.keys():
        with Contained(logger, "looking after alarm %s", code):
            if code not in standing:
                _raise(AlarmCode(code), found[AlarmCode(code)], url=url, now=now)
            elif code in found:
                _go_on(standing[code], found[AlarmCode(code)], url=url, now=now)
            elif not conditions.ELSEWHERE & found.keys():
                _clear(standing[code], url=url, now=now)


def call_test(url: str, *, secret: str, now: datetime) -> CallResult:
    """Make one call with these values, at once; nothing is kept of it."""
    event_id = str(uuid.uuid4())
    body = {"id": event_id, "event": TEST, "at": now.isoformat(), **_origin()}
    return call(url, json.dumps(body).encode(), event_id=event_id, secret=secret, now=now)


def forget_old(*, now: datetime) -> None:
    Alarm.objects.filter(cleared_at__lt=now - KEPT).delete()


@transaction.atomic
def _raise(code: AlarmCode, why: Condition, *, url: str, now: datetime) -> None:
    try:
        with transaction.atomic():
            alarm = Alarm.objects.create(code=code, stage=why.stage, raised_at=now)
    except IntegrityError:
        return  # another watcher was faster
    logger.error("%s", _text(alarm, why.obstacle), extra={"code": str(code)})
    _announce(alarm, RAISED, why, url=url, now=now)


@transaction.atomic
def _go_on(alarm: Alarm, why: Condition, *, url: str, now: datetime) -> None:
    """Told again at its next stage, and once an address was entered."""
    if why.stage != alarm.stage:
        if Alarm.objects.restage(alarm, why.stage):
            alarm.stage = why.stage
            _announce(alarm, RAISED, why, url=url, now=now)
    elif not alarm.told_at:
        _announce(alarm, RAISED, why, url=url, now=now)


@transaction.atomic
def _clear(alarm: Alarm, *, url: str, now: datetime) -> None:
    if Alarm.objects.clear_one(alarm.pk, now=now) and alarm.told_at:
        alarm.cleared_at = now
        _announce(alarm, CLEARED, Condition(), url=url, now=now)


def _announce(alarm: Alarm, event: str, why: Condition, *, url: str, now: datetime) -> None:
    if not url and not isinstance(url, LostAddress):
        return
    body = _body(alarm, event, why.obstacle, now=now)
    Callback.objects.create(alarm=alarm, event=event, body=body, created_at=now, due_at=now)
    Alarm.objects.filter(pk=alarm.pk).update(told_at=now)


def _body(alarm: Alarm, event: str, obstacle: Obstacle | None, *, now: datetime) -> str:
    """Say it as the obstacle does, where one stands."""
    code = AlarmCode(alarm.code)
    # The same for the same event, should it be noted twice.
    name = f"{alarm.raised_at}{code}{event}{alarm.stage}"
    return json.dumps(
        {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, name)),
            "event": event,
            "at": now.isoformat(),
            **_origin(),
            "alarm": {
                "id": alarm.pk,
                "code": alarm.code,
                "text": _text(alarm, obstacle),
                "why": obstacle.why if obstacle else "",
                "what_to_do": obstacle.what_to_do if obstacle else WHAT_TO_DO[code],
                "microsoft_code": obstacle.microsoft_code if obstacle else "",
                "days_left": alarm.stage,
                "raised_at": alarm.raised_at.isoformat(),
                "cleared_at": alarm.cleared_at.isoformat() if alarm.cleared_at else None,
            },
        }
    )


def _text(alarm: Alarm, obstacle: Obstacle | None) -> str:
    return obstacle.text if obstacle else str(AlarmCode(alarm.code).label)


def _origin() -> dict[str, str]:
    return {"installation": settings.PUBLIC_URL}


def look(*, now: datetime) -> None:
    """Raise and clear alarms, and make their calls, which then need no worker."""
    watch(now=now)
    callbacks.call_alarms(now=now)


def start() -> None:
    threading.Thread(target=_look_again_and_again, daemon=True, name="alarms").start()


def _look_again_and_again() -> None:
    pause = threading.Event()  # never set: the thread ends with its process
    while not pause.wait(settings.WAKE_INTERVAL.total_seconds()):
        try:
            with Contained(logger, "looking after alarms", passing=_LOST):
                look(now=timezone.now())
        except _LOST as error:
            logger.warning("Alarms cannot be looked after: %s", error)
        finally:
            connection.close()
