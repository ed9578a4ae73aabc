"""E-mail > SMTP as an administrator uses it, and those who may only look."""

import re
from datetime import timedelta

import pytest

from notifications.models import (
    EmailSettings,
    SmtpClient,
    SmtpListener,
    SmtpSession,
    SmtpSettings,
)
from notifications.models.smtp.client import Authentication, Recipients
from notifications.models.smtp.session import KEPT
from notifications.smtp_listener.addresses import NOT_OPEN
from tests import factories

pytestmark = pytest.mark.django_db
CLIENTS, LISTENER = "/notifications/smtpclient/", "/notifications/smtpclient/listener/"
TYPED = {
    "name": "Scanner 2nd floor",
    "authentication": "password",
    "allowed_from": "scan@contoso.example, @fabrikam.example",
    "wrong_from": "refuse",
    "allowed_recipients": "",
    "header_only": "remove",
    "recipients_a_day": "500",
    "messages_a_minute": "60",
    "expires_hours": "72",
    "priority": "1",
    "enabled": "on",
}


def text_of(response):
    return response.content.decode()


def shown_password(response):
    return re.search(r'id="new-password"[^>]* value="([^"]+)"', text_of(response))[1]


def test_a_client_has_a_sheet_with_its_password_once(megan):
    assert "There are no clients yet." in text_of(megan.get(CLIENTS))
    before = SmtpSettings.objects.current().version

    made = megan.post(f"{CLIENTS}add/", TYPED)

    row = SmtpClient.objects.get()
    password = shown_password(made)
    assert re.fullmatch("[A-Za-z0-9]{16}", password)
    assert row.has_password(password)
    assert row.user_name in text_of(made)
    assert len(row.user_name) <= 16
    assert row.allowed_recipients == Recipients.EVERYBODY
    assert SmtpSettings.objects.current().version > before
    for page in (CLIENTS, f"{CLIENTS}{row.pk}/change/", f"{CLIENTS}{row.pk}/sheet/"):
        assert password not in text_of(megan.get(page))
    assert password not in str(vars(row))


def test_a_sheet_says_that_smtp_is_off_and_promises_no_encryption(megan, settings):
    row, off = factories.smtp_client(), "SMTP is off: no mail is accepted from devices."
    sheet = f"{CLIENTS}{row.pk}/sheet/"
    SmtpSettings.objects.made()
    assert off in text_of(megan.get(sheet))
    encryption = "<dt>Encryption</dt><dd>"
    assert f"{encryption}not possible without a certificate</dd>" in text_of(megan.get(sheet))

    SmtpSettings.objects.update(is_on=True)
    settings.SMTP_CERTIFICATE = "/run/smtp.pem"

    assert off not in text_of(megan.get(sheet))
    assert f"{encryption}required</dd>" in text_of(megan.get(sheet))


def test_a_new_password_ends_the_former_one(megan):
    row = factories.smtp_client()
    former = row.make_password()
    row.save()
    new = shown_password(megan.post(f"{CLIENTS}{row.pk}/password/"))
    row.refresh_from_db()
    assert row.has_password(new)
    assert not row.has_password(former)


@pytest.mark.parametrize(
    ("networks", "problem"),
    [
        ("", "Required without sign-in."),
        ("x", "neither an address nor a network"),
        ("10.0.0.0/16", "too wide"),
        ("fd00::/48", "too wide"),
        ("8.8.8.0/24", "only single public addresses"),
        ("0.0.0.0/0", "0.0.0.0/0"),
    ],
)
def test_nobody_opens_a_relay_by_mistake(megan, networks, problem):
    answer = megan.post(
        f"{CLIENTS}add/", TYPED | {"authentication": "address", "networks": networks}
    )
    assert problem in text_of(answer)
    assert not SmtpClient.objects.exists()


@pytest.mark.parametrize("networks", ["10.0.0.0/24", "192.168.1.7", "8.8.8.8", "fd00::/64"])
def test_without_sign_in_mail_goes_to_our_domains(megan, networks):
    megan.post(f"{CLIENTS}add/", TYPED | {"authentication": "address", "networks": networks})
    row = SmtpClient.objects.get()
    assert row.authentication == Authentication.ADDRESS
    assert row.allowed_recipients == Recipients.DOMAINS


