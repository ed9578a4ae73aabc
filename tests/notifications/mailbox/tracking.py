"""Steps that the tests of delivery results repeat."""

from datetime import timedelta

from notifications import vault
from notifications.mailbox import delivery_access, delivery_round
from notifications.models import Attempt, DeliveryPoll, EmailSettings
from notifications.models.attempt import Result
from tests import factories
from tests.exchange_emulator import emulator as practice
from tests.notifications.queue.steps import drain

CLIENT = "3f0d4c52-5c1b-4b43-8f0e-c0a7050e0005"
SECRET = "practice~Trace.Value-Not-The-Id_0002"
TRACE = {
    "trace": True,
    "trace_tenant_id": practice.TENANT,
    "trace_client_id": CLIENT,
}
REPORTS = {"read_reports": True}


def switch_on(**values):
    """Save settings of Delivery results."""
    secret = vault.seal(SECRET, "trace_secret")
    EmailSettings.objects.filter(pk=1).update(trace_secret=secret, **values)
    delivery_access.forget_tokens()


def begin_now(now):
    """Let the time from which results are asked for begin before what a test sends."""
    DeliveryPoll.objects.made().update(
        watched_until=now, read_until={"": {"until": now.timestamp(), "seen": []}}
    )


def send(*recipients, **changes):
    """Send a message to each of the recipients, and return its log entry."""
    row = factories.enqueue(to=list(recipients), **changes)
    drain()
    return Attempt.objects.get(notification=row, result=Result.ACCEPTED)


def state_of(entry):
    entry.refresh_from_db()
    return entry.delivery


def ask(emulator, *, now, after=timedelta(minutes=6)):
    """Let the time pass at Microsoft, and ask then. Returns that time."""
    emulator.advance(after.total_seconds())
    delivery_round.run(now=now + after)
    return now + after


def asked(emulator, path="messageTraces"):
    """How many requests were made to the paths that contain this."""
    stats = emulator.control("GET", "stats").json()
    return sum(
        count
        for each, by_status in stats["requests"].items()
        if path in each
        for count in (by_status.values() if isinstance(by_status, dict) else [by_status])
    )
