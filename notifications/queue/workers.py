"""The workers: who is alive, and whether one is fit to send."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from notifications import vault
from notifications.models import QueueState, Worker

_FORGET_WORKERS = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Fitness:
    """The living workers by name, each in one of the three. Those of another key cannot read the
    stored secrets; those of another version have our key, and send, but may do it differently."""

    fit: tuple[str, ...] = ()
    other_version: tuple[str, ...] = ()
    other_key: tuple[str, ...] = ()

    @property
    def is_none_alive(self) -> bool:
        return not (self.fit or self.other_version or self.other_key)

    @property
    def can_send(self) -> bool:
        """Say whether mail flows: one worker that can is enough."""
        return bool(self.fit or self.other_version)

    @property
    def is_fit(self) -> bool:
        """Say whether a worker would do exactly what this process does."""
        return bool(self.fit)


def judge(alive: Iterable[Worker]) -> Fitness:
    """Compare the workers' keys and versions with our own."""
    key = vault.key_fingerprint()
    fit: list[str] = []
    other_version: list[str] = []
    other_key: list[str] = []
    for worker in alive:
        if worker.key != key:
            other_key.append(worker.name)
        elif worker.version != settings.VERSION:
            other_version.append(f"{worker.name} ({worker.version})")
        else:
            fit.append(worker.name)
    return Fitness(tuple(fit), tuple(other_version), tuple(other_key))


def report_alive(worker: str) -> None:
    Worker.objects.saw(
        worker, version=settings.VERSION, key=vault.key_fingerprint(), now=timezone.now()
    )


def report_beat(*, now: datetime) -> None:
    QueueState.objects.filter(pk=1).update(beat_seen_at=now)


def report_gone(worker: str) -> None:
    """Forget a worker that has ended in order."""
    Worker.objects.filter(name=worker).delete()


def forget_silent(*, now: datetime) -> None:
    """Delete the rows of workers that have not been heard of for a day."""
    Worker.objects.filter(seen_at__lt=now - _FORGET_WORKERS).delete()
