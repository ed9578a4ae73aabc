"""Any answer, at any request that a drain makes: nothing is raised, no thread hangs, each try has
its log entry, and the next message leaves."""

import json
import time
from datetime import timedelta

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from notifications.models import Attempt, EmailSettings, MicrosoftAccount, Notification
from notifications.models.account import AccountState
from notifications.models.status import Status
from notifications.queue.engine import senders
from tests import factories
from tests.notifications.queue.steps import SEND, drain, without_access_token
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db(transaction=True)

# A drain waits for no answer here, so that only one that hangs takes so long, however busy the
# machine is.
SOON = PATIENCE / 2
EWS = "/ews/exchange.asmx"
PLACES = {
    "graph": [
        {"path": "/v1.0/me/messages", "method": "POST"},
        {"path": SEND},
        {"path": "/v1.0/me/messages/*", "method": "GET"},
        {"path": "/v1.0/me/messages/*/attachments*"},
        {"path": "/api/v2.0/*", "method": "PUT"},
        {"path": "*/token"},
        {"path": "*/.well-known/openid-configuration"},
    ],
    "ews": [{"path": EWS, "operation": "CreateItem"}, {"path": EWS, "operation": "SendItem"}],
}
# What no column takes, and what is longer than one: as JSON writes it.
POISON = ["x\ud800", "a\0b", "C" * 101, "\x1b[31m\n", "ü" * 5000]
TEXTS = st.one_of(st.sampled_from(POISON), st.text(max_size=30))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), TEXTS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
ERRORS = st.fixed_dictionaries(
    {"error": st.one_of(JSON, st.fixed_dictionaries({"code": JSON, "message": JSON}))},
    optional={"error_description": JSON, "id": JSON, "isDraft": JSON, "value": JSON},
)
BODIES = st.one_of(
    st.just(""),
    st.just("<html><body>Blocked by the proxy</body></html>"),
    st.one_of(ERRORS, JSON).map(json.dumps),
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "request-id": st.sampled_from(["r" * 500, "x\xff", ""]),
        "Retry-After": st.sampled_from(["120", "-1", "nan", "1e400", "0,120", "soon"]),
        "Content-Type": st.sampled_from(["application/json", "text/html", "nonsense"]),
        "Location": st.sampled_from(["/", "https://portal.example/login", "nonsense"]),
    },
)
STATUSES = st.sampled_from(
    [200, 201, 202, 204, 301, 302, 400, 401, 403, 404, 407, 409, 411, 413, 418, 429, 440, 451, 499,
     500, 501, 502, 503, 504, 507, 509, 599],
)  # fmt: skip
ANSWERS = st.fixed_dictionaries({"status": STATUSES, "headers": HEADERS, "body": BODIES})


def poison(status, **error):
    return {"status": status, "headers": {}, "body": json.dumps({"error": error})}


def drain_once():
    began = time.monotonic()
    drain()
    assert time.monotonic() - began < SOON


def let_time_pass():
    """End rests, pauses and claims, and let a lost account be tried again."""
    past = timezone.now() - timedelta(seconds=1)
    MicrosoftAccount.objects.update(rests_until=None)
    lost = MicrosoftAccount.objects.exclude(state=AccountState.CONNECTED)
    lost.update(try_again_at=past)
    Notification.objects.filter(status=Status.PENDING).update(due_at=past)
    Notification.objects.filter(status=Status.SENDING).update(claimed_until=past)


def check(emulator, place, answer):
    emulator.control("DELETE", "faults")
    Notification.objects.all().delete()
    Attempt.objects.all().delete()
    let_time_pass()
    drain_once()  # an account that the answer before has lost comes back
    if place["path"].startswith("*/"):
        without_access_token()
    emulator.fault(kind="answer", count=1, **place, **answer)
    if place.get("method") == "GET":
        emulator.fault(path=SEND, status=504, count=1)  # only a doubt is asked about
    files = [factories.new_file(4_000_000)] if place["path"].startswith("/api/") else []
    row = factories.enqueue(subject="met it", files=files)

    drain_once()

    row.refresh_from_db()
    if row.attempts or row.status != Status.PENDING:
        assert Attempt.objects.filter(message_id=row.message_id).count() == 1
    drain_once()  # settles a doubt
    emulator.control("DELETE", "faults")
    let_time_pass()
    began = time.monotonic()
    behind = factories.enqueue(subject="behind it")
    for _ in range(2):
        drain_once()
    behind.refresh_from_db()
    assert behind.status == Status.ACCEPTED
    assert time.monotonic() - began < SOON
    assert MicrosoftAccount.objects.get().lane_owner == ""


@pytest.fixture
def one_thread(monkeypatch):
    monkeypatch.setattr(senders, "THREADS", 1)


@pytest.mark.parametrize(
    ("api", "place"),
    [
        pytest.param(api, place, id=f"{api} {place.get('method', '')} {place['path']}")
        for api, places in PLACES.items()
        for place in places
    ],
)
def test_whatever_is_answered_no_thread_hangs_and_the_next_message_leaves(
    db, emulator, one_thread, api, place
):
    factories.connect(emulator, api=api)
    EmailSettings.objects.update(limit_attachments=False)

    @settings(max_examples=12, suppress_health_check=list(HealthCheck))
    @example(poison(400, code="x\ud800", message="m"))
    @example(poison(400, code="a\0b", message="a\0b"))
    @example(poison(400, code="C" * 101, message="m"))
    @example({"status": 400, "headers": {"request-id": "r" * 500}, "body": ""})
    @example({"status": 403, "headers": {"Content-Type": "text/html"}, "body": "<html>"})
    @example({"status": 200, "headers": {"Content-Type": "text/html"}, "body": "<html>"})
    @example({"status": 200, "headers": {}, "body": '{"id": {"a": null}, "value": 5}'})
    @given(answer=ANSWERS)
    def any_answer(answer):
        check(emulator, place, answer)

    any_answer()
