"""The workers: who is alive, and whether one is fit to send."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from notifications import vault
from notifications.models import QueueState, Worker

_FORGET_WORKERS = timedelta(days=1)


def report_alive(worker: str) -> None:
    Worker.objects.saw(
        worker, version=settings.VERSION, key=vault.key_fingerprint(), now=timezone.now()
    )


def report_beat(*, now: datetime) -> None:
    QueueState.objects.filter(pk=1).update(beat_seen_at=now)


def report_gone(worker: str) -> None:
    """It has ended in order: what it was no longer counts."""
    Worker.objects.filter(name=worker).delete()


def forget_silent(*, now: datetime) -> None:
    """Delete the rows of workers that have not been heard of for a day."""
    Worker.objects.filter(seen_at__lt=now - _FORGET_WORKERS).delete()
