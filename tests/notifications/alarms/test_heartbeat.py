"""The heartbeat: an address that is called while mail can leave."""

import pytest

from notifications.alarms import heartbeat
from notifications.models import Heartbeat, MicrosoftAccount, QueueState, Worker
from notifications.queue import workers
from tests.notifications.alarms.steps import MINUTE, NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def beating(quiet, listener, settings):
    """A healthy installation whose heartbeat somebody listens to."""
    workers.report_alive("w")
    Worker.objects.update(seen_at=NOW)
    return Heartbeat.objects.create(pk=1, heartbeat_url=listener.url)


def beat(minutes=0):
    Worker.objects.update(seen_at=NOW + minutes * MINUTE)
    heartbeat.beat(now=NOW + minutes * MINUTE)


def test_it_is_called_every_five_minutes_and_its_answer_is_kept(beating, listener):
    for minute in range(11):
        beat(minute)

    assert [path for path, _headers, _body in listener.heard] == ["/hook?token=t0ken"] * 3
    row = Heartbeat.objects.get()
    assert (row.called_at, row.status, row.error) == (NOW + 10 * MINUTE, 204, "")


def test_a_call_that_failed_is_made_again_a_minute_later(beating, listener):
    listener.answer = 500
    beat()
    assert Heartbeat.objects.get().error == "It answered 500."
    listener.answer = 200

    beat(1)

    assert (len(listener.heard), Heartbeat.objects.get().error) == (2, "")


@pytest.mark.parametrize(
    "stop",
    [
        lambda: QueueState.objects.update(paused_at=NOW, paused_by="megan"),
        lambda: MicrosoftAccount.objects.update(state="blocked"),
        lambda: MicrosoftAccount.objects.update(
            rests_until=NOW + MINUTE, rest_code="ErrorServerBusy"
        ),
        lambda: QueueState.objects.update(is_copy=True),
        lambda: Worker.objects.all().delete(),
        lambda: Worker.objects.update(key="another"),
    ],
    ids=["paused", "blocked", "throttled", "copy", "no worker", "other key"],
)
def test_it_stays_away_while_mail_cannot_leave(beating, listener, stop):
    stop()

    beat()

    assert listener.heard == []
    assert Heartbeat.objects.get().called_at is None


def test_several_processes_make_one_call(beating):
    assert [Heartbeat.objects.claim(now=NOW) for _process in range(3)] == [True, False, False]


def test_without_an_address_nothing_is_called_and_nothing_is_asked(db, django_assert_num_queries):
    with django_assert_num_queries(1):
        beat_row = Heartbeat.objects.current()
    assert beat_row.heartbeat_url == ""
    heartbeat.beat(now=NOW)

    assert not Heartbeat.objects.exists()
