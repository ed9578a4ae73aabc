"""An hour of mail of three senders, of which some fails, some is quarantined and some is late."""

from collections import Counter
from datetime import timedelta

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from notifications.mailbox import delivery_round
from notifications.models import Attempt, MicrosoftAccount, Notification
from notifications.models.attempt import Result
from notifications.models.status import Status
from tests import factories
from tests.exchange_emulator.emulator import DESK
from tests.notifications.queue.steps import drain

from . import tracking

SENDERS = (DESK, "it@contoso.example", "facilities@contoso.example")
STEP, BATCHES, HOURS = timedelta(minutes=5), 12, 6
# What becomes of a hundred messages; all others are delivered.
FATES = {
    "fails": (3, {"status": "failed", "code": "5.1.10", "text": "550 5.1.10 unknown"}),
    "stays": (1, {"status": "quarantined"}),
    "slow": (5, {"after": 3 * 3600}),
}
EXPECTED = {"fails": "failed", "stays": "quarantined", "slow": "delivered", "fine": "delivered"}


def begin(emulator):
    """Sign in, switch the trace on, and say what becomes of the messages."""
    emulator.limits(**{"*": None})
    factories.connect(emulator, delegation=True, protection=False)
    MicrosoftAccount.objects.update(cloud=settings.CLOUD)
    tracking.switch_on(**tracking.TRACE)
    tracking.begin_now(timezone.now())
    for name, (_share, fate) in FATES.items():
        emulator.control("POST", "deliveries", json={"address": f"{name}*", **fate})


def play(emulator, *, count):
    """Send the messages within an hour and ask until six hours are over. Returns what became of
    them, by kind and state, and how many requests the trace got."""
    passed, first = timedelta(), 0
    for batch in range(BATCHES * HOURS):
        if batch < BATCHES:
            last = count * (batch + 1) // BATCHES
            _send(range(first, last), passed)
            first = last
        passed += STEP
        emulator.advance(STEP.total_seconds())
        delivery_round.run(now=timezone.now() + passed)
    entries = Attempt.objects.filter(result=Result.ACCEPTED)
    found = entries.values_list("recipients", "delivery")
    states = Counter((kind.rstrip("0123456789"), state) for kind, state in _kinds(found))
    return states, tracking.asked(emulator)


def _send(numbers, passed):
    newest = Attempt.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    for n in numbers:
        factories.enqueue(to=f"{_kind(n)}{n}@elsewhere.example", from_=SENDERS[n % 3])
    while Notification.objects.filter(status=Status.PENDING).exists():
        drain()
    # The product's clock is the machine's; the emulator's has been put forward.
    Attempt.objects.filter(pk__gt=newest).update(at=F("at") + passed)


def _kind(n):
    place = n * 37 % 100  # spread over the hour and the senders
    for name, (share, _fate) in FATES.items():
        if place < share:
            return name
        place -= share
    return "fine"


def _kinds(found):
    return ((recipients.partition("@")[0], state) for recipients, state in found)
