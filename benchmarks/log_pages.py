"""The pages of the log at 10 thousand, 1 million and 10 million entries on PostgreSQL, and at
100 thousand on SQLite: `python -m benchmarks.log_pages [--entries 10000000] [--sqlite]`. With
`--filled URL` a database that an earlier run has filled is measured again.

A line for each kind of page, with other values in every request; milliseconds for the whole
answer, session and rendering included. 10 million entries take 25 GB of disk and half an hour
to fill.
"""

import argparse
import os
import random
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import django

from benchmarks.log_entries import (
    APPLICATIONS,
    DAYS,
    NEWS,
    OTHER,
    SUBJECTS,
    entries,
    fill,
)
from tests.servers import postgresql

SIZES = [10_000, 1_000_000, 10_000_000]
REQUESTS = 40
LOG, BOUNCES = "/notifications/attempt/", "/notifications/bounce/"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--entries", type=int, action="append")
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--filled", metavar="URL")
    options = parser.parse_args()
    with ExitStack() as stack:
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        os.environ.pop("DATABASE_URL", None)
        if options.filled:
            os.environ["DATABASE_URL"] = options.filled
        elif not options.sqlite:
            os.environ["DATABASE_URL"] = stack.enter_context(postgresql()).url
        django.setup()
        _prepare()
        if options.filled:
            _measure()
            return
        for size in options.entries or ([100_000] if options.sqlite else SIZES):
            _fill(size)
            _measure()


def _prepare() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _fill(size: int) -> None:
    from django.utils import timezone

    started = time.monotonic()
    fill(size, now=timezone.now())
    print(f"\nfilled in {time.monotonic() - started:.0f} s")  # noqa: T201


def _measure() -> None:
    from django.db import connection
    from django.db.models import Max, Min

    from notifications.models import Attempt
    from tests import factories

    ends = Attempt.objects.aggregate(first=Min("pk"), last=Max("pk"), now=Max("at"))
    size = ends["last"] - ends["first"] + 1
    print(f"\n{size:,} entries, {connection.vendor}\n")  # noqa: T201
    print("| page | p50 | p95 | slowest | queries |\n| --- | --- | --- | --- | --- |", flush=True)  # noqa: T201
    client = client_of(factories)
    for title, address in _cases(size, first=ends["first"], now=ends["now"]):
        line(client, title, address)
    _writing(Attempt)


def _writing(model: Any) -> None:
    """Measure what the queue writes for each message that left."""
    from django.db import transaction
    from django.utils import timezone

    times = []
    for row in list(entries(REQUESTS, now=timezone.now())):
        entry = model(**vars(row))
        started = time.perf_counter()
        with transaction.atomic():
            model.objects.write([entry], again=[], now=entry.at)
        times.append((time.perf_counter() - started) * 1000)
    cuts = statistics.quantiles(times, n=20)
    print(f"\nAn entry is written in {cuts[9]:.1f} ms (p95 {cuts[18]:.1f} ms).")  # noqa: T201


def client_of(factories: Any) -> Any:
    """Return the browser of somebody who may see everything."""
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client(HTTP_HOST="localhost")
    client.force_login(User.objects.first() or factories.user())
    client.get(LOG)
    return client


