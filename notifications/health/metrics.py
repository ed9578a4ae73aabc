"""The state of the installation as Prometheus reads it. Each scrape costs the same few queries,
whatever queue and log hold."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from notifications.mailbox.account_state import ShownState
from notifications.models import Attempt, SmtpListener
from notifications.models.attempt import Result
from notifications.queue import overview
from notifications.queue.overview import QueueStatus

# The entries of the log that are counted: few enough at any pace that Exchange allows.
RECENT = timedelta(minutes=5)
_PREFIX = "mailconnector_"


def text(*, now: datetime) -> bytes:
    """Prometheus' text format."""
    registry = CollectorRegistry()
    registry.register(_State(now))
    return generate_latest(registry)


class _State(Collector):
    def __init__(self, now: datetime) -> None:
        self._now = now

    def describe(self) -> list[Metric]:
        """Nothing is known before it is asked for."""
        return []

    def collect(self) -> Iterator[Metric]:
        status = overview.read(now=self._now)
        scheduled = status.waits.scheduled
        yield _labelled("info", "Version of the web process", "version", {settings.VERSION: 1})
        yield _labelled("queue", "Notifications in the queue", "status", status.counts)
        yield _gauge(
            "oldest_pending_seconds",
            "Time since the oldest pending notification was due; 0 without one",
            status.oldest_pending_seconds or 0,
        )
        yield _gauge("scheduled", "Pending notifications whose time has not come", scheduled)
        yield _labelled(
            "recent_attempts",
            f"Log entries of the last {RECENT.seconds // 60} minutes",
            "result",
            self._recent(),
        )
        yield from _account(status, self._now)
        yield _labelled(
            "obstacle", "What holds mail back", "code", {each.code: 1 for each in status.obstacles}
        )
        yield from _smtp(self._now)

    def _recent(self) -> dict[str, int]:
        recent = Attempt.objects.filter(at__gte=self._now - RECENT, is_test=False).order_by()
        counts = dict(recent.values_list("result").annotate(Count("pk")))
        return {result.value: counts.get(result.value, 0) for result in Result}


def _account(status: QueueStatus, now: datetime) -> Iterator[Metric]:
    yield _labelled(
        "account_state",
        "State of the Microsoft account",
        "state",
        {state: int(state == status.account_state) for state in ShownState.values},
    )
    rests = (status.rests_until - now).total_seconds() if status.rests_until else 0
    yield _gauge("resting_seconds", "How long Microsoft still wants the mailbox to rest", rests)
    yield _gauge("paused", "1 while a person has paused the queue", bool(status.state.paused_at))
    yield _gauge("workers", "Workers that are alive", len(status.workers))
    if status.state.beat_seen_at:
        silent = (now - status.state.beat_seen_at).total_seconds()
        yield _gauge("beat_silent_seconds", "Time since beat was last heard", silent)
    if status.credential_days_left is not None:
        yield _gauge(
            "credential_days_left",
            "Days until the client secret or certificate ends",
            status.credential_days_left,
        )


def _smtp(now: datetime) -> Iterator[Metric]:
    listeners = list(SmtpListener.objects.alive(now=now))
    listening = sum(bool(each.addresses) for each in listeners)
    yield _gauge("smtp_listeners", "SMTP listeners that have an address open", listening)
    connections = sum(each.connections for each in listeners)
    yield _gauge("smtp_connections", "Connections to the SMTP listeners", connections)
    ends = [each.certificate_ends_at for each in listeners if each.certificate_ends_at]
    if ends:
        days = (min(ends) - now).days
        yield _gauge("smtp_certificate_days_left", "Days until the certificate ends", days)


def _gauge(name: str, help_: str, value: float) -> Metric:
    return GaugeMetricFamily(_PREFIX + name, help_, value=value)


def _labelled(name: str, help_: str, label: str, values: dict[str, int]) -> Metric:
    metric = GaugeMetricFamily(_PREFIX + name, help_, labels=[label])
    for value, number in values.items():
        metric.add_metric([value], number)
    return metric
