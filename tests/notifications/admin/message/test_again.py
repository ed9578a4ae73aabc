"""Resend, and Edit and send again: who may, to whom, and what links the two."""

import io

import pytest
from django.contrib.auth.models import Permission, User

from notifications import outbox
from notifications.admin import form_token
from notifications.models import Attachment, Notification, Origin
from notifications.models.status import Status
from notifications.outbox import NewFile
from tests import factories
from tests.notifications.admin.browsing import client, form_in, page

pytestmark = pytest.mark.django_db
QUEUE = "/notifications/notification/"


@pytest.fixture
def megan():
    return client("Administrator")


def failed(**values):
    row = factories.enqueue(**values)
    Notification.objects.filter(pk=row.pk).update(status=Status.FAILED)
    return row


def send(browser, row, action, **typed):
    """Open the form, type, and send it."""
    address = f"{QUEUE}{row.pk}/{action}/"
    return browser.post(address, form_in(browser.get(address)) | typed)


def the_copy(row):
    return Origin.objects.get(original=row).notification


def test_the_copy_shows_no_key_that_nobody_has_chosen(olga):
    row = failed(key="ticket-17")
    send(olga, row, "resend", recipients="original")

    assert "ticket-17" in page(olga, f"{QUEUE}{row.pk}/change/")
    assert "Idempotency key" not in page(olga, f"{QUEUE}{the_copy(row).pk}/change/")


def test_resend_asks_to_whom_before_anything_is_queued(olga):
    row = failed(to="a@contoso.example")

    text = page(olga, f"{QUEUE}{row.pk}/resend/")

    assert "The original recipients: a@contoso.example" in text
    assert "Me: Operator@contoso.example" in text
    assert Notification.objects.count() == 1


def test_a_copy_to_me_goes_to_nobody_else(olga):
    row = failed(to="a@contoso.example", cc="b@contoso.example", bcc="c@contoso.example")

    send(olga, row, "resend", recipients="me")

    assert the_copy(row).recipients == ["Operator@contoso.example"]


def test_a_copy_to_another_address(megan):
    row = failed(cc="b@contoso.example")

    send(megan, row, "resend", recipients="other", address="Jo <jo@contoso.example>")

    assert the_copy(row).recipients == ["Jo <jo@contoso.example>"]


def test_another_address_needs_a_right_of_its_own(olga):
    row = failed()
    assert "Another address" not in page(olga, f"{QUEUE}{row.pk}/resend/")

    response = send(olga, row, "resend", recipients="other", address="jo@contoso.example")

    assert response.status_code == 422
    assert Notification.objects.count() == 1

    right = Permission.objects.get(codename="redirect_notification")
    User.objects.get(username="Operator").user_permissions.add(right)
    send(olga, row, "resend", recipients="other", address="jo@contoso.example")
    assert the_copy(row).to == ["jo@contoso.example"]


def test_a_sensitive_message_goes_elsewhere_only_by_those_who_may_read_it(olga):
    row = failed(sensitive=True, subject="Your new password")
    right = Permission.objects.get(codename="redirect_notification")
    person = User.objects.get(username="Operator")
    person.user_permissions.add(right)
    group = person.groups.get()
    group.permissions.remove(Permission.objects.get(codename="view_sensitive"))

    text = page(olga, f"{QUEUE}{row.pk}/resend/")

    assert "new password" not in text
    assert "Another address" not in text
    assert "Me:" not in text


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c", "x\0@y.example", "a" * 401])
def test_a_wrong_address_is_refused_in_words(megan, address):
    row = failed()

    response = send(megan, row, "resend", recipients="other", address=address)

    assert response.status_code == 422
    assert Notification.objects.count() == 1


def test_copy_and_original_are_linked_both_ways_and_the_copy_is_the_persons(megan):
    row = failed(subject="Ticket 17")

    send(megan, row, "edit", to="right@contoso.example", priority="1")

    copy = the_copy(row)
    assert copy.initiator == "Administrator"
    assert f'href="{QUEUE}{copy.pk}/change/">{copy.pk}</a>' in page(
        megan, f"{QUEUE}{row.pk}/change/"
    )
    text = " ".join(page(megan, f"{QUEUE}{copy.pk}/change/").split())
    assert f'href="{QUEUE}{row.pk}/change/">edited from {row.pk}</a>' in text


