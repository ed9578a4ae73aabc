"""Celery: it wakes the workers and runs periodic work. The queue itself is the database."""

import os
import sys
from datetime import timedelta

from celery import Celery
from celery.signals import setup_logging, task_prerun
from django.conf import settings
from django.db import close_old_connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailconnector.settings")
# Celery would make all of Django's checks, which import every page; tasks.py makes ours.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

SWEEP_INTERVAL = timedelta(minutes=10)

app = Celery("mailconnector")
app.conf.update(
    broker_url=settings.REDIS_URL,
    # A worker that has lost Redis keeps trying; an enqueue must not wait for it.
    broker_connection_retry_on_startup=True,
    broker_connection_max_retries=None,
    # Kombu would otherwise try for 6 s to wake a worker, while a request waits (max_retries).
    broker_transport_options={
        "visibility_timeout": 3600,
        "socket_connect_timeout": 2,
        "max_retries": 0,
    },
    # Whoever can write to Redis must not be able to run code in a worker.
    accept_content=["json"],
    task_serializer="json",
    result_serializer="json",
    task_ignore_result=True,
    task_publish_retry=False,
    worker_prefetch_multiplier=1,
    beat_schedule_filename=str(settings.DATA_DIR / "celerybeat-schedule"),
    beat_schedule={
        # Every broker message may be lost; the work then starts with beat's next call.
        "drain": {
            "task": "notifications.tasks.drain",
            "schedule": settings.WAKE_INTERVAL,
            "kwargs": {"by_beat": True},
            # Calls must not pile up while no worker runs. The time is no shorter because a worker
            # judges it by its own clock: one that is ahead would take every call for an old one.
            "options": {"expires": SWEEP_INTERVAL.total_seconds()},
        },
        "ask_delivery": {
            "task": "notifications.tasks.ask_delivery",
            "schedule": settings.DELIVERY_INTERVAL,
            "options": {"expires": settings.DELIVERY_INTERVAL.total_seconds()},
        },
        "sweep": {"task": "notifications.tasks.sweep", "schedule": SWEEP_INTERVAL},
    },
)
app.autodiscover_tasks()
# Celery would open a connection to the database for each task. Django's settings say how long one
# lives, and each task begins with a look whether it still does.
app.conf.CELERY_DB_REUSE_MAX = sys.maxsize


@task_prerun.connect
def _drop_lost_connections(**_details: object) -> None:
    close_old_connections()


@setup_logging.connect
def _keep_djangos_logging(**_options: object) -> None:
    """Keep Django's logging, which Celery would replace as soon as a worker starts."""
