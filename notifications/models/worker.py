"""The workers that are alive: each drain says so."""

from datetime import datetime, timedelta

from django.db import models

# Beat starts a drain every minute, so a living worker is never silent for longer.
SILENCE = timedelta(minutes=3)


class WorkerQuerySet(models.QuerySet["Worker"]):
    def alive(self, *, now: datetime) -> "WorkerQuerySet":
        return self.filter(seen_at__gte=now - SILENCE)

    def saw(self, name: str, *, version: str, key: str, now: datetime) -> None:
        seen = {"version": version, "key": key, "seen_at": now}
        if not self.filter(name=name).update(**seen):
            self.create(name=name, **seen)


class Worker(models.Model):
    """`key` is a fingerprint of the encryption key in use: two that differ share no secrets."""

    name = models.CharField(max_length=100, primary_key=True)
    version = models.CharField(max_length=30)
    key = models.CharField(max_length=16)
    seen_at = models.DateTimeField(db_index=True)

    objects = WorkerQuerySet.as_manager()

    def __str__(self) -> str:
        return self.name
