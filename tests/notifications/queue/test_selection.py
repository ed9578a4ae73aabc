"""Which rows leave next. Nothing is claimed or sent."""

from datetime import timedelta

import pytest

from notifications import outbox
from notifications.models import Notification
from notifications.models.notification import Priority
from notifications.queue.selection import FAIR_SHARE, Selection
from tests import factories

pytestmark = pytest.mark.django_db
CLOUD = "emulator"
MANY = ", ".join(f"u{i}@contoso.example" for i in range(5))


@pytest.fixture(autouse=True)
def in_practice(settings):
    settings.CLOUD = CLOUD


@pytest.fixture
def later(now):
    return now + timedelta(seconds=1)


def select(fitting=list):
    return Selection(Notification.objects.all(), CLOUD, fitting)


def for_few(rows):
    """The day has no room for many recipients."""
    return [row for row in rows if len(row.recipients) < 5]


def subjects(choice):
    return [row.subject for row in choice.rows]


def test_urgent_ones_come_first_then_the_oldest(later):
    factories.enqueue(subject="bulk", priority=Priority.BULK)
    factories.enqueue(subject="first")
    factories.enqueue(subject="second")
    factories.enqueue(subject="urgent", priority=Priority.URGENT)

    choice = select().choose(3, now=later)

    assert subjects(choice) == ["urgent", "first", "second"]
    assert choice.too_large is None


def test_the_oldest_has_a_share_whatever_its_priority(later):
    factories.enqueue(subject="bulk", priority=Priority.BULK)
    for i in range(FAIR_SHARE + 2):
        factories.enqueue(subject=f"urgent {i}", priority=Priority.URGENT)

    chosen = subjects(select().choose(FAIR_SHARE, now=later))

    assert chosen == [*(f"urgent {i}" for i in range(FAIR_SHARE - 1)), "bulk"]


def test_the_share_counts_over_several_choices(later):
    factories.enqueue(subject="bulk", priority=Priority.BULK)
    for i in range(FAIR_SHARE):
        factories.enqueue(subject=f"urgent {i}", priority=Priority.URGENT)
    selection = select()

    chosen = [subjects(selection.choose(1, now=later)) for _ in range(FAIR_SHARE)]

    assert chosen == [["urgent 0"]] * (FAIR_SHARE - 1) + [["bulk"]]


def test_later_ones_take_the_place_of_those_that_do_not_fit_into_the_day(later):
    large = factories.enqueue(subject="large", to=MANY, priority=Priority.URGENT)
    for i in range(3):
        factories.enqueue(subject=f"small {i}")

    choice = select(for_few).choose(2, now=later)

    assert subjects(choice) == ["small 0", "small 1"]
    assert choice.too_large == large


def test_where_nothing_fits_the_first_one_is_named(later):
    first = factories.enqueue(to=MANY)
    factories.enqueue(to=MANY)

    choice = select(for_few).choose(5, now=later)

    assert choice.rows == []
    assert choice.too_large == first


def test_where_nothing_is_due_there_is_nothing_to_choose(later):
    factories.enqueue(due_at=later + timedelta(hours=1))

    choice = select().choose(5, now=later)

    assert (choice.rows, choice.too_large) == ([], None)
    assert not select().is_anything_due(now=later)


def test_a_pause_leaves_only_what_a_person_sends_now(later):
    factories.enqueue(subject="waits")
    chosen = factories.enqueue(subject="chosen")
    outbox.pause(by="megan")
    outbox.send_now(Notification.objects.filter(pk=chosen.pk))

    assert subjects(select().choose(5, now=later)) == ["chosen"]


def test_what_was_made_elsewhere_or_has_to_be_looked_up_does_not_leave(later):
    elsewhere, restored = factories.enqueue(), factories.enqueue()
    Notification.objects.filter(pk=elsewhere.pk).update(cloud="global")
    Notification.objects.filter(pk=restored.pk).update(look_up_first=True)

    assert select().choose(5, now=later).rows == []


def test_to_choose_changes_nothing(later):
    factories.enqueue(to=MANY)
    factories.enqueue()
    before = list(Notification.objects.values())

    select(for_few).choose(5, now=later)

    assert list(Notification.objects.values()) == before
