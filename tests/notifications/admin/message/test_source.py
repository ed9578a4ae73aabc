"""A message as a file for mail programs."""

from email import message_from_bytes

import pytest

from notifications.models import Attempt, EmailSettings, Notification
from notifications.models.status import Status
from tests import factories

pytestmark = pytest.mark.django_db
QUEUE = "/notifications/notification/"


def download(browser, row):
    response = browser.get(f"{QUEUE}{row.pk}/raw/")
    assert response.status_code == 200
    return response


def test_a_message_is_downloaded_as_it_would_leave(megan):
    row = factories.enqueue(
        to="Jörg <a@contoso.example>", subject="Grüße", html="<p>Hi</p>", text="Hi",
        headers=[("X-Ticket", "17")], files=[factories.new_file(name="a.bin")],
    )  # fmt: skip

    response = download(megan, row)
    mail = message_from_bytes(response.content)

    assert response["Content-Type"] == "message/rfc822"
    assert response["Content-Disposition"] == f'attachment; filename="message-{row.pk}.eml"'
    assert mail["Message-ID"] == row.message_id
    assert mail["X-Ticket"] == "17"
    assert [part.get_content_type() for part in mail.walk() if not part.is_multipart()] == [
        "text/plain", "text/html", "application/octet-stream",
    ]  # fmt: skip


def test_what_has_left_bears_its_sender_and_its_time(megan, now):
    row = factories.enqueue()
    Notification.objects.filter(pk=row.pk).update(
        status=Status.ACCEPTED, accepted_at=now.replace(year=2024, month=5, day=6)
    )
    Attempt.objects.create(
        notification=row, at=now, result="accepted", account="desk@contoso.example"
    )

    mail = message_from_bytes(download(megan, row).content)

    assert mail["From"] == "desk@contoso.example"
    assert "6 May 2024" in mail["Date"] or "06 May 2024" in mail["Date"]


def test_recipients_in_bcc_are_not_told(megan):
    row = factories.enqueue(bcc="secret@contoso.example")

    assert b"secret@contoso.example" not in download(megan, row).content


def test_settings_of_now_count(megan):
    settings = EmailSettings.objects.current()
    settings.plain_text_only = True
    settings.save()
    row = factories.enqueue(html="<p>Hi</p>", text="Hi")

    mail = message_from_bytes(download(megan, row).content)

    assert mail.get_content_type() == "text/plain"