def test_editing_changes_what_was_edited_and_nothing_else(megan):
    file = NewFile("logo.png", io.BytesIO(b"logo"), "image/png", "logo")
    row = failed(
        to="wrong@contoso.example", subject="Ticket 17", text="Hello\nthere", html="<p>Hi</p>",
        headers=[("X-Ticket", "17")], files=[file], sensitive=True, priority=0,
    )  # fmt: skip

    send(
        megan, row, "edit", to="right@contoso.example", subject="Ticket 17", priority="0",
        text="Hello\r\nthere", html="<p>Hi</p>", attachments=[str(row.attachments.get().pk)],
    )  # fmt: skip

    copy, origin = the_copy(row), Origin.objects.get()
    row.refresh_from_db()
    assert copy.to == ["right@contoso.example"]
    assert origin.changed == ["to"]
    for name in ("subject", "text", "html", "headers", "sensitive", "priority", "importance"):
        assert getattr(copy, name) == getattr(row, name), name
    assert [file.content_id for file in copy.attachments.all()] == ["logo"]
    assert row.status == Status.FAILED
    assert row.to == ["wrong@contoso.example"]


def test_an_attachment_can_be_left_out(megan):
    row = failed(files=[factories.new_file(name="a.txt"), factories.new_file(11, name="b.txt")])
    kept = Attachment.objects.get(name="b.txt")

    send(megan, row, "edit", priority="1", attachments=[str(kept.pk)])

    assert [file.name for file in the_copy(row).attachments.all()] == ["b.txt"]


def test_editing_needs_a_right_of_its_own_and_that_to_read_it(olga, megan):
    row = failed()
    assert olga.get(f"{QUEUE}{row.pk}/edit/").status_code == 403
    assert "Edit and send again" not in page(olga, f"{QUEUE}{row.pk}/change/")

    secret = failed(sensitive=True)
    group = User.objects.get(username="Administrator").groups.get()
    group.permissions.remove(Permission.objects.get(codename="view_sensitive"))
    assert megan.get(f"{QUEUE}{row.pk}/edit/").status_code == 200
    assert megan.get(f"{QUEUE}{secret.pk}/edit/").status_code == 403
    assert megan.post(f"{QUEUE}{secret.pk}/edit/", {"to": "x@y.example"}).status_code == 403


@pytest.mark.parametrize(
    "typed",
    [
        {"to": ""},
        {"to": "nobody"},
        {"subject": "x" * 1000},
        {"priority": "9"},
        {"attachments": ["999"]},
        {"html": "\0"},
    ],
)
def test_what_cannot_be_sent_is_refused_and_what_was_typed_stays(megan, typed):
    row = failed(files=[factories.new_file()])
    values = {"priority": "1", "text": "typed by megan"} | typed

    response = send(megan, row, "edit", **values)

    assert response.status_code == 422
    assert "typed by megan" in response.content.decode()
    assert Notification.objects.count() == 1


@pytest.mark.parametrize("status", [Status.PENDING, Status.SENDING])
def test_what_is_on_its_way_has_no_copies(megan, status, now):
    row = factories.enqueue()
    if status == Status.SENDING:
        Notification.objects.claim([row.pk], worker="w", now=now, lease=now - now)

    for action in ("resend", "edit"):
        response = megan.get(f"{QUEUE}{row.pk}/{action}/")
        assert response.status_code == 422
        assert "still on its way" in response.content.decode()
        assert form_token.NAME not in response.content.decode()
        posted = {"recipients": "original", "to": "a@b.example", "priority": "1"}
        token = {form_token.NAME: form_token.new_token()}
        megan.post(f"{QUEUE}{row.pk}/{action}/", token | posted)
    assert Notification.objects.count() == 1


def test_the_application_gets_no_callback_of_a_copy(megan, now):
    key, _token = factories.api_key(callback_url="https://tickets.example/mail")
    row = outbox.enqueue(factories.new(key="17"), initiator="Tickets", api_key=key)
    Notification.objects.filter(pk=row.pk).update(status=Status.FAILED)

    send(megan, row, "resend", recipients="original")

    copy = the_copy(row)
    assert not hasattr(copy, "came_with")
    assert Notification.objects.get(pk=row.pk).came_with.key == "17"


def test_the_number_of_the_original_stays_when_it_is_gone(megan):
    row = failed()
    send(megan, row, "resend", recipients="original")
    copy, number = the_copy(row), row.pk

    row.delete()

    assert f"resent from {number}" in page(megan, f"{QUEUE}{copy.pk}/change/")
