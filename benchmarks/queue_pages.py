"""Dashboard, Notification Queue, message page and E-mail Notifications at 10 thousand, 1 million
and 10 million messages on PostgreSQL: `python -m benchmarks.queue_pages [--messages 1000000]`.

The log has an entry for each message, of which one in a hundred waits, is scheduled, has failed or
may have been sent; the others were accepted. Milliseconds for the whole answer, session and
rendering included.
"""

import argparse
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import django

from benchmarks.log_entries import fill
from benchmarks.log_pages import client_of, line
from tests.servers import postgresql

SIZES = [10_000, 1_000_000, 10_000_000]
QUEUE = "/notifications/notification/"
_FAILED = """(array['The message is too large.', 'A recipient was refused.',
  'The account isn''t allowed to send from this address.'])[n %% 3 + 1]"""
_CODE = (
    "(array['ErrorMessageSizeExceeded', 'ErrorInvalidRecipients', 'ErrorSendAsDenied'])[n %% 3 + 1]"
)
# What differs from the row that all are copies of: of a thousand, four wait, two are scheduled,
# three have failed and one may have been sent.
_COLUMNS = {
    "message_id": "'<' || n || '@pages.example>'",
    "subject": "'Ticket ' || n || ' is closed'",
    "to": "jsonb_build_array('person' || n %% 5000 || '@contoso.example')",
    "initiator": "(array['Ticket system', 'ERP', 'Monitoring'])[n %% 3 + 1]",
    "status": """case when n %% 1000 < 6 then 'pending' when n %% 1000 < 9 then 'failed'
      when n %% 1000 = 9 then 'unconfirmed' else 'accepted' end""",
    "accepted_at": "case when n %% 1000 > 9 then %(now)s - n * interval '1 second' end",
    "queued_at": "%(now)s - n * interval '1 second'",
    "due_at": """case when n %% 1000 < 2 then %(now)s + interval '1 day'
      else %(now)s - n * interval '1 second' end""",
    "scheduled_for": "case when n %% 1000 < 2 then %(now)s + interval '1 day' end",
    "error": f"case when n %% 1000 between 6 and 8 then {_FAILED} else '' end",
    "error_code": f"case when n %% 1000 between 6 and 8 then {_CODE} else '' end",
    "key": "null",
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, action="append")
    options = parser.parse_args()
    with postgresql() as server:
        os.environ |= {"DATABASE_URL": server.url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        for size in options.messages or SIZES:
            _fill(size)
            _measure(size)


def _fill(size: int) -> None:
    from django.db import connection
    from django.utils import timezone

    from notifications.log import tallies
    from notifications.models import Notification
    from tests import factories

    started, now = time.monotonic(), timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE notifications_notification CASCADE")  # the log goes with it
    fill(size, now=now)
    tallies.count_new(now=now)
    copied = factories.enqueue()
    names = [field.column for field in Notification._meta.concrete_fields if field.column != "id"]
    values = ", ".join(_COLUMNS.get(name, f'copied."{name}"') for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO notifications_notification ({columns}) SELECT {values} "  # noqa: S608
            f"FROM notifications_notification copied, generate_series(1, {size}) n "
            f"WHERE copied.id = {copied.pk}",
            {"now": now},
        )
        cursor.execute(
            "UPDATE notifications_attempt SET notification_id = notifications_attempt.id - "
            "(SELECT min(id) FROM notifications_attempt) + %s WHERE id %% 100 = 0",
            [copied.pk + 1],
        )
        cursor.execute("VACUUM ANALYZE")
    print(f"\nfilled in {time.monotonic() - started:.0f} s")  # noqa: T201


def _measure(size: int) -> None:
    from tests import factories

    print(f"\n{size:,} messages\n")  # noqa: T201
    print("| page | p50 | p95 | slowest | queries |\n| --- | --- | --- | --- | --- |", flush=True)  # noqa: T201
    client = client_of(factories)
    for title, address in _cases(factories):
        line(client, title, address)


def _cases(factories: Any) -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield each kind of page with a function that makes another address of its kind."""
    from notifications.incident import causes
    from notifications.models import EmailSettings, EmailTemplate, Notification

    chance = random.Random(5)
    for n in range(60):
        EmailTemplate.objects.get_or_create(
            name=f"Template {n}", defaults={"subject": "Ticket", "html": "<p>Hello</p>"}
        )
    template = EmailTemplate.objects.first()
    first, last = (
        Notification.objects.order_by(order).values_list("pk", flat=True)[0]
        for order in ("pk", "-pk")
    )

    def some() -> str:
        return f"{QUEUE}{chance.randrange(first, last)}/change/"

    def of_status(status: str) -> Callable[[], str]:
        found = Notification.objects.filter(status=status).values_list("pk", flat=True)[:500]
        numbers = list(found)
        return lambda: f"{QUEUE}{chance.choice(numbers)}/change/"

    from django.utils import timezone

    cause = causes.of_failed(EmailSettings.objects.current(), now=timezone.now())[0].key
    yield "Dashboard", lambda: "/"
    yield "queue, All", lambda: QUEUE
    yield "queue, page 2", lambda: f"{QUEUE}?p=2"
    for tab in ("needs_you", "waiting", "scheduled"):
        yield f"queue, {tab}", lambda tab=tab: f"{QUEUE}?tab={tab}"
    yield "queue, by cause", lambda: f"{QUEUE}?cause={cause}"
    yield "queue, search", lambda: f"{QUEUE}?q=person{chance.randrange(5000)}@contoso"
    yield "message", some
    for status in ("failed", "unconfirmed", "pending"):
        yield f"message, {status}", of_status(status)
    yield "E-mail Notifications", lambda: "/notifications/emailtemplate/"
    yield "an E-mail Notification", lambda: f"/notifications/emailtemplate/{template.pk}/change/"


if __name__ == "__main__":
    sys.exit(main())
