"""A long queue: `python -m benchmarks.backlog`.

Measures the rate, the queries and the memory of a drain (direct, 0 ms) with 3,000, 10,000 and
100,000 notifications pending.
"""

import sys
import time
from pathlib import Path

from benchmarks.drain import Benchmark, counted_queries
from benchmarks.drain import main as with_servers

PENDING = (3_000, 10_000, 100_000)
_AT_ONCE = 1_000
_SECONDS = 3


class Backlog(Benchmark):
    def run(self) -> None:
        from notifications import wakeups
        from tests import factories

        wakeups.send = lambda _task, **_options: None
        self.emulator.limits(**{"*": None})
        factories.connect(self.emulator, protection=False)
        print("| pending | messages/s | queries/message | memory, idle | at the peak |")  # noqa: T201
        print("| --- | --- | --- | --- | --- |")  # noqa: T201
        for pending in PENDING:
            self._measure(pending)

    def _measure(self, pending: int) -> None:
        from notifications.models import MicrosoftAccount, Notification
        from notifications.queue.engine import drain

        MicrosoftAccount.objects.update(cloud="custom")
        _fill(pending)
        idle = memory("VmRSS")
        Path("/proc/self/clear_refs").write_text("5")  # forgets the peak
        with counted_queries() as queries:
            started = time.perf_counter()
            drain.drain(
                worker="benchmark:1",
                is_stopping=lambda: time.perf_counter() - started > _SECONDS,
            )
            took = time.perf_counter() - started
        sent = Notification.objects.filter(status="accepted").count()
        print(  # noqa: T201
            f"| {pending:,} | {sent / took:.0f} | {len(queries) / sent:.1f} | {idle:.0f} MB | "
            f"{memory('VmHWM'):.0f} MB |",
            flush=True,
        )


def _fill(pending: int) -> None:
    from django.db import connection

    from notifications.models import Notification
    from tests import factories

    Notification.objects.all().delete()
    pattern = factories.enqueue(text="A line of a ticket's answer. " * 40)
    fields = {f.attname: getattr(pattern, f.attname) for f in Notification._meta.concrete_fields}
    del fields["id"], fields["message_id"]
    for start in range(1, pending, _AT_ONCE):
        Notification.objects.bulk_create(
            Notification(**fields, message_id=f"<{n}@contoso.example>")
            for n in range(start, min(start + _AT_ONCE, pending))
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE notifications_notification")


def memory(field: str) -> float:
    """Return a field of this process's memory, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(status.split(f"{field}:")[1].split()[0]) / 1024


if __name__ == "__main__":
    sys.exit(with_servers(Backlog))
