"""An address is erased while another process keeps what a report says of it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from notifications.audit.record import CONNECTOR
from notifications.log import erasure, watches
from notifications.models import Attempt, Bounce, DeliveryFact, DeliveryWatch
from notifications.models.attempt import Result
from tests.notifications.mailbox.reporting import report_about, take
from tests.waiting import wait_until

ANNA = "anna@fabrikam.example"
_WAITING = (
    "SELECT 1 FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
)


def _somebody_waits_for_us():
    with connection.cursor() as cursor:
        cursor.execute(_WAITING)
        return cursor.fetchone()


def _erase(now):
    try:
        erasure.erase(ANNA, by=CONNECTOR, now=now)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("keeps", ["a report", "a watch"])
def test_erasing_waits_for_who_is_about_to_keep_something_of_the_address(unconnected, now, keeps):
    entry = Attempt.objects.create(
        at=now, result=Result.ACCEPTED, recipients=ANNA, message_id="<1@contoso.example>"
    )
    with ThreadPoolExecutor(1) as others:
        with transaction.atomic():
            if keeps == "a report":
                take(report_about(entry, ANNA), now=now)
            else:
                watches.begin(now=now)
            if connection.vendor == "postgresql":
                erased = others.submit(_erase, now)
                assert wait_until(_somebody_waits_for_us)
        if connection.vendor == "postgresql":
            erased.result()
        else:  # SQLite has one who writes at a time
            erasure.erase(ANNA, by=CONNECTOR, now=now)

    for kept in (DeliveryFact, Bounce, DeliveryWatch):
        assert not kept.objects.exists()
