"""Celery entry points. They only wake: what there is to do stands in the database."""

import logging
import os
import socket
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from celery.signals import beat_init, worker_ready, worker_shutdown, worker_shutting_down
from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from mailconnector import checks
from mailconnector.celery import app

from . import alarms, callbacks, delivery, housekeeping, retention, tallying, watching
from .models import QueueState

logger = logging.getLogger(__name__)

_SOON = timedelta(milliseconds=50)
_BETWEEN_PURGES = timedelta(seconds=1)
_stopping = threading.Event()


def _one_at_a_time(work: Callable[[], None]) -> Callable[[], None]:
    """In this process: two would take two of the threads that mail needs. What comes at the very
    end of one waits for beat, a minute at most."""
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
    if by_beat:
        housekeeping.report_beat(now=timezone.now())
    housekeeping.report_alive(_process_name())
    wake_at = delivery.drain(worker=_lane_name(), is_stopping=_stopping.is_set)
    if _stopping.is_set():
        return
    if wake_at:
        _send_at(drain, wake_at)
    if callbacks.is_due(now=timezone.now()):
        _send(call_back)


@app.task
@_one_at_a_time
def call_back() -> None:
    """Tell applications what became of their messages."""
    callbacks.call_due(now=timezone.now())
    if next_at := callbacks.next_due():
        _send_at(call_back, next_at)


@app.task
def sweep() -> None:
    tallying.count_new(now=timezone.now())
    housekeeping.sweep(now=timezone.now())
    callbacks.forget_old(now=timezone.now())
    alarms.forget_old(now=timezone.now())
    purge()


@app.task
@_one_at_a_time
def purge() -> None:
    """In short turns with other work between them, until there is nothing left to delete."""
    if not retention.purge(now=timezone.now()) and not _stopping.is_set():
        _send_at(purge, timezone.now() + _BETWEEN_PURGES)


def begin_purge() -> None:
    """Without a broker it begins within ten minutes."""
    _send(purge)


def wake() -> None:
    """Tell a worker that something is due. Without a broker it finds out within a minute."""
    _send(drain)


def _send_at(task: Any, when: datetime) -> None:
    now = timezone.now()
    if when - now > settings.WAKE_INTERVAL:
        return  # beat comes sooner
    _send(task, eta=max(when, now + _SOON))


def _send(task: Any, **options: Any) -> None:
    try:
        task.apply_async(**options)
    except OperationalError as error:
        logger.warning("Redis cannot be reached, workers wake up by themselves: %s", error)


def _process_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:100]


def _lane_name() -> str:
    """Of one drain: two threads of a process are two drainers."""
    return f"{_process_name()[:60]}:{uuid.uuid4().hex[:8]}"


@worker_ready.connect
def _start(**_details: object) -> None:
    """What was left in the queue does not wait for beat."""
    checks.log_problems()  # Celery runs the checks, but says nothing of them
    housekeeping.report_alive(_process_name())
    QueueState.objects.claim(settings.INSTALLATION_ID)
    wake()


@worker_shutting_down.connect
def _stop(**_details: object) -> None:
    _stopping.set()


@worker_shutdown.connect
def _gone(**_details: object) -> None:
    housekeeping.report_gone(_process_name())


@beat_init.connect
def _begin(**_details: object) -> None:
    """Beat's own first wake-up comes after a whole interval."""
    checks.log_problems()
    watching.start()
    _send(drain, kwargs={"by_beat": True})
