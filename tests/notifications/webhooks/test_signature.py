"""Signatures, judged by the library of Standard Webhooks that receivers use."""

import base64
import json
from datetime import timedelta

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from notifications.webhooks import signature

BODY = json.dumps({"id": "5d2c", "text": "Grüße"}, ensure_ascii=False).encode()
TYPED = "a sëcret of the desk"  # as secrets were before they had the prefix


def shown(key):
    """A secret as the specification writes it."""
    return f"whsec_{base64.b64encode(key).decode()}"


def signed(secret, now):
    return signature.headers("5d2c", BODY, secret=secret, now=now)


def test_a_receiver_with_the_secret_as_it_is_shown_believes_the_call(now):
    secret = signature.new_secret()

    assert Webhook(secret).verify(BODY, signed(secret, now)) == {"id": "5d2c", "text": "Grüße"}


def test_a_secret_in_words_signs_with_its_utf_8(now):
    headers = signed(TYPED, now)

    Webhook(TYPED.encode()).verify(BODY, headers)
    Webhook(shown(TYPED.encode())).verify(BODY, headers)


def test_the_prefix_and_signs_that_fill_up_make_no_difference(now):
    key = b"k" * 32

    unpadded = shown(key).rstrip("=")

    assert signed(unpadded, now) == signed(shown(key), now)


def test_a_text_with_the_prefix_that_is_no_base64_goes_on_as_text(now):
    Webhook(b"whsec_of the desk!").verify(BODY, signed("whsec_of the desk!", now))


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "5d2d"},
        {"webhook-timestamp": "1764000000"},
        {"webhook-signature": f"v1,{base64.b64encode(bytes(32)).decode()}"},
    ],
)
def test_what_was_changed_on_the_way_is_not_believed(now, change):
    secret = signature.new_secret()

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY, signed(secret, now) | change)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(BODY + b" ", signed(secret, now))
    with pytest.raises(WebhookVerificationError):
        Webhook(signature.new_secret()).verify(BODY, signed(secret, now))


def test_an_old_call_is_not_believed(now):
    secret = signature.new_secret()

    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(secret).verify(BODY, signed(secret, now - timedelta(minutes=6)))


def test_the_example_of_the_specification_is_signed_as_its_libraries_do(now):
    """The values are those of the libraries' own tests."""
    secret, payload = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'

    headers = signature.headers("msg_p5jXN8AQM9LWM0D4loKWxJek", payload, secret=secret, now=now)

    theirs = Webhook(secret).sign("msg_p5jXN8AQM9LWM0D4loKWxJek", now, payload.decode())
    assert headers["webhook-signature"] == theirs
    assert headers["webhook-timestamp"] == str(int(now.timestamp()))


def test_new_secrets_are_32_random_bytes():
    first, second = signature.new_secret(), signature.new_secret()

    assert first != second
    assert len(signature.key_of(first)) == 32


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        (TYPED, ""),
        (shown(b"k" * 24), ""),
        (shown(b"k" * 24).rstrip("="), ""),
        (shown(b"k" * 23), "at least 24 bytes"),
        ("whsec_", "at least 24 bytes"),
        ("whsec_not base64 at all", "must be base64"),
        ("whsec_ünïcode", "must be base64"),
        ("whsec_abcde", "must be base64"),
    ],
)
def test_a_typed_secret_with_the_prefix_has_to_be_one(secret, words):
    problem = signature.secret_problem(secret)

    assert words in problem
    assert bool(words) == bool(problem)
