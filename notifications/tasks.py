"""Celery's entry points. They only wake: the work to do stands in the database."""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import wraps
from importlib import import_module
from types import SimpleNamespace

from celery.signals import beat_init, worker_ready, worker_shutdown, worker_shutting_down
from django.conf import settings
from django.utils import timezone

from mailconnector import checks
from mailconnector.celery import app

from . import wakeups
from .alarms import watch
from .attachments import unused
from .audit import retention as audit_retention
from .errors import Contained
from .log import retention, tallies
from .mailbox import delivery_round, open_backends, upkeep
from .mailbox.connection import Connection
from .models import EmailSettings, QueueState
from .queue import expiry, workers
from .queue.engine import drain as delivery
from .webhooks import callbacks

logger = logging.getLogger(__name__)

_BETWEEN_PURGES = timedelta(seconds=1)
# A busy worker drains often, and beat has it drain once a minute.
_BETWEEN_REPORTS = timedelta(seconds=15)
# Celery may be a second late with what it is given an eta for.
_GRAIN_OF_ETA = timedelta(seconds=1)
_SHORTEST_PAUSE = timedelta(milliseconds=20)
_SWEPT = (
    tallies.count_new,
    upkeep.sweep,
    workers.forget_silent,
    callbacks.forget_old,
    expiry.log_expired,
    watch.forget_old,
    audit_retention.purge,
)
_sessions = import_module(settings.SESSION_ENGINE).SessionStore
_stopping = threading.Event()
_draining, _wanted = threading.Lock(), threading.Event()
_last_report = SimpleNamespace(at=datetime.min.replace(tzinfo=UTC))


def _one_at_a_time(work: Callable[[], None]) -> Callable[[], None]:
    """Run the work once at a time in this process: two would take two of the threads that mail
    needs. Work that arrives just as it ends waits for beat, a minute at most."""
    busy = threading.Lock()

    @wraps(work)
    def once() -> None:
        if not busy.acquire(blocking=False):
            return
        try:
            work()
        finally:
            busy.release()

    return once


@app.task
def drain(*, by_beat: bool = False) -> None:
    """Drain, or have the loop look that runs in this process already: one serves all mailboxes."""
    if by_beat:
        workers.report_beat(now=timezone.now())
    _report_alive()
    _wanted.set()
    while _wanted.is_set() and _draining.acquire(blocking=False):
        try:
            wake_at = _drain_while_due()
        finally:
            _draining.release()
        if wake_at and not _stopping.is_set():
            wakeups.send_at(wakeups.DRAIN, wake_at)


def _drain_while_due() -> datetime | None:
    """Drain again where something is due within a second. A drain that comes to nothing, again and
    again for the same moment, is left to the next wake-up."""
    wake_at, pause = _drain_once(), _SHORTEST_PAUSE
    while wake_at:
        wait = max(wake_at - timezone.now(), pause)
        if wait > _GRAIN_OF_ETA or _stopping.wait(wait.total_seconds()):
            break
        before, wake_at = wake_at, _drain_once()
        pause = 2 * pause if wake_at == before else _SHORTEST_PAUSE
    return wake_at


def _drain_once() -> datetime | None:
    """Celery would log the text of a bug too, in which a database may repeat a whole row."""
    wake_at = None
    _wanted.clear()
    with Contained(logger, "draining the queue"):
        wake_at = delivery.drain(
            worker=_lane_name(), is_stopping=_stopping.is_set, is_wanted=_is_wanted
        )
    if not _stopping.is_set() and callbacks.is_due(now=timezone.now()):
        wakeups.send(wakeups.CALL_BACK)
    return wake_at


def _is_wanted() -> bool:
    """Say once that a wake-up has come since the loop has looked."""
    is_wanted = _wanted.is_set()
    _wanted.clear()
    return is_wanted


@app.task
@_one_at_a_time
def call_back() -> None:
    """Tell applications what became of their messages."""
    callbacks.call_due(now=timezone.now())
    if next_at := callbacks.next_due():
        wakeups.send_at(wakeups.CALL_BACK, next_at)


@app.task
@_one_at_a_time
def ask_delivery() -> None:
    """Ask what became of the messages that were accepted."""
    delivery_round.run(now=timezone.now())
    if callbacks.is_due(now=timezone.now()):
        wakeups.send(wakeups.CALL_BACK)


@app.task
def sweep() -> None:
    for work in _SWEPT:
        # What fails for one must not leave the others undone for ever.
        with Contained(logger, "sweeping (%s)", work.__module__):
            work(now=timezone.now())
    with Contained(logger, "deleting the sessions that have ended"):
        _sessions.clear_expired()
    purge()


@app.task
@_one_at_a_time
def purge() -> None:
    """Delete rows, then the files that no row attaches any more. It takes short turns, with other
    work between them, until nothing is left."""
    now = timezone.now()
    if retention.purge(now=now):
        unused.delete_some(now=now)
    elif not _stopping.is_set():
        wakeups.send_at(wakeups.PURGE, timezone.now() + _BETWEEN_PURGES)


def _report_alive() -> None:
    now = timezone.now()
    if abs(now - _last_report.at) >= _BETWEEN_REPORTS:
        workers.report_alive(_process_name())
        _last_report.at = now


def _process_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:100]


def _lane_name() -> str:
    """Name one drain, so that what one has left is not taken for the next one's."""
    return f"{_process_name()[:60]}:{uuid.uuid4().hex[:8]}"


@worker_ready.connect
def _start(**_details: object) -> None:
    """Start with what was left in the queue, without waiting for beat."""
    checks.log_problems()
    saved = EmailSettings.objects.current()
    if saved.account_id:
        open_backends.prepare(Connection.of(saved.values()))
    workers.report_alive(_process_name())
    QueueState.objects.claim(settings.INSTALLATION_ID)
    wakeups.wake()


@worker_shutting_down.connect
def _stop(**_details: object) -> None:
    _stopping.set()


@worker_shutdown.connect
def _gone(**_details: object) -> None:
    workers.report_gone(_process_name())


@beat_init.connect
def _begin(**_details: object) -> None:
    """Wake the workers now: beat would first do so after a whole interval."""
    checks.log_problems()
    watch.start()
    wakeups.send(wakeups.DRAIN, kwargs={"by_beat": True})
