"""How devices sign in, and what becomes of wrong passwords."""

from ipaddress import ip_network

import pytest

from notifications.models import SmtpSession
from tests.notifications.smtp_listener.listening import ANA, LETTER, SENDER, Speaker, b64, client


def test_the_questions_of_login_are_spelled_as_devices_want_them(stranger, scanner):
    row, password = scanner
    stranger.say("EHLO device")
    assert stranger.say("AUTH LOGIN") == "334 VXNlcm5hbWU6"
    assert stranger.say(b64(row.user_name)) == "334 UGFzc3dvcmQ6"
    assert stranger.say(b64(password)).startswith("235 2.7.0")


def test_login_with_the_user_name_at_once(stranger, scanner):
    row, password = scanner
    stranger.say("EHLO device")
    assert stranger.say(f"AUTH LOGIN {b64(row.user_name)}") == "334 UGFzc3dvcmQ6"
    assert stranger.say(b64(password)).startswith("235")
    assert stranger.deliver(LETTER, ANA).startswith("250")


def test_sign_in_and_size_after_helo(stranger, scanner):
    row, password = scanner
    stranger.say("HELO device")
    assert (
        stranger.say(f"AUTH PLAIN {b64(chr(0) + row.user_name + chr(0) + password)}")[:3] == "235"
    )
    assert stranger.say(f"MAIL FROM:<{SENDER}> SIZE=100 BODY=8BITMIME").startswith("250")
    assert stranger.say(f"RCPT TO:<{ANA}>").startswith("250")
    stranger.say("DATA")
    assert stranger.say(LETTER + b"\r\n.").startswith("250")


@pytest.mark.parametrize("domain", ["", "@contoso.example", "@printer.local"])
def test_a_user_name_may_look_like_an_address(stranger, scanner, domain):
    row, password = scanner
    stranger.say("EHLO device")
    given = b64(f"\0{row.user_name}{domain}\0{password}")
    assert stranger.say(f"AUTH PLAIN {given}").startswith("235")


def test_ehlo_once_more_keeps_the_sign_in(speaker):
    speaker.say("EHLO device")
    assert speaker.deliver(LETTER, ANA).startswith("250")


def test_too_many_wrong_passwords_make_one_user_name_wait(smtp, scanner):
    row, password = scanner
    other, others_password = client(name="Other")
    smtp.refresh()
    for _ in range(5):
        speaker = Speaker(smtp.port)
        speaker.hear()
        speaker.say("EHLO device")
        wrong = b64(f"\0{row.user_name}\0wrong")
        assert speaker.say(f"AUTH PLAIN {wrong}").startswith("535")
        speaker.close()
    speaker = Speaker(smtp.port)
    speaker.hear()
    speaker.say("EHLO device")
    assert speaker.say(f"AUTH PLAIN {b64(chr(0) + row.user_name + chr(0) + password)}")[:9] == (
        "421 4.7.0"
    )
    speaker.close()
    speaker = Speaker(smtp.port)
    speaker.hear()
    speaker.sign_in(other, others_password)
    speaker.close()


@pytest.mark.parametrize(("allowed", "answer"), [(False, "538 5.7.11"), (True, "235 2.7.0")])
def test_a_password_in_clear_only_where_the_client_may(smtp, settings, allowed, answer):
    row, password = client(allow_plain=allowed)
    smtp.refresh()
    settings.SMTP_PROXIES = [ip_network("127.0.0.1")]
    speaker = Speaker(smtp.port)
    speaker.send(b"PROXY TCP4 192.0.2.7 192.0.2.1 5000 587\r\n")
    speaker.hear()
    speaker.say("EHLO device")
    heard = speaker.say(f"AUTH PLAIN {b64(chr(0) + row.user_name + chr(0) + password)}")
    assert heard.startswith(answer)
    speaker.close()


def test_wrong_passwords_are_counted_whatever_domain_the_user_name_has(smtp, scanner):
    row, password = scanner
    right = b64(f"\0{row.user_name}\0{password}")
    for n in range(5):
        speaker = Speaker(smtp.port)
        speaker.hear()
        speaker.say("EHLO device")
        speaker.say(f"AUTH PLAIN {b64(f'{chr(0)}{row.user_name}@{n}.example{chr(0)}wrong')}")
        speaker.close()
    speaker = Speaker(smtp.port)
    speaker.hear()
    speaker.say("EHLO device")
    assert speaker.say(f"AUTH PLAIN {right}").startswith("421 4.7.0")
    speaker.close()


def test_a_password_at_the_wrong_place_is_not_repeated(smtp, scanner, speaker):
    secret = b64(scanner[1])
    assert speaker.say(secret) == "500 5.5.2 Command not understood"
    speaker.close()
    smtp.write_down_when_all_have_left()
    assert secret.upper() not in str(SmtpSession.objects.get().lines).upper()
