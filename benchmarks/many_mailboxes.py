"""Many mailboxes on one worker: `python -m benchmarks.many_mailboxes`.

A hundred accounts, each with a backlog and 30 messages a minute, are served by one loop. It prints
how many messages left a second, which part of the pace that is, and what memory, threads and CPU it
took. The product has one mailbox; the accounts and the rows of each are supplied here.
"""

import sys
import threading
import time
from collections.abc import Callable

from benchmarks.backlog import memory
from benchmarks.drain import Benchmark, counted_queries
from benchmarks.drain import main as with_servers

MAILBOXES, PER_MINUTE = 100, 30
SECONDS = 40
LATENCIES = (20, 300)  # milliseconds


class ManyMailboxes(Benchmark):
    def run(self) -> None:
        from notifications import wakeups

        wakeups.send = lambda _task, **_options: None
        print("| latency | messages/s | of the pace | CPU | memory | threads | queries/message |")  # noqa: T201
        print("| --- | --- | --- | --- | --- | --- | --- |")  # noqa: T201
        for latency in LATENCIES:
            self._measure(latency)

    def _measure(self, latency: int) -> None:
        from notifications.models import Notification
        from notifications.queue.engine.drain import drain

        among = self._mailboxes()
        self.emulator.reset()
        self.emulator.limits(**{"*": None})
        self.emulator.fault(path="/v1.0/*", latency_ms=latency)
        idle, most = memory("VmRSS"), Most()
        started, cpu = time.monotonic(), time.process_time()

        def is_over() -> bool:
            most.look()
            return time.monotonic() - started > SECONDS

        with counted_queries() as queries:
            while not is_over():
                drain(worker="benchmark:1", is_stopping=is_over, among=among)
        took, cpu = time.monotonic() - started, time.process_time() - cpu
        sent = Notification.objects.filter(status="accepted").count()
        pace = MAILBOXES * (4 + took * PER_MINUTE / 60)  # a mailbox may begin with four at once
        print(  # noqa: T201
            f"| {latency} ms | {sent / took:.0f} | {sent / pace:.0%} | {cpu / took:.0%} | "
            f"{most.memory - idle:+.0f} MB | {most.threads} | {len(queries) / sent:.1f} |",
            flush=True,
        )

    def _mailboxes(self) -> Callable[[], list[object]]:
        from notifications.models import EmailSettings, MicrosoftAccount, Notification
        from notifications.queue.engine.mailbox import Mailbox
        from tests import factories

        class Supplied(Mailbox):
            def is_current(self) -> bool:
                return True

        Notification.objects.all().delete()
        EmailSettings.objects.update(account=None)
        MicrosoftAccount.objects.all().delete()
        factories.connect(self.emulator, protection=True)
        MicrosoftAccount.objects.update(cloud="custom")
        EmailSettings.objects.update(messages_a_minute=PER_MINUTE, recipients_a_day=0)
        account, pattern = MicrosoftAccount.objects.get(), factories.enqueue()
        for _ in range(MAILBOXES - 1):
            account.pk = None  # the emulator has one account with a token for each
            account.save()
        accounts = list(MicrosoftAccount.objects.all())
        _fill(pattern, [str(each.pk) for each in accounts])

        def among() -> list[object]:
            settings, rows = EmailSettings.objects.current(), Notification.objects
            return [Supplied(settings, a, rows.filter(initiator=str(a.pk))) for a in accounts]

        return among


class Most:
    """The most memory and threads that were seen; it is looked at once a second."""

    def __init__(self) -> None:
        self.memory, self.threads, self._looked_at = 0.0, 0, 0.0

    def look(self) -> None:
        if time.monotonic() - self._looked_at > 1:
            self._looked_at = time.monotonic()
            self.memory = max(self.memory, memory("VmRSS"))
            self.threads = max(self.threads, threading.active_count())


def _fill(pattern, initiators: list[str]) -> None:
    from django.db import connection

    from notifications.models import Notification

    fields = {f.attname: getattr(pattern, f.attname) for f in Notification._meta.concrete_fields}
    del fields["id"], fields["message_id"], fields["initiator"]
    for initiator in initiators:
        Notification.objects.bulk_create(
            Notification(**fields, initiator=initiator, message_id=f"<{n}.{initiator}@x.example>")
            for n in range(PER_MINUTE * SECONDS // 60 + 10)
        )
    with connection.cursor() as cursor:
        # What a column for the mailbox would have.
        cursor.execute(
            "CREATE INDEX IF NOT EXISTS supplied ON notifications_notification "
            "(initiator, status, priority, due_at, id)"
        )
        cursor.execute("VACUUM ANALYZE notifications_notification")


if __name__ == "__main__":
    sys.exit(with_servers(ManyMailboxes))
