"""An idle system: `python -m benchmarks.wake_up`.

Measures how long a message takes from enqueue until its acceptance by Graph is recorded, one at a
time, and how many statements the idle workers and beat put to the database in a minute.
"""

import statistics
import sys
import time

import psycopg

from tests.processes import WORKERS, Product, servers, sign_in
from tests.waiting import wait_until

MESSAGES = 60
IDLE = 180  # seconds


def main() -> int:
    with servers() as (product, emulator):
        from notifications.models import Notification, Worker
        from tests import factories

        sign_in(emulator, protection=False)
        product.start()
        wait_until(lambda: Worker.objects.count() == WORKERS, seconds=60)
        took = []
        for _ in range(MESSAGES):
            accepted = Notification.objects.filter(pk=factories.enqueue().pk, status="accepted")
            wait_until(accepted.exists, seconds=30, between=0.02)
            row = accepted.get()
            took.append((row.accepted_at - row.queued_at).total_seconds() * 1000)
        cuts = statistics.quantiles(took, n=20)
        print(f"Enqueue to accepted: p50 {cuts[9]:.0f} ms, p95 {cuts[18]:.0f} ms")  # noqa: T201
        asked = _statements_while_idle(product)
        print(f"{WORKERS} idle workers and beat: {asked:.1f} statements a minute")  # noqa: T201
    return 0


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
