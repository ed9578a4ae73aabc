"""What old devices say, each of which ends in 250 or in the answer of the table."""

import re
import tracemalloc
from ipaddress import ip_network

import pytest

from notifications.models import Attempt, Notification, SmtpClient, SmtpSession
from notifications.models.attempt import Result
from tests.notifications.smtp_listener.listening import ANA, LETTER, SENDER, Speaker, b64, client


def stored(row):
    return row.raw_content.read()


def test_a_letter_is_queued_with_its_number(speaker):
    answer = speaker.deliver(LETTER, ANA)
    row = Notification.objects.get()
    assert answer == f"250 2.0.0 Queued as {row.pk}"
    assert (row.to, row.subject, row.initiator) == ([ANA], "Scan", "SMTP: Scanner")
    assert row.is_carried
    header, body = stored(row).split(b"\r\n\r\n", 1)
    assert body == b"Hello\r\n"
    assert header.startswith(b"Received: by ")
    assert b"127.0.0.1" not in header


@pytest.mark.parametrize("odd", ["(a)@contoso.example", "a\\b@contoso.example"])
def test_the_sender_of_the_envelope_stands_in_our_received_line_if_it_can(speaker, odd):
    speaker.deliver(LETTER, ANA, sender="bounces@device.example")
    speaker.deliver(LETTER, ANA, sender=odd)
    named, unnamed = [stored(row).partition(b";")[0] for row in Notification.objects.order_by("pk")]
    assert named.endswith(b"(envelope-from <bounces@device.example>)")
    assert b"envelope-from" not in unnamed


def test_the_answer_to_ehlo_comes_in_one_piece(stranger):
    stranger.send(b"EHLO device\r\n")
    answer = stranger.socket.recv(10_000).decode()
    assert re.fullmatch(r"(250-[^\r]*\r\n)+250 [^\r]*\r\n", answer)
    assert "PIPELINING" in answer


@pytest.mark.parametrize(
    "command",
    [
        f"MAIL FROM: {SENDER}", f"MAIL FROM: <{SENDER}>", "MAIL FROM:<>", "MAIL FROM:<scanner>",
        f"mail from:<{SENDER}> AUTH=<>", f"MAIL FROM:<{SENDER}> RET=HDRS ENVID=1",
    ],
)  # fmt: skip
def test_senders_as_devices_write_them(speaker, command):
    assert speaker.say(command) == "250 2.1.0 OK"
    to = f"RCPT TO:<{ANA}> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;x"
    assert speaker.say(to) == "250 2.1.5 OK"
    speaker.say("DATA")
    assert speaker.say(LETTER + b"\r\n.").startswith("250 2.0.0 Queued as")


def test_long_lines_are_taken(speaker):
    assert speaker.deliver(LETTER + b"x" * 300_000, ANA).startswith("250")
    assert b"x" * 300_000 in stored(Notification.objects.get())


def test_bare_line_feeds_are_taken_and_end_nothing(speaker):
    smuggled = b"\n.\nMAIL FROM:<eve@x.example>\n.\r\nmore\r.\rx\r\n.\nend"
    letter = LETTER.replace(b"\r\n", b"\n") + smuggled
    assert speaker.deliver(letter, ANA).startswith("250")
    body = stored(Notification.objects.get()).partition(b"\r\n\r\n")[2]
    assert b"\n.\r\nMAIL FROM:<eve@x.example>\r\n.\r\nmore" in body
    assert re.search(rb"(?<!\r)\n", body) is None


def test_commands_may_come_all_at_once(speaker):
    commands = f"MAIL FROM:<{SENDER}>\r\nRCPT TO:<{ANA}>\r\nDATA\r\n".encode()
    speaker.send(commands + LETTER + b"\r\n.\r\nNOOP\r\nQUIT\r\n")
    heard = [speaker.hear()[:3] for _ in range(6)]
    assert heard == ["250", "250", "354", "250", "250", "221"]


def test_dots_at_the_beginning_of_lines_arrive(speaker):
    assert speaker.deliver(LETTER + b"\r\n..\r\n...x\r\n.y", ANA).startswith("250")
    assert stored(Notification.objects.get()).endswith(b"Hello\r\n.\r\n..x\r\ny\r\n")


REFUSED = [
    (["MAIL FROM:<a@b.example>"], "530 5.7.0"),
    (["RCPT TO:<a@b.example>"], "503 5.5.1"),
    (["DATA"], "503 5.5.1"),
    (["AUTH CRAM-MD5"], "504 5.5.4"),
    (["AUTH PLAIN !!!"], "501 5.5.4"),
    (["AUTH PLAIN AGEAYg=="], "535 5.7.8"),
    (["EXPN staff"], "502 5.5.1"),
    (["STARTTLS"], "454 4.7.0"),
]