@pytest.mark.parametrize(
    ("field", "value"), [("allowed_from", "nobody"), ("domains", "a b@"), ("networks", "1.2.3")]
)
def test_wrong_lists_are_told(megan, field, value):
    answer = megan.post(f"{CLIENTS}add/", TYPED | {field: value})
    assert answer.status_code == 200
    assert "errors" in text_of(answer)
    assert not SmtpClient.objects.exists()


def test_the_listener_is_turned_on(megan):
    values = {"is_on": "on", "largest_mb": "20", "most_recipients": "9", "most_waiting": "7"}
    assert megan.post(LISTENER, values).status_code == 302
    row = SmtpSettings.objects.current()
    assert (row.is_on, row.largest_mb, row.most_recipients, row.most_waiting) == (True, 20, 9, 7)
    assert "no enabled clients" in text_of(megan.get(LISTENER))
    assert megan.post(LISTENER, values | {"largest_mb": "0"}).status_code == 422


def test_what_was_changed_is_told_with_who_did_it(megan):
    values = {"is_on": "on", "largest_mb": "20", "most_recipients": "500", "most_waiting": "50000"}
    megan.post(LISTENER, values)
    page = text_of(megan.get(LISTENER))
    assert "Recent changes" in page
    assert "Largest message: 35 → 20" in page
    assert "Accept mail over SMTP: off → on" in page
    assert "Most recipients of a message: 500" not in page

    row = factories.smtp_client()
    megan.post(f"{CLIENTS}{row.pk}/password/")
    assert "Changed Password." in text_of(megan.get(f"{CLIENTS}{row.pk}/history/"))


@pytest.mark.parametrize(("protection", "most"), [(True, "150"), (False, "3")])
def test_what_the_connection_can_send_stands_beside_the_size(megan, protection, most):
    row = EmailSettings.objects.current()
    row.protection = protection
    row.save()
    page = text_of(megan.get(LISTENER))
    assert f"announced as SIZE; the connection can send at most {most})" in page
    assert "megabytes" in page
    assert "notifications wait" in page


def test_the_listeners_own_troubles_are_on_its_page(megan, now):
    SmtpListener.objects.create(
        name="host:1", started_at=now, seen_at=now, certificate_ends_at=now - timedelta(days=2),
        problem=NOT_OPEN % {"address": "[::]:25", "reason": "Permission denied"},
    )  # fmt: skip
    page = text_of(megan.get(LISTENER))
    assert "The certificate of the SMTP listener has expired." in page
    assert "[::]:25 cannot be opened: Permission denied." in page
    german = text_of(megan.get(LISTENER, headers={"accept-language": "de"}))
    assert "[::]:25 lässt sich nicht öffnen: Permission denied." in german


def test_an_auditor_looks_and_changes_nothing(audrey):
    row = factories.smtp_client()
    assert "Accept mail over SMTP" in text_of(audrey.get(LISTENER))
    assert "New password" not in text_of(audrey.get(f"{CLIENTS}{row.pk}/change/"))
    assert audrey.get("/notifications/smtpsession/").status_code == 403


def test_the_last_sessions_are_kept(now):
    row = factories.smtp_client()
    for number in range(KEPT + 5):
        SmtpSession.objects.create(client=row, at=now, queued=number)
        SmtpSession.objects.keep_last(row.pk)
    assert SmtpSession.objects.count() == KEPT
    assert SmtpSession.objects.order_by("pk").first().queued == 5


def test_a_carried_message_has_a_page_and_a_file(megan):
    row = factories.carried_notification(b"Subject: Scan\r\n\r\nRead me\r\n")
    page = f"/notifications/notification/{row.pk}/"
    assert "Read me" in text_of(megan.get(f"{page}change/"))
    file = megan.get(f"{page}raw/")
    assert b"".join(file.streaming_content) == b"Subject: Scan\r\n\r\nRead me\r\n"
    assert "attachment" in file["Content-Disposition"]


def test_a_sensitive_one_is_hidden(audrey):
    row = factories.carried_notification(b"Subject: Scan\r\n\r\nRead me\r\n", sensitive=True)
    page = f"/notifications/notification/{row.pk}/"
    assert "Read me" not in text_of(audrey.get(f"{page}change/"))
    assert audrey.get(f"{page}raw/").status_code == 403
