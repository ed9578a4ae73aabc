"""Alarms by another way than e-mail: each channel is told when a trouble begins, and when it is
over. Beat looks once a minute: a worker cannot tell that there is none."""

import logging
import threading
from datetime import datetime

from django.conf import settings
from django.db import DatabaseError, IntegrityError, InterfaceError, connection, transaction
from django.utils import timezone

from notifications.errors import Contained
from notifications.models import Alarm
from notifications.models.alarms.alarm import AlarmCode
from notifications.webhooks.callbacks import KEPT

from . import conditions, deliveries, events, heartbeat
from .announcements import Announcer
from .conditions import Condition

logger = logging.getLogger(__name__)

# The database cannot be asked at the moment.
_LOST = (DatabaseError, InterfaceError)


def watch(*, now: datetime) -> None:
    """Raise and clear what has changed since the last time. Several may do so at once."""
    standing = {alarm.code: alarm for alarm in Alarm.objects.standing()}
    found = conditions.current(standing.values(), now=now)
    announcer = Announcer(now=now)
    for code in standing.keys() | found.keys():
        with Contained(logger, "looking after alarm %s", code):
            if code not in standing:
                _raise(AlarmCode(code), found[AlarmCode(code)], announcer)
            elif code in found:
                _go_on(standing[code], found[AlarmCode(code)], announcer)
            elif not conditions.ELSEWHERE & found.keys():
                _clear(standing[code], announcer)


@transaction.atomic
def report_emergency_login(*, now: datetime) -> None:
    """Tell all channels, at each login: an alarm that stands already gives way to a new one."""
    code = AlarmCode.EMERGENCY_LOGIN
    for alarm in Alarm.objects.standing().filter(code=code):
        Alarm.objects.clear_one(alarm.pk, now=now)
    _raise(code, Condition(), Announcer(now=now))


def report_refused_login(*, now: datetime) -> None:
    """Tell that the sign-in service refuses us, whoever signs in; once, while that stands."""
    _raise(AlarmCode.LOGIN_REFUSED, Condition(), Announcer(now=now))


def report_accepted_login(*, now: datetime) -> None:
    for alarm in Alarm.objects.standing().filter(code=AlarmCode.LOGIN_REFUSED):
        _clear(alarm, Announcer(now=now))


def forget_old(*, now: datetime) -> None:
    Alarm.objects.filter(cleared_at__lt=now - KEPT).delete()


@transaction.atomic
def _raise(code: AlarmCode, why: Condition, announcer: Announcer) -> None:
    try:
        with transaction.atomic():
            alarm = Alarm.objects.create(code=code, stage=why.stage, raised_at=announcer.now)
    except IntegrityError:
        return  # another watcher was faster
    logger.error("%s", events.text_of(alarm, why.obstacle), extra={"code": str(code)})
    announcer.raised(alarm)


@transaction.atomic
def _go_on(alarm: Alarm, why: Condition, announcer: Announcer) -> None:
    """Told again at its next stage, and to a channel that was added meanwhile."""
    if why.stage != alarm.stage:
        if not Alarm.objects.restage(alarm, why.stage):
            return
        alarm.stage = why.stage
    announcer.raised(alarm)


@transaction.atomic
def _clear(alarm: Alarm, announcer: Announcer) -> None:
    if Alarm.objects.clear_one(alarm.pk, now=announcer.now):
        alarm.cleared_at = announcer.now
        announcer.cleared(alarm)


def look(*, now: datetime) -> None:
    """Raise and clear alarms and deliver them, which then needs no worker; then say that mail can
    leave, if it can."""
    watch(now=now)
    deliveries.deliver_due(now=now)
    heartbeat.beat(now=now)


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
