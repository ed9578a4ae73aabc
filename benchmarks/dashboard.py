"""The dashboard's figures over a large log: `python -m benchmarks.dashboard [entries]`.

The log has entries of 90 days on PostgreSQL, most of them accepted. One line is for what the page
reads, one for the same figures without the tallies, one for the first counting.
"""

import os
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import django

from tests.servers import postgresql

ENTRIES = 1_000_000
_FILL = """
insert into notifications_attempt (at, result, code, http_status, is_test, account, from_address,
  recipients, subject, message_id, api, error, message, request_id, client_request_id,
  duration_ms, size, charset, note, worker, notification_id, recipient_count, submitted,
  original_message_id, initiator, delivery, delivered_count, search)
select %(now)s - n * interval '90 days' / %(entries)s,
  case when n %% 20 = 0 then 'deferred' when n %% 50 = 1 then 'failed' else 'accepted' end,
  case when n %% 20 = 0 then 'ApplicationThrottled' when n %% 50 = 1 then 'ErrorInvalidRecipients'
       else '' end,
  202, false, 'desk@contoso.example', 'desk@contoso.example', 'alex@contoso.example',
  'Ticket ' || n, '<' || n || '@contoso.example>', 'graph', '', '', '', '', 200, 5000, 'utf-8',
  '', 'worker', null, 1, true, '', '', '', 0, ''
from generate_series(1, %(entries)s) n
"""


def main() -> None:
    entries = int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES
    with postgresql() as server:
        os.environ |= {"DATABASE_URL": server.url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        django.setup()
        from django.core.management import call_command
        from django.db import connection
        from django.utils import timezone

        from notifications.log import figures, tallies

        call_command("migrate", verbosity=0)
        now = timezone.now()
        with connection.cursor() as cursor:
            cursor.execute(_FILL, {"now": now, "entries": entries})
            cursor.execute("vacuum analyze")
        _link_newest(now)
        _tell("figures without tallies", lambda: figures.read(now=now))
        _tell("first counting", lambda: tallies.count_new(now=now), times=1)
        _tell("figures", lambda: figures.read(now=now))


def _link_newest(now: datetime) -> None:
    """Give the newest entries their notifications, for the time from queue to accepted."""
    from notifications.models import Attempt, Notification

    newest = list(Attempt.objects.order_by("-at")[:5000])
    waiting = [
        Notification(message_id=f"<{n}>", cloud="emulator", queued_at=entry.at)
        for n, entry in enumerate(newest)
    ]
    for entry, row in zip(newest, Notification.objects.bulk_create(waiting), strict=True):
        entry.notification = row
    Attempt.objects.bulk_update(newest, ["notification"], batch_size=500)


def _tell(name: str, act: Callable[[], object], *, times: int = 5) -> None:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        act()
        took.append(timedelta(seconds=time.perf_counter() - began) / timedelta(milliseconds=1))
    print(f"{name}: {min(took):.0f} ms at best, {max(took):.0f} ms at worst")  # noqa: T201


if __name__ == "__main__":
    main()