def line(client: Any, title: str, address: Callable[[], str]) -> None:
    """Print the times of one kind of page."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    times, queries = [], 0
    for i in range(REQUESTS):
        url = address()
        started = time.perf_counter()
        response = client.get(url)
        times.append((time.perf_counter() - started) * 1000)
        assert b'id="content"' in response.content, url
        if i % 8 == 0:
            with CaptureQueriesContext(connection) as captured:
                client.get(url)
            queries = max(queries, len(captured))
    cuts = statistics.quantiles(times, n=20)
    print(  # noqa: T201
        f"| {title} | {cuts[9]:.0f} ms | {cuts[18]:.0f} ms | {max(times):.0f} ms | {queries} |",
        flush=True,
    )


def _cases(size: int, *, first: int, now: Any) -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield each kind of page with a function that makes another address of its kind."""
    from notifications.models import Attempt

    chance = random.Random(3)

    def some() -> Attempt:
        return Attempt.objects.get(pk=first + chance.randrange(size))

    def log(**query: str) -> str:
        return f"{LOG}?{urlencode(query)}"

    def place(days: float) -> str:
        return f"{int((now - timedelta(days=days)).timestamp() * 1_000_000)}-0-1"

    def far() -> str:
        return place(chance.uniform(10, DAYS - 5))

    def address(row: Attempt) -> str:
        return row.recipients.partition("<")[2].rstrip(">")

    def a_day() -> dict[str, str]:
        day = now - timedelta(days=chance.uniform(2, DAYS - 5))
        return {"since": f"{day:%Y-%m-%d}T00:00", "until": f"{day:%Y-%m-%d}T23:59"}

    def news() -> str:
        return chance.choice(NEWS).rpartition(" ")[2]

    yield "list, first page", lambda: LOG
    yield "list, deep page", lambda: log(before=far())
    yield "list, page newer than a deep one", lambda: log(after=far())
    yield "list, oldest page", lambda: log(after="0-0-0")
    yield "Last 7 days", lambda: log(date="7d")
    yield "range of a day", lambda: log(**a_day())
    yield "result Failed", lambda: log(result="failed")
    yield "result Deferred, deep page", lambda: log(result="deferred", before=far())
    yield "result Refused (2 of 1,000)", lambda: log(result="refused")
    yield "result May have been sent, deep page", lambda: log(result="unconfirmed", before=far())
    yield "API EWS", lambda: log(api="ews")
    yield "tests (5 of 10,000)", lambda: log(test="yes")
    yield "Refused over EWS (4 of 100,000)", lambda: log(result="refused", api="ews")
    yield "by code", lambda: log(code="NoAnswerKept")
    yield "by sender (1 of 100)", lambda: log(sender=OTHER)
    yield "by sender, who only gets mail", lambda: log(sender=address(some()))
    yield "by application", lambda: log(application=chance.choice(APPLICATIONS))
    yield "by application among refused ones", lambda: log(application="ERP", result="refused")
    yield "search an address", lambda: log(q=address(some()))
    yield "search a domain", lambda: log(q="@" + address(some()).partition("@")[2])
    yield "search a name", lambda: log(q=" ".join(some().recipients.split()[:2]))
    yield "search the beginning of a name", lambda: log(q=some().recipients.split()[1][:5])
    yield "search a ticket number", lambda: log(q=some().subject.split(":")[0])
    yield "search a Message-ID", lambda: log(q=some().message_id)
    yield "search a request id", lambda: log(q=some().request_id)
    yield "search a client-request-id", lambda: log(q=some().client_request_id)
    yield "search the beginning of an id", lambda: log(q=some().request_id[:8])
    yield "search a very common word", lambda: log(q="ticket")
    yield "search a common word", lambda: log(q=chance.choice(SUBJECTS))
    yield "search a common word, deep page", lambda: log(q=chance.choice(SUBJECTS), before=far())
    yield "search two common words", lambda: log(q=f"{chance.choice(SUBJECTS)} {news()}")
    yield (
        "search a name and a common word",
        lambda: log(q=f"{some().recipients.split()[1]} {chance.choice(SUBJECTS)}"),
    )
    yield (
        "search a name among failed ones",
        lambda: log(q=some().recipients.split()[1], result="failed"),
    )
    yield (
        "search a common word among failed ones",
        lambda: log(q=chance.choice(SUBJECTS), result="failed"),
    )
    yield (
        "search a name in a range of a day",
        lambda: log(q=some().recipients.split()[1], **a_day()),
    )
    yield "search what is not there", lambda: log(q=f"nobody{chance.random()}")
    yield "all attempts of a notification", lambda: log(message=some().message_id)
    yield "entry", lambda: f"{LOG}{some().pk}/change/"
    yield from _of_delivery(chance, log=log, far=far)


def _of_delivery(
    chance: random.Random, *, log: Callable[..., str], far: Callable[[], str]
) -> Iterator[tuple[str, Callable[[], str]]]:
    """Yield the pages that say what became of messages."""
    from notifications.models import Bounce

    count = Bounce.objects.count()

    def bounced() -> Bounce:
        return Bounce.objects.order_by("pk")[chance.randrange(count)]

    yield "delivery Delivered", lambda: log(delivery="delivered")
    yield "delivery Not delivered, deep page", lambda: log(delivery="failed", before=far())
    yield "delivery Quarantined", lambda: log(delivery="quarantined")
    yield "delivery Recalled (none)", lambda: log(delivery="recalled")
    yield (
        "search a name among not delivered ones",
        lambda: log(q=bounced().address.partition(".")[0], delivery="failed"),
    )
    yield "entry that was not delivered", lambda: f"{LOG}{bounced().entry_id}/change/"
    yield "Bounces, first page", lambda: BOUNCES
    yield "Bounces, deep page", lambda: f"{BOUNCES}?p={chance.randrange(2, max(count // 50, 3))}"
    yield "Bounces, by code", lambda: f"{BOUNCES}?code=5.1.10"
    yield "Bounces, the beginning of an address", lambda: f"{BOUNCES}?q={bounced().address[:9]}"


if __name__ == "__main__":
    sys.exit(main())