@pytest.mark.parametrize(("commands", "answer"), REFUSED)
def test_what_a_stranger_hears(stranger, commands, answer):
    stranger.say("EHLO device")
    heard = [stranger.say(command) for command in commands]
    assert heard[-1].startswith(answer)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("RCPT TO:<ana>", "501 5.1.3"),
        ("RCPT TO:<a@b.example\x01>", "501 5.1.3"),
        ("RCPT TO:", "501 5.1.3"),
        (f"MAIL FROM:<{SENDER}>", "503 5.5.1"),
    ],
)
def test_what_a_client_hears(speaker, command, answer):
    speaker.say(f"MAIL FROM:<{SENDER}>")
    assert speaker.say(command).startswith(answer)


def test_a_device_behind_a_proxy_of_ours_needs_no_password_from_its_network(smtp, settings):
    client(authentication="address", networks="192.0.2.7")
    smtp.refresh()
    settings.SMTP_PROXIES = [ip_network("127.0.0.1")]
    for address, answer in (("192.0.2.7", "451 4.3.0"), ("192.0.2.8", "530 5.7.0")):
        speaker = Speaker(smtp.port)
        speaker.send(f"PROXY TCP4 {address} 192.0.2.1 5000 25\r\n".encode())
        speaker.hear()
        speaker.say("EHLO device")
        assert speaker.say(f"MAIL FROM:<{SENDER}>").startswith(answer)
        speaker.close()


def test_a_session_is_kept_without_secrets(smtp, speaker, scanner):
    row, password = scanner
    speaker.deliver(LETTER + b" secret-content", ANA)
    speaker.say("QUIT")
    speaker.close()
    smtp.write_down_when_all_have_left()
    kept = SmtpSession.objects.get()
    text = str(kept.lines)
    assert "AUTH PLAIN" in text
    assert "Queued as" in text
    for secret in (password, "secret-content", b64(f"\0{row.user_name}\0{password}")):
        assert secret not in text


def test_refusals_are_in_the_log_once(smtp, speaker):
    for _ in range(3):
        speaker.say("MAIL FROM:<x@y.example>")
        speaker.say("RCPT TO:<nobody>")
        speaker.say("RSET")
    smtp.write_down()
    first, more = Attempt.objects.filter(result=Result.REFUSED).order_by("pk")
    assert "501 5.1.3" in first.error
    assert "2 more times" in more.error
    assert "SMTP: Scanner" in first.note


def test_200_idle_connections_do_not_hinder(smtp, scanner):
    idle = [Speaker(smtp.port) for _ in range(200)]
    speaker = Speaker(smtp.port)
    speaker.hear()
    speaker.sign_in(*scanner)
    assert speaker.deliver(LETTER, ANA).startswith("250")
    for each in [*idle, speaker]:
        each.close()


def test_ten_thousand_recipients_are_too_many_and_take_no_memory(smtp, speaker):
    def name(numbers):
        commands = (f"RCPT TO:<a{n}@contoso.example>\r\n" for n in numbers)
        speaker.send("".join(commands).encode())
        return [speaker.hear()[:9] for _n in numbers]

    speaker.say(f"MAIL FROM:<{SENDER}>")
    assert set(name(range(500))) == {"250 2.1.5"}
    name(range(500, 1000))
    tracemalloc.start()
    for start in range(1000, 10_000, 500):
        assert set(name(range(start, start + 500))) == {"452 4.5.3"}
    grown, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert grown < 500_000
    smtp.write_down()
    assert Attempt.objects.filter(result=Result.REFUSED).count() == 2


def test_a_client_that_is_disabled_hands_in_nothing_more(smtp, scanner, speaker):
    SmtpClient.objects.filter(pk=scanner[0].pk).update(enabled=False)
    smtp.refresh()
    assert speaker.say(f"MAIL FROM:<{SENDER}>").startswith("530 5.7.0")


def test_a_full_day_is_said_before_the_message_comes(smtp, scanner, speaker, stopped_clock):
    assert speaker.deliver(LETTER, ANA).startswith("250")
    SmtpClient.objects.filter(pk=scanner[0].pk).update(recipients_a_day=1)
    smtp.refresh()
    speaker.say(f"MAIL FROM:<{SENDER}>")
    assert speaker.say(f"RCPT TO:<{ANA}>").startswith("452 4.5.3")
