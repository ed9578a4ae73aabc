"""Days to keep, and Clear."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.log import retention
from notifications.models import Attempt, ConnectionEvent, Notification, Retention
from notifications.models.attempt import Result
from notifications.models.event import EventKind
from tests import factories
from tests.notifications.admin.browsing import client

pytestmark = pytest.mark.django_db
LOG = "/notifications/attempt/"
DAYS = f"{LOG}days-to-keep/"
CLEAR = f"{LOG}clear/"


@pytest.fixture
def begun(woken):
    """The purges that were ordered."""
    return woken


@pytest.fixture
def megan():
    return client("Administrator")


def entry(now, **values):
    return Attempt.objects.create(**{"at": now, "result": Result.ACCEPTED} | values)


def question(browser):
    """The moment that the confirmation page asks about."""
    return re.search(r'name="until" value="([^"]+)"', browser.get(CLEAR).content.decode())[1]


def test_the_days_are_saved_with_who_and_when(megan, begun):
    megan.post(DAYS, {"entry_days": "10", "content_days": "5"})

    kept = Retention.objects.current()
    assert (kept.entry_days, kept.content_days) == (10, 5)
    assert "by Administrator, " in megan.get(DAYS).content.decode()
    assert begun


def test_saving_what_is_set_already_changes_nobodys_name(megan, now):
    Retention.objects.save_days(entry_days=10, content_days=5, by="adele", now=now)

    megan.post(DAYS, {"entry_days": "10", "content_days": "5"})

    assert Retention.objects.current().changed_by == "adele"


@pytest.mark.parametrize("days", ["0", "-1", "", "3651", "ten", "9" * 40, "1.5"])
def test_wrong_days_are_told_at_their_field_and_change_nothing(megan, days):
    response = megan.post(DAYS, {"entry_days": days, "content_days": "5"})

    assert response.status_code == 422
    assert 'aria-invalid="true"' in response.content.decode()
    assert Retention.objects.current().content_days == 30


def test_the_page_tells_how_much_there_is(megan, now):
    entry(now)
    for _i in range(2):
        factories.enqueue(files=[factories.new_file(2048)])

    text = megan.get(DAYS).content.decode()

    assert "<dd>1</dd>" in text
    assert "1 file, 2.0" in text


def test_an_auditor_sees_the_days_and_cannot_change_them(now):
    audrey = client("Auditor")

    assert "90" in audrey.get(DAYS).content.decode()
    assert audrey.post(DAYS, {"entry_days": "1", "content_days": "1"}).status_code == 403
    assert Retention.objects.current().entry_days == 90


def test_clear_says_what_goes_and_hides_it_at_once(megan, now):
    waiting = factories.enqueue(subject="waits")
    entry(now - timedelta(days=1), subject="gone-1", notification=waiting)
    entry(now, subject="gone-2")
    assert "All 2 log entries will be deleted." in megan.get(CLEAR).content.decode()

    megan.post(CLEAR, {"until": question(megan)})

    text = megan.get(LOG).content.decode()
    assert "gone-1" not in text
    assert "Log cleared" in text
    assert Notification.objects.get() == waiting
    event = ConnectionEvent.objects.get()
    assert (event.kind, event.who) == (EventKind.LOG_CLEARED, "Administrator")
    retention.purge(now=timezone.now() + timedelta(days=1))
    assert not Attempt.objects.exists()


def test_what_came_after_the_question_stays(megan, now):
    entry(now)
    until = question(megan)
    entry(timezone.now(), subject="came-later")

    megan.post(CLEAR, {"until": until})

    retention.purge(now=timezone.now() + timedelta(hours=23, minutes=59))
    assert Attempt.objects.shown().get().subject == "came-later"


def test_a_double_click_clears_once(megan, begun, now, django_capture_on_commit_callbacks):
    entry(now)
    until = question(megan)

    with django_capture_on_commit_callbacks(execute=True):
        megan.post(CLEAR, {"until": until})
        megan.post(CLEAR, {"until": until})

    assert ConnectionEvent.objects.count() == 1
    assert len(begun) == 1


@pytest.mark.parametrize(
    "until", ["", "x", "2026-01-01", "2999-01-01T00:00:00+00:00", "2026-02-31T00:00Z"]
)
def test_an_answer_without_its_question_clears_nothing(megan, until, now):
    entry(now)

    response = megan.post(CLEAR, {"until": until}, follow=True)

    assert response.status_code == 200
    assert Retention.objects.current().cleared_until is None
    assert "Nothing was deleted" in response.content.decode()


@pytest.mark.parametrize("role", ["Auditor", "Operator"])
def test_only_those_who_may_delete_are_offered_clear(role, now):
    browser = client(role)
    entry(now)

    assert 'href="/notifications/attempt/clear/"' not in browser.get(LOG).content.decode()
    assert browser.post(CLEAR, {"until": now.isoformat()}).status_code == 403


def test_clear_stands_on_the_page_of_retention_and_not_beside_export(megan, now):
    entry(now)

    assert CLEAR not in megan.get(LOG).content.decode()
    assert f'href="{CLEAR}"' in megan.get(DAYS).content.decode()
    assert CLEAR not in client("Auditor").get(DAYS).content.decode()
