"""Who may hand in what, and what becomes of it in the queue."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from notifications.models import (
    Attempt,
    EmailSettings,
    Notification,
    QueueState,
    SmtpClient,
    SmtpReceipt,
    SmtpSettings,
)
from notifications.models.smtp.client import Authentication, HeaderOnly, Recipients, WrongFrom
from notifications.smtp_listener import answers, house
from notifications.smtp_listener.commands import read_path
from notifications.smtp_listener.house import House
from notifications.smtp_listener.peers import read
from tests.notifications.smtp_listener.listening import SENDER, Speaker, client

ANA, BEN, EVE = "ana@contoso.example", "ben@contoso.example", "eve@fabrikam.example"


def letter(*, sender=SENDER, to=ANA, body="Hello", extra=(), message_id="<1@device>"):
    lines = [f"From: {sender}", f"To: {to}", "Subject: Scan", *extra]
    if message_id:
        lines.append(f"Message-ID: {message_id}")
    return "\r\n".join([*lines, "", body]).encode()


def change(row, smtp, **changes):
    SmtpClient.objects.filter(pk=row.pk).update(**changes)
    smtp.refresh()


def session(smtp, scanner):
    found = Speaker(smtp.port)
    found.hear()
    found.sign_in(*scanner)
    return found


@pytest.mark.parametrize(
    ("allowed", "answer"),
    [
        ("scan@contoso.example", "250"),
        ("@contoso.example", "250"),
        ("@fabrikam.example", "550 5.7.1"),
        ("", "550 5.7.1"),
    ],
)
def test_the_sender_has_to_be_allowed(smtp, scanner, speaker, allowed, answer):
    change(scanner[0], smtp, allowed_from=allowed)
    heard = speaker.deliver(letter(sender="Scanner <scan@contoso.example>"), ANA)
    assert heard.startswith(answer)


def test_a_wrong_sender_may_be_replaced(smtp, scanner, speaker):
    change(scanner[0], smtp, wrong_from=WrongFrom.REPLACE)
    assert speaker.deliver(letter(sender=EVE), ANA).startswith("250")
    row = Notification.objects.get()
    assert (row.from_address, row.reply_to) == ("", [EVE])


def test_nobody_at_all_sends_nothing(smtp, speaker):
    message = b"To: ana@contoso.example\r\n\r\nHello"
    assert speaker.deliver(message, ANA, sender="").startswith("550 5.7.1")


def test_recipients_may_be_limited_to_our_domains(smtp, scanner):
    change(scanner[0], smtp, allowed_recipients=Recipients.DOMAINS)
    speaker = session(smtp, scanner)
    assert speaker.deliver(letter(), EVE).startswith("550 5.7.1")
    speaker.say("RSET")
    assert speaker.deliver(letter(), ANA).startswith("250")
    speaker.close()


def test_names_only_in_the_header_may_be_refused(smtp, scanner, speaker):
    change(scanner[0], smtp, header_only=HeaderOnly.REFUSE)
    assert speaker.deliver(letter(to=f"{ANA}, {BEN}"), ANA).startswith("550 5.7.1")


def test_recipients_of_the_envelope_only_are_hidden(speaker):
    speaker.deliver(letter(), ANA, EVE)
    row = Notification.objects.get()
    assert (row.to, row.cc, row.bcc) == ([ANA], [], [EVE])


def test_parts_of_one_message_are_one_notification(smtp, scanner, speaker, stopped_clock):
    first = speaker.deliver(letter(to=f"{ANA}, {BEN}"), ANA)
    row = Notification.objects.get()
    assert row.due_at > stopped_clock + timedelta(seconds=5)
    assert speaker.deliver(letter(to=f"{ANA}, {BEN}", extra=()), BEN) == first
    row.refresh_from_db()
    assert (row.to, row.bcc) == ([ANA, BEN], [])
    assert row.due_at == stopped_clock


def test_parts_over_the_rate_wait_for_their_turn(smtp, scanner, speaker, stopped_clock):
    change(scanner[0], smtp, messages_a_minute=1)
    speaker.deliver(letter(message_id="<0@device>"), ANA)
    speaker.deliver(letter(to=f"{ANA}, {BEN}"), ANA)
    SmtpReceipt.objects.update(at=F("at") - timedelta(seconds=9))
    turn = stopped_clock + timedelta(minutes=2)
    Notification.objects.filter(original_message_id="", pk__gt=0).update(due_at=turn)
    speaker.deliver(letter(to=f"{ANA}, {BEN}"), BEN)
    row = Notification.objects.get(message_id="<1@device>")
    assert (row.to, row.due_at) == ([ANA, BEN], turn)


def test_parts_that_would_be_too_many_together_stay_apart(smtp, scanner, speaker, monkeypatch):
    monkeypatch.setattr("notifications.smtp_listener.receipts.MOST_TOGETHER", 1)
    speaker.deliver(letter(to=f"{ANA}, {BEN}"), ANA)
    speaker.deliver(letter(to=f"{ANA}, {BEN}"), BEN)
    assert Notification.objects.count() == 2


def test_a_repeat_after_a_lost_answer_is_queued_once(smtp, scanner, speaker):
    first = speaker.deliver(letter(), ANA)
    speaker.close()
    again = session(smtp, scanner)
    assert again.deliver(letter(), ANA) == first.replace("Queued as", "Queued before as")
    again.close()
    assert Notification.objects.count() == 1


@pytest.mark.parametrize(
    ("second", "recipient"),
    [(letter(body="Other"), ANA), (letter(message_id=""), ANA), (letter(), EVE)],
)
def test_anything_else_is_a_new_message(smtp, scanner, speaker, second, recipient):
    speaker.deliver(letter(), ANA)
    speaker.close()
    again = session(smtp, scanner)
    assert "Queued as" in again.deliver(second, recipient)
    again.close()
    assert Notification.objects.count() == 2


def test_an_alert_that_comes_again_is_sent_again(speaker):
    speaker.deliver(letter(), ANA)
    speaker.deliver(letter(), ANA)
    first, second = Notification.objects.order_by("pk")
    assert first.message_id == "<1@device>"
    assert second.original_message_id == "<1@device>"
    assert second.message_id != "<1@device>"
    assert SmtpReceipt.objects.filter(answered=True).count() == 1


def test_what_is_too_fast_is_sent_later(smtp, scanner, speaker, stopped_clock):
    change(scanner[0], smtp, messages_a_minute=1)
    speaker.deliver(letter(), ANA)
    speaker.deliver(letter(message_id="<2@device>"), ANA)
    first, second = Notification.objects.order_by("pk")
    assert first.due_at == stopped_clock < second.due_at


def test_the_day_of_a_client_is_full(smtp, scanner, speaker, stopped_clock):
    change(scanner[0], smtp, recipients_a_day=2, day=stopped_clock.date(), recipients_today=1)
    speaker = session(smtp, scanner)
    assert speaker.deliver(letter(), ANA, BEN).startswith("452 4.5.3")
    speaker.close()


def test_too_many_wait(smtp, speaker):
    speaker.deliver(letter(), ANA)
    SmtpSettings.objects.made().update(most_waiting=1)
    smtp.refresh()
    assert speaker.say(f"MAIL FROM:<{SENDER}>") == str(answers.TOO_MANY_WAIT)


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"installation": ""}, answers.ELSEWHERE),
        ({"installation": "another"}, answers.ELSEWHERE),
        ({"is_copy": True}, answers.ELSEWHERE),
        ({}, answers.PRACTICE),
    ],
)
def test_mail_is_taken_from_this_machine_only(db, settings, changes, answer):
    state = {"installation": settings.INSTALLATION_ID, "is_copy": False}
    QueueState.objects.made().update(**state | changes)
    found = house.read()
    assert house.is_closed_for(found, read("192.0.2.7")) == answer
    assert house.is_closed_for(found, read("127.0.0.1")) is None


def test_a_paused_queue_takes_mail(smtp, speaker):
    QueueState.objects.pause(by="megan", now=timezone.now())
    smtp.refresh()
    assert speaker.deliver(letter(), ANA).startswith("250")


def test_a_dry_run_is_logged_and_not_sent(smtp, scanner, speaker):
    change(scanner[0], smtp, dry_run=True)
    assert speaker.deliver(letter(), ANA) == str(answers.DRY_RUN)
    assert not Notification.objects.exists()
    entry = Attempt.objects.get()
    assert (entry.code, entry.subject, entry.is_test) == ("SmtpDryRun", "Scan", True)


def test_a_row_has_what_the_client_says(smtp, scanner, speaker):
    change(scanner[0], smtp, expires_hours=1, priority=2, sensitive=True)
    speaker.deliver(letter(extra=["X-Priority: 1"]), ANA)
    row = Notification.objects.get()
    left = row.expires_at - timezone.now()
    assert timedelta(minutes=59) < left <= timedelta(hours=1)
    assert (row.priority, row.sensitive, row.importance) == (2, True, "high")


def test_attachments_over_the_limit_are_refused(smtp, speaker):
    saved = EmailSettings.objects.current()
    saved.limit_attachments, saved.attachment_limit_mb = True, 1
    saved.save()
    kind = ["Content-Type: application/pdf; name=a.pdf", "Content-Transfer-Encoding: binary"]
    message = letter(extra=kind, body="x" * 1_100_000)
    assert speaker.deliver(message, ANA).startswith("552 5.3.4")


def test_signed_mail_that_does_not_fit_one_request_is_refused(smtp, speaker):
    kind = ["Content-Type: multipart/signed; boundary=b"]
    body = "--b\r\n\r\n" + ("x" * 70 + "\r\n") * 50_000 + "--b\r\n\r\nsig\r\n--b--"
    assert speaker.deliver(letter(extra=kind, body=body), ANA) == str(answers.SEALED_AND_TOO_LARGE)


def test_a_loop_is_known(speaker):
    loop = ["Received: by x; Sun, 29 Nov 2026 00:00:00 +0000"] * 51
    assert speaker.deliver(letter(extra=loop), ANA).startswith("554 5.4.6")


def test_what_is_too_large_is_said_at_once_or_at_the_end(smtp, scanner):
    SmtpSettings.objects.made().update(largest_mb=1)
    smtp.refresh()
    speaker = session(smtp, scanner)
    assert speaker.say(f"MAIL FROM:<{SENDER}> SIZE=2000000").startswith("552 5.3.4")
    assert speaker.deliver(letter(body="x" * 2_000_000), ANA).startswith("552 5.3.4")
    assert speaker.deliver(letter(), ANA).startswith("250")
    speaker.close()


def test_a_full_disk_is_no_success(smtp, speaker, monkeypatch):
    def full(_self, _data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("notifications.attachments.incoming.Incoming.write", full)
    assert speaker.deliver(letter(), ANA) == str(answers.UNAVAILABLE)
    assert not Notification.objects.exists()


def test_the_smallest_network_decides_who_needs_no_password(db):
    wide, _p = client(name="Wide", authentication=Authentication.ADDRESS, networks="10.0.0.0/24")
    one, _p = client(name="One", authentication=Authentication.ADDRESS, networks="10.0.0.7")
    found = House(clients=[wide, one])
    assert found.by_address(read("10.0.0.7")) == one
    assert found.by_address(read("::ffff:10.0.0.8")) == wide
    assert found.by_address(read("10.0.1.7")) is None


@pytest.mark.parametrize(
    ("argument", "address"),
    [
        ("FROM:<a@b.example>", "a@b.example"),
        ("from: a@b.example SIZE=10", "a@b.example"),
        ("FROM : < a@b.example >", "a@b.example"),
        ("FROM:<@relay.example:a@b.example>", "a@b.example"),
        ("FROM:<>", ""),
    ],
)
def test_paths(argument, address):
    assert read_path("FROM", argument).address == address


@pytest.mark.parametrize(
    "argument", [None, "", "TO:<a@b>", "FROM:<a@b\r\nX>", "FROM:<" + "x" * 2000]
)
def test_what_is_no_path(argument):
    assert read_path("FROM", argument) is None
