"""Django's own mail functions, into the queue."""

from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart

import pytest
from django.core.mail import EmailMessage, EmailMultiAlternatives, get_connection, send_mail
from django.db import transaction
from django.utils import translation

from notifications.errors import InvalidNotification
from notifications.i18n import translated
from notifications.models import Notification
from tests import factories

pytestmark = pytest.mark.django_db
TO = ["a@contoso.example"]


@pytest.fixture(autouse=True)
def queue_backend(settings, monkeypatch):
    settings.EMAIL_BACKEND = "notifications.django_backend.QueueBackend"


def test_send_mail_queues():
    assert send_mail("Hi", "Hello", None, TO, html_message="<b>Hello</b>") == 1

    row = Notification.objects.get()
    assert (row.subject, row.text, row.html) == ("Hi", "Hello", "<b>Hello</b>")
    assert (row.to, row.from_address, row.initiator) == (TO, "", "Django")


def test_a_message_keeps_all_that_it_has():
    message = EmailMultiAlternatives(
        "Hi",
        "Hello",
        "Desk <desk@contoso.example>",
        TO,
        bcc=["b@contoso.example"],
        cc=["C <c@contoso.example>"],
        reply_to=["r@contoso.example"],
        headers={"X-Ticket": "17", "Importance": "High"},
    )
    message.attach_alternative("<img src='cid:logo'>", "text/html")
    message.attach("terms.txt", "terms", "text/plain")
    message.attach("data.bin", b"\x00\x01")
    message.attach(EmailMessage("Inner", "inside", "x@y.example", TO).message())
    logo = MIMEImage(b"png", "png")
    logo.add_header("Content-ID", "<logo>")
    logo.add_header("Content-Disposition", "inline", filename="logo.png")
    message.attach(logo)

    assert message.send() == 1

    row = Notification.objects.get()
    assert row.from_address == "Desk <desk@contoso.example>"
    assert (row.cc, row.bcc) == (["C <c@contoso.example>"], ["b@contoso.example"])
    assert (row.reply_to, row.headers) == (["r@contoso.example"], [["X-Ticket", "17"]])
    assert row.importance == "high"
    files = list(row.attachments.all())
    assert [(f.name, f.content_type, f.content_id) for f in files] == [
        ("terms.txt", "text/plain", ""),
        ("data.bin", "application/octet-stream", ""),
        ("attachment", "text/plain", ""),
        ("logo.png", "image/png", "logo"),
    ]
    assert factories.content_of(files[0]) == b"terms"


def test_an_html_body_alone_stays_html():
    message = EmailMessage("Hi", "<b>Hello</b>", None, TO)
    message.content_subtype = "html"
    message.send()

    row = Notification.objects.get()
    assert (row.text, row.html) == ("", "<b>Hello</b>")


def unsupported(kind):
    message = EmailMultiAlternatives("Hi", "Hello", None, TO)
    if kind == "calendar":
        message.attach_alternative("BEGIN:VCALENDAR", "text/calendar")
    elif kind == "address":
        message.to = ["nobody"]
    elif kind == "header":
        message.extra_headers = {"Date": "today"}
    elif kind == "importance":
        message.extra_headers = {"Importance": "huge"}
    else:
        parts = MIMEMultipart()
        parts.attach(MIMEBase("a", "b"))
        message.attach(parts)
    return message


@pytest.mark.parametrize(
    ("kind", "english", "german"),
    [
        ("calendar", "body of the type text/calendar", "Textteil vom Typ text/calendar"),
        ("importance", "The importance “huge” does not exist.", "Wichtigkeit „huge“"),
        ("multipart", "several parts", "aus mehreren Teilen"),
    ],
)
def test_a_refusal_is_english_and_can_be_said_in_german(kind, english, german):
    with pytest.raises(InvalidNotification, match=english) as refused:
        unsupported(kind).send()

    with translation.override("de"):
        assert german in translated(refused.value, translation.gettext)


@pytest.mark.parametrize("kind", ["calendar", "address", "header", "importance", "multipart"])
def test_what_the_queue_cannot_carry_is_an_error_unless_that_is_not_wanted(kind):
    with pytest.raises(InvalidNotification):
        unsupported(kind).send()

    assert unsupported(kind).send(fail_silently=True) == 0
    assert not Notification.objects.exists()


def test_several_messages_on_one_connection():
    connection = get_connection(initiator="Intranet")
    good = EmailMessage("Hi", "Hello", None, TO)

    assert connection.send_messages([good, EmailMessage("Nobody", "Hello"), good]) == 2

    assert {row.initiator for row in Notification.objects.all()} == {"Intranet"}


def test_what_is_rolled_back_is_not_queued():
    def fails():
        with transaction.atomic():
            send_mail("Hi", "Hello", None, TO)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()

    assert not Notification.objects.exists()
