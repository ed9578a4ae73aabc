"""Enqueue and drain on PostgreSQL against the emulator: `python -m benchmarks.drain`.

Prints a line for each way and latency: messages a second, CPU of this process for a message,
queries for a message, and slot efficiency, which is the time that requests were under way, divided
by the time that four slots had to offer while work waited.
"""

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from requests.adapters import HTTPAdapter

from tests.exchange_emulator import emulator as running
from tests.servers import postgresql

MESSAGES = {0: 400, 100: 120, 300: 60}  # messages for each latency in milliseconds
ENQUEUED = 500
SLOTS = 4


def main(benchmark: type["Benchmark"] | None = None) -> None:
    with tempfile.TemporaryDirectory() as name, postgresql() as server:
        os.environ |= {
            "DATABASE_URL": server.url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        os.environ.pop("REQUESTS_CA_BUNDLE", None)
        os.environ.pop("CURL_CA_BUNDLE", None)
        django.setup()
        emulator = running.start(Path(name))
        try:
            (benchmark or Benchmark)(emulator).run()
        finally:
            running.stop(emulator)


class Benchmark:
    def __init__(self, emulator: running.Emulator) -> None:
        from django.conf import settings
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        settings.CLOUD = "custom"
        settings.LOGIN_SERVICE_URL = emulator.https
        settings.GRAPH_URL = f"{emulator.https}/v1.0"
        settings.CA_BUNDLE = emulator.ca
        self.emulator = emulator

    def run(self) -> None:
        from notifications import wakeups

        wakeups.send = lambda _task, **_options: None
        self._enqueue()
        print("| way | latency | messages/s | CPU/message | queries/message | slots used |")  # noqa: T201
        print("| --- | --- | --- | --- | --- | --- |")  # noqa: T201
        for way in ("direct", "draft"):
            for latency, count in MESSAGES.items():
                self._drain(way, latency, count)

    def _enqueue(self) -> None:
        from tests import factories

        times = []
        for _ in range(ENQUEUED):
            started = time.perf_counter()
            factories.enqueue()
            times.append((time.perf_counter() - started) * 1000)
        cuts = statistics.quantiles(times, n=100)
        print(f"Enqueue one by one: p50 {cuts[49]:.2f} ms, p99 {cuts[98]:.2f} ms\n")  # noqa: T201

    def _drain(self, way: str, latency: int, count: int) -> None:
        from notifications.models import MicrosoftAccount, Notification
        from notifications.queue.engine import drain
        from tests import factories

        Notification.objects.all().delete()
        self.emulator.reset()
        self.emulator.limits(**{"*": None})
        factories.connect(self.emulator, protection=way == "draft")
        MicrosoftAccount.objects.update(cloud="custom")
        for _ in range(count):
            factories.enqueue()
        if latency:
            self.emulator.fault(path="/v1.0/*", latency_ms=latency)
        with counted_queries() as queries, _timed_requests() as spent:
            started, cpu = time.perf_counter(), time.process_time()
            while Notification.objects.filter(status="pending").exists():
                drain.drain(worker="benchmark:1")
            took, cpu = time.perf_counter() - started, time.process_time() - cpu
        slots = sum(spent) / (SLOTS * took)
        print(  # noqa: T201
            f"| {way} | {latency} ms | {count / took:.0f} | {cpu / count * 1000:.2f} ms | "
            f"{len(queries) / count:.1f} | {slots:.0%} |",
            flush=True,
        )


@contextmanager
def counted_queries() -> Iterator[list[str]]:
    """Yield the statements. Django's own capture formats each one, which would be measured too."""
    from django.db import connection

    queries: list[str] = []

    def count(execute, sql, params, many, context):
        queries.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        yield queries


@contextmanager
def _timed_requests() -> Iterator[list[float]]:
    """Yield the duration of each request, in seconds; a request has its slot before it begins."""
    spent: list[float] = []
    plain = HTTPAdapter.send

    def timed(self, *args, **options):
        started = time.perf_counter()
        try:
            return plain(self, *args, **options)
        finally:
            spent.append(time.perf_counter() - started)

    HTTPAdapter.send = timed
    try:
        yield spent
    finally:
        HTTPAdapter.send = plain


if __name__ == "__main__":
    sys.exit(main())
