"""An idle system: `python -m benchmarks.wake_up`.

Measures how long a message takes from enqueue until its acceptance by Graph is recorded: one at a
time, three at once, and at random moments; and how many statements the idle workers and beat put
to the database in a minute.
"""

import random
import statistics
import sys
import time

import psycopg

from tests.processes import WORKERS, Product, servers, sign_in
from tests.waiting import wait_until

MESSAGES = 200  # in each manner
LONGEST_PAUSE = 0.3  # seconds
IDLE = 60  # seconds; beat calls once in them


def main() -> int:
    with servers() as (product, emulator):
        from notifications.models import Worker

        sign_in(emulator, protection=False)
        product.moves_clocks = False
        product.start()
        wait_until(lambda: Worker.objects.count() == WORKERS, seconds=60)
        print("| manner | p50 | p95 |\n| --- | --- | --- |")  # noqa: T201
        for title, took in (
            ("one at a time", _in_bursts(1)),
            ("three at once", _in_bursts(3)),
            ("at random moments", _at_random_moments()),
        ):
            cuts = statistics.quantiles(took, n=20)
            print(f"| {title} | {cuts[9]:.0f} ms | {cuts[18]:.0f} ms |", flush=True)  # noqa: T201
        asked = _statements_while_idle(product)
        print(f"{WORKERS} idle workers and beat: {asked:.1f} statements a minute")  # noqa: T201
    return 0


def _in_bursts(size: int) -> list[float]:
    """Queue so many, wait until they are accepted, and so on; return the times in milliseconds."""
    took = []
    while len(took) < MESSAGES:
        took += _times(_queued(size))
    return took


def _at_random_moments() -> list[float]:
    pks = []
    for _ in range(MESSAGES):
        pks += _queued(1)
        time.sleep(random.uniform(0, LONGEST_PAUSE))  # the moments are what is measured
    return _times(pks)


def _queued(count: int) -> list[int]:
    from tests import factories

    return [factories.enqueue().pk for _ in range(count)]


def _times(pks: list[int]) -> list[float]:
    from notifications.models import Notification

    rows = Notification.objects.filter(pk__in=pks)
    accepted = rows.filter(status="accepted")
    wait_until(lambda: accepted.count() == len(pks), seconds=30, between=0.02)
    return [(row.accepted_at - row.queued_at).total_seconds() * 1000 for row in rows]


def _statements_while_idle(product: Product) -> float:
    with psycopg.connect(product.database.url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf()")
    time.sleep(IDLE)  # the quiet itself is measured
    log = (product.database.folder / "log").read_text()
    lines = [
        line for line in log.splitlines() if "LOG:  execute" in line or "LOG:  statement" in line
    ]
    return len(lines) / (IDLE / 60)


if __name__ == "__main__":
    sys.exit(main())
