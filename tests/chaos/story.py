"""The events of a run, and how they are counted. Needs Django's settings."""

import json
import random
import time
from collections import Counter
from dataclasses import dataclass, field

from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django.utils import timezone

from notifications.models import MicrosoftAccount, Notification, Worker
from notifications.models.status import Status
from tests import factories
from tests.exchange_emulator.emulator import Emulator
from tests.processes import WORKERS, Product, sign_in
from tests.waiting import wait_until

# A run may take so many seconds after the last fault: a worker's claim has to run out, even if its
# clock was ahead.
SETTLED_WITHIN = 180
# A thread that hangs never ends; the message that shows it leaves at once where none does.
NOT_HUNG_WITHIN = 30
MIDDLEBOX = "<html><body>This page was blocked, or wants you to log in.</body></html>"
POISON = [{"code": "x\ud800"}, {"code": "C" * 101}, {"code": "a\0b"}, {"code": "x" * 5000}]
THROTTLED = {"error": {"code": "ApplicationThrottled", "message": "MailboxConcurrency"}}


@dataclass
class Story:
    product: Product
    emulator: Emulator
    chance: random.Random
    direct: bool
    happened: Counter = field(default_factory=Counter)

    def play(self, *, messages: int, events: int) -> dict:
        sign_in(self.emulator, protection=not self.direct)
        self.product.start()
        wait_until(lambda: Worker.objects.count() == WORKERS)
        left = messages
        for _ in range(events):
            left -= _enqueue(min(left, max(1, messages // events)))
            event = self.chance.choice(EVENTS)
            event(self)
            _end_pauses()  # else one refused token would keep all mail from the other faults
            self.happened[event.__name__] += 1
            time.sleep(self.chance.uniform(0.1, 1))  # faults at random moments are the point
        left -= _enqueue(left)
        if left:
            raise RuntimeError(f"{left} notifications could not be queued")
        self.emulator.control("DELETE", "faults")
        for worker in range(len(self.product.workers)):
            self.product.move_clock(worker, 0)
        wait_until(is_settled, seconds=SETTLED_WITHIN)
        return self.count() | {"hung": self._hung()}

    def _hung(self) -> int:
        """Count the threads that may hang: what holds the lane, or keeps more mail from leaving."""
        _enqueue(1)
        wait_until(is_settled, seconds=NOT_HUNG_WITHIN)
        wait_until(lambda: not _owned_lanes(), seconds=NOT_HUNG_WITHIN)
        return _owned_lanes() + int(not is_settled())

    def count(self) -> dict:
        arrived = Counter(m["message_id"] for m in self.emulator.messages())
        rows = dict(Notification.objects.values_list("message_id", "status"))
        by_status = Counter(rows.values())
        accepted, unconfirmed = by_status[Status.ACCEPTED], by_status[Status.UNCONFIRMED]
        return {
            "accepted": accepted,
            "unconfirmed": unconfirmed,
            "lost": sum(not arrived[m] and s != Status.UNCONFIRMED for m, s in rows.items()),
            "duplicates": sum(count > 1 for count in arrived.values()),
            "wrong": len(rows) - accepted - unconfirmed,
            "events": dict(self.happened),
        }

    # Events

    def kill_worker(self) -> None:
        self.product.kill_worker(self.chance.randrange(len(self.product.workers)))

    def move_clock(self) -> None:
        worker = self.chance.randrange(len(self.product.workers))
        self.product.move_clock(worker, self.chance.randint(-120, 120))

    def empty_redis(self) -> None:
        client = self.product.redis.client()
        wait_until(client.ping, seconds=5)
        client.flushall()

    def restart_redis(self) -> None:
        self.product.restart_redis()

    def restart_database(self) -> None:
        connection.close()
        self.product.restart_database()

    def drop_before_accepting(self) -> None:
        self._fault(drop="before")

    def drop_after_accepting(self) -> None:
        self._fault(drop="after")

    def answer_504_although_sent(self) -> None:
        self._fault(status=504, when="after")

    def answer_503(self) -> None:
        self._fault(status=503)

    def throttle(self) -> None:
        self._fault(status=429, body=THROTTLED, retry_after=1)

    def be_slow(self) -> None:
        self._fault(latency_ms=400)

    def lose_the_answer_to_a_draft(self) -> None:
        self.emulator.fault(path="/v1.0/me/messages", method="POST", drop="after", count=2)

    def poison(self) -> None:
        """Answer with words that no column of the log takes, or ids that are too long."""
        status = self.chance.choice([403, 500])  # a 400 in this form would be a verdict
        body = json.dumps({"error": {"message": "m", **self.chance.choice(POISON)}})
        headers = {"Content-Type": "application/json", "request-id": "r" * 500}
        path = "/v1.0/me/sendMail" if self.direct else "/v1.0/me/messages"
        self._answer(path, status, body, headers)

    def middlebox(self) -> None:
        """A proxy or filter answers in Microsoft's place, before anything was submitted."""
        status = self.chance.choice([200, 400, 403, 404, 451])
        path = "/v1.0/me/sendMail" if self.direct else "/v1.0/me/messages"
        self._answer(path, status, MIDDLEBOX, {"Content-Type": "text/html"})

    def captive_portal(self) -> None:
        """The sign-in service is behind a page that wants a log-in, when a token is renewed."""
        self._answer("*/openid-configuration", 200, MIDDLEBOX, {"Content-Type": "text/html"})
        self.refuse_tokens()

    def refuse_tokens(self) -> None:
        """Refuse tokens, however fresh they are."""
        error = {"error": {"code": "InvalidAuthenticationToken", "message": "refused"}}
        self.emulator.fault(
            path="/v1.0/*", status=401, body=error, count=self.chance.randint(1, 10)
        )

    def _answer(self, path: str, status: int, body: str, headers: dict) -> None:
        self.emulator.fault(
            kind="answer",
            path=path,
            status=status,
            body=body,
            headers=headers,
            count=self.chance.randint(1, 3),
        )

    def _fault(self, **fault) -> None:
        path = "/v1.0/me/sendMail" if self.direct else "/v1.0/me/messages/*/send"
        self.emulator.fault(path=path, count=self.chance.randint(1, 6), **fault)


EVENTS = [
    Story.kill_worker,
    Story.kill_worker,
    Story.kill_worker,
    Story.move_clock,
    Story.empty_redis,
    Story.restart_redis,
    Story.restart_database,
    Story.drop_before_accepting,
    Story.drop_after_accepting,
    Story.answer_504_although_sent,
    Story.answer_503,
    Story.throttle,
    Story.be_slow,
    Story.lose_the_answer_to_a_draft,
    Story.poison,
    Story.middlebox,
    Story.captive_portal,
    Story.refuse_tokens,
]


def _enqueue(count: int) -> int:
    """Return how many were queued: while the database restarts, enqueue fails loudly."""
    done, deadline = 0, time.monotonic() + 30
    while done < count and time.monotonic() < deadline:
        try:
            factories.enqueue(subject="chaos")
            done += 1
        except (OperationalError, InterfaceError):
            connection.close()
    return done


def _owned_lanes() -> int:
    return MicrosoftAccount.objects.exclude(lane_owner="").count()


def _end_pauses() -> bool:
    """Let nothing wait between attempts; tell whether the database could be asked."""
    now = timezone.now()
    try:
        Notification.objects.filter(status=Status.PENDING, due_at__gt=now).update(due_at=now)
        MicrosoftAccount.objects.filter(rests_until__gt=now).update(rests_until=now)
        MicrosoftAccount.objects.filter(try_again_at__gt=now).update(try_again_at=now)
    except DatabaseError:
        connection.close()
        return False
    return True


def left() -> str:
    """Tell what stands in the database, where a run has not ended well."""
    rows = Notification.objects.exclude(status=Status.ACCEPTED)
    columns = ("status", "due_at", "claimed_by", "claimed_until", "attempts", "error_code")
    lanes = MicrosoftAccount.objects.values("lane_owner", "lane_until", "state", "rests_until")
    seen = Worker.objects.values()
    return f"now {timezone.now()}, {list(lanes)}, {list(seen)}, {list(rows.values(*columns))}"


def is_settled() -> bool:
    """Tell whether nothing is left to do; pauses between attempts are ended now."""
    if not _end_pauses():
        return False
    try:
        moving = Notification.objects.filter(status__in=[Status.PENDING, Status.SENDING])
        return not moving.exists()
    except DatabaseError:
        connection.close()
        return False
