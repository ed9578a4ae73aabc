"""Django's own mail functions, into the queue."""

from email.header import Header
from email.mime.base import MIMEBase
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import formataddr

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
        ("attachment.txt", "text/plain; charset=utf-8", ""),
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
    if kind == "amp":
        message.attach_alternative("<html amp4email>", "text/x-amp-html")
    elif kind == "address":
        message.to = ["nobody"]
    elif kind == "header":
        message.extra_headers = {"Return-Path": "<a@x.example>"}
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
        ("amp", "body of the type text/x-amp-html", "Textteil vom Typ text/x-amp-html"),
        ("importance", "“huge” is not a valid importance.", "„huge“ ist keine gültige Wichtigkeit"),
        ("multipart", "several parts", "aus mehreren Teilen"),
    ],
)
def test_a_refusal_is_english_and_can_be_said_in_german(kind, english, german):
    with pytest.raises(InvalidNotification, match=english) as refused:
        unsupported(kind).send()

    with translation.override("de"):
        assert german in translated(refused.value, translation.gettext)


@pytest.mark.parametrize("kind", ["amp", "address", "header", "importance", "multipart"])
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


def queued(message):
    message.send()
    return Notification.objects.get()


JUERGEN = "Jürgen Müller <alex@contoso.example>"


def test_what_pythons_helpers_have_encoded_is_decoded_once():
    encoded = formataddr(("Jürgen Müller", "alex@contoso.example"))
    message = EmailMessage(
        Header("Grüße", "utf-8").encode(),
        "x",
        formataddr(("Ünï Desk", "desk@contoso.example")),
        [encoded],
        [encoded],
        cc=[encoded, formataddr(("Ünï, Desk", "b@contoso.example"))],
        reply_to=[encoded],
        headers={"X-Who": Header("Jürgen", "utf-8").encode(), "X-Raw": "=?nonsense"},
    )
    row = queued(message)

    assert (row.to, row.bcc, row.reply_to) == ([JUERGEN], [JUERGEN], [JUERGEN])
    assert row.cc == [JUERGEN, '"Ünï, Desk" <b@contoso.example>']
    assert (row.from_address, row.subject) == ("Ünï Desk <desk@contoso.example>", "Grüße")
    assert row.headers == [["X-Who", "Jürgen"], ["X-Raw", "=?nonsense"]]


def test_it_is_not_decoded_twice():
    twice = formataddr((Header("Ü", "utf-8").encode(), "alex@contoso.example"))
    outer = Header(Header("Ü", "utf-8").encode(), "utf-8").encode()

    assert queued(EmailMessage(outer, "x", to=[twice])).subject == Header("Ü", "utf-8").encode()


def test_a_decoded_name_brings_neither_a_recipient_nor_a_line():
    name = Header("a, eve@example.org", "utf-8").encode()
    assert len(queued(EmailMessage("s", "x", to=[f"{name} <alex@contoso.example>"])).to) == 1

    evil = "=?utf-8?q?x=0D=0ABcc=3A_eve=40example=2Eorg?= <alex@contoso.example>"
    with pytest.raises(InvalidNotification):
        EmailMessage("s", "x", to=[evil]).send()


def part(kind, content=b"x", **parameters):
    made = MIMEBase(*kind.split("/"), **parameters)
    made.set_payload(content)
    return made


def named(name):
    made = part("text/csv")
    made.add_header("Content-Disposition", "attachment", filename=name)
    return made


FILES = [
    (named("=?utf-8?B?VEVTVC5jc3Y=?="), "TEST.csv", "text/csv"),
    (named(("utf-8", "", "Größe.csv")), "Größe.csv", "text/csv"),
    (MIMEText("Grüße", "plain", "iso-8859-1"), "attachment.txt", "text/plain; charset=iso-8859-1"),
    (part("image/png"), "attachment.png", "image/png"),
    (part("text/calendar", method="REQUEST"), "attachment.ics", "text/calendar; method=REQUEST"),
    (("=?utf-8?q?=C3=BC?=.txt", "x", "text/plain"), "ü.txt", "text/plain"),
    (("a.txt", "ü", "text/plain"), "a.txt", "text/plain; charset=utf-8"),
    ((None, b"x", "application/pdf"), "attachment.pdf", "application/pdf"),
]


@pytest.mark.parametrize(("attachment", "name", "content_type"), FILES)
def test_a_file_keeps_its_name_and_the_parameters_of_its_type(attachment, name, content_type):
    message = EmailMessage("s", "x", to=TO, attachments=[attachment])

    (file,) = queued(message).attachments.all()

    assert (file.name, file.content_type) == (name, content_type)


def test_an_alternative_in_bytes_is_read_in_the_character_set_of_its_type():
    message = EmailMultiAlternatives("s", "x", to=TO)
    message.attach_alternative("<p>Grüße".encode("latin-1"), "text/html; charset=iso-8859-1")

    assert queued(message).html == "<p>Grüße"


@pytest.mark.parametrize("charset", ["utf-8", "no-such-charset"])
def test_an_alternative_that_cannot_be_read_is_refused(charset):
    message = EmailMultiAlternatives("s", "x", to=TO)
    message.attach_alternative(b"<p>Gr\xfc", f"text/html; charset={charset}")

    with pytest.raises(InvalidNotification, match="doesn't use the character set"):
        message.send()
    assert not Notification.objects.exists()


def test_an_invitation_as_an_alternative_is_attached():
    message = EmailMultiAlternatives("s", "x", to=TO)
    message.attach_alternative("<p>x", "text/html; charset=utf-8")
    message.attach_alternative("BEGIN:VCALENDAR", "text/calendar; method=REQUEST")

    row = queued(message)

    assert (row.text, row.html) == ("x", "<p>x")
    assert [(f.name, f.content_type) for f in row.attachments.all()] == [
        ("invite.ics", "text/calendar; method=REQUEST")
    ]


@pytest.mark.parametrize(
    ("headers", "to", "cc", "bcc"),
    [
        ({"Message-ID": "<a@x>", "Date": "today"}, ["a", "b"], ["c"], ["d"]),
        ({"To": "b@x.example"}, ["b"], ["c"], ["d", "a"]),
        ({"to": "undisclosed-recipients:;"}, [], ["c"], ["d", "a", "b"]),
        ({"To": "list@elsewhere.example", "Cc": ""}, [], [], ["d", "a", "b", "c"]),
        ({"To": "B <B@x.example>, a@x.example"}, ["a", "b"], ["c"], ["d"]),
    ],
)
def test_headers_of_its_own_change_what_is_shown_and_not_who_gets_it(headers, to, cc, bcc):
    def at(names):
        return [f"{name}@x.example" for name in names]

    row = queued(EmailMessage("s", "x", None, at("ab"), at("d"), cc=at("c"), headers=headers))

    assert (row.to, row.cc, row.bcc, row.headers) == (at(to), at(cc), at(bcc), [])
