"""The audit trail over many events, on PostgreSQL: `python -m benchmarks.audit [events]`.

What recording one costs whoever reads a sensitive message (the promise is 2 ms), and how long the
page takes, as it is and with a search.
"""

import logging
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import django

from tests.servers import postgresql

EVENTS = 1_000_000
READS = 500
_FILL = """
insert into notifications_auditevent (at, act, by, who, address, object_type, object_number,
  object_name, messages, details)
select now() - n * interval '365 days' / %(events)s,
  (array['read', 'login', 'send_now', 'changed', 'login_failed'])[1 + n %% 5], 'person',
  'user-' || n %% 200, '203.0.113.' || n %% 250, 'notifications.notification', n, '', '', '{}'
from generate_series(1, %(events)s) n
"""


def main() -> None:
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with postgresql() as server, Path(os.devnull).open("w") as nowhere:
        os.environ |= {"DATABASE_URL": server.url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        django.setup()
        from django.contrib.auth.models import User
        from django.core.management import call_command
        from django.db import connection
        from django.test import Client

        from notifications.audit.record import Actor, record
        from notifications.models.audit.act import Act, ActorKind

        call_command("migrate", verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute(_FILL, {"events": events})
            cursor.execute("vacuum analyze notifications_auditevent")
        # The line of each read is made, but need not be seen.
        for handler in logging.getLogger("mailconnector.audit").handlers:
            handler.setStream(nowhere)
        by = Actor(ActorKind.PERSON, "anna", 1, "203.0.113.7")
        _tell("recording one read", lambda: record(Act.READ, by, messages=[7], part="preview"))
        browser = Client(headers={"host": "localhost"})
        browser.force_login(User.objects.create_superuser("megan"))
        page = "/notifications/auditevent/"
        for name, query in (
            ("the page", ""), ("of an act", "?act=login_failed"), ("of a user", "?q=user-7"),
            ("of a message", "?q=4711"), ("of nobody", "?q=nobody"),
        ):  # fmt: skip
            _tell(name, lambda query=query: browser.get(page + query), times=20)


def _tell(name: str, work: Callable[[], object], *, times: int = READS) -> None:
    work()
    taken = []
    for _time in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    p95 = statistics.quantiles(taken, n=20)[-1]
    print(f"{name:20} {statistics.median(taken):8.2f} ms, p95 {p95:8.2f} ms", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
