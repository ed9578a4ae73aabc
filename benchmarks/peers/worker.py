"""The Celery worker of the queues that have one. It writes down when it was ready, and the CPU
that it had used by then."""

import os
import time
from pathlib import Path

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.peers.settings")
app = Celery("peers")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def _ready(**_details: object) -> None:
    Path(os.environ["READY_FILE"]).write_text(f"{time.time()} {time.process_time()}")
