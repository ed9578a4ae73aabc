"""An idle system: `python -m benchmarks.wake_up`.

How long a message takes from enqueue until its acceptance by Graph is recorded, one at a time,
and how many statements the idle workers and beat put to the database in a minute.
"""

import statistics
import sys
import time

import psycopg

from benchmarks.processes import Running, running

MESSAGES = 60
IDLE = 180  # seconds
WORKERS = 2


def main() -> int:
    with running(protection=False) as system:
        from notifications.models import Notification, Worker
        from notifications.models.status import Status
        from tests import factories

        deadline = time.monotonic() + 60
        while Worker.objects.count() < WORKERS and time.monotonic() < deadline:
            time.sleep(0.1)  # between two looks
        took = []
        for _ in range(MESSAGES):
            row = factories.enqueue()
            while row.status != Status.ACCEPTED:
                time.sleep(0.01)  # the worker needs the core
                row = Notification.objects.get(pk=row.pk)
            took.append((row.accepted_at - row.queued_at).total_seconds() * 1000)
        cuts = statistics.quantiles(took, n=20)
        print(f"Enqueue to accepted: p50 {cuts[9]:.0f} ms, p95 {cuts[18]:.0f} ms")  # noqa: T201
        asked = _statements_while_idle(system)
        print(f"{WORKERS} idle workers and beat: {asked:.1f} statements a minute")  # noqa: T201
    return 0


def _statements_while_idle(system: Running) -> float:
    with psycopg.connect(system.database.url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET log_statement = 'all'")
        connection.execute("SELECT pg_reload_conf()")
    time.sleep(IDLE)  # that nothing happens is what is measured
    log = (system.database.folder / "log").read_text()
    lines = [
        line for line in log.splitlines() if "LOG:  execute" in line or "LOG:  statement" in line
    ]
    return len(lines) / (IDLE / 60)


if __name__ == "__main__":
    sys.exit(main())
