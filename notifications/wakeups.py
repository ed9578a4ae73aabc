"""Waking a worker by the name of a task. The queue is the database: a lost wake-up costs a minute,
because beat looks by itself."""

import logging
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from kombu.exceptions import OperationalError

from mailconnector.celery import app

logger = logging.getLogger(__name__)

DRAIN = "notifications.tasks.drain"
CALL_BACK = "notifications.tasks.call_back"
PURGE = "notifications.tasks.purge"
_SOON = timedelta(milliseconds=50)


def wake() -> None:
    """Tell a worker that something is due; without a broker it finds out within a minute."""
    send(DRAIN)


def begin_purge() -> None:
    """Tell a worker to purge old rows; without a broker it begins within ten minutes."""
    send(PURGE)


def send_at(task: str, when: datetime) -> None:
    """Have a task run at `when`, unless beat wakes the workers sooner in any case."""
    now = timezone.now()
    if when - now <= settings.WAKE_INTERVAL:
        send(task, eta=max(when, now + _SOON))


def send(task: str, **options: Any) -> None:
    """Have a task run; `options` are those of Celery's send_task."""
    try:
        app.send_task(task, **options)
    except OperationalError as error:
        logger.warning("Redis cannot be reached, workers wake up by themselves: %s", error)
