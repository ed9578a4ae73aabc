"""Failed mail by its cause."""

from datetime import timedelta

import pytest
from django.utils import translation

from notifications.incident import causes
from notifications.models import Notification
from tests import factories

pytestmark = pytest.mark.django_db
DENIED = {
    "error": "Exchange does not let the account send from this address.",
    "error_code": "ErrorSendAsDenied",
    "error_status": 403,
}
REFUSED = {
    "error": "A recipient was refused.",
    "error_code": "ErrorInvalidRecipients",
    "error_status": 400,
}


def failed(number, **values):
    pks = [factories.enqueue(from_=values.pop("from_", "")).pk for _ in range(number)]
    Notification.objects.filter(pk__in=pks).update(status="failed", **values)


def test_they_are_grouped_by_code_and_sentence_the_most_frequent_first(now):
    failed(2, **DENIED)
    failed(3, **REFUSED)
    factories.enqueue()

    found = causes.of_failed(now=now)

    assert [(each.code, each.count) for each in found] == [
        ("ErrorInvalidRecipients", 3),
        ("ErrorSendAsDenied", 2),
    ]
    assert all(each.fails_again for each in found)
    assert causes.with_key(found[1].key, now=now) == found[1]


def test_ready_commands_have_the_real_addresses(now):
    failed(1, from_="Desk <it@contoso.example>", **DENIED)

    (cause,) = causes.of_failed(account="account@contoso.example", now=now)

    assert "it@contoso.example -Trustee account@contoso.example" in cause.what_to_do
    assert "<" not in cause.what_to_do


def test_a_definite_refusal_with_a_code_nobody_knows_is_no_doubt(now):
    failed(1, error="Microsoft refused the message.", error_code="New", error_status=400)

    (cause,) = causes.of_failed(now=now)

    assert cause.fails_again
    assert "whether" not in cause.what_to_do


def test_what_has_expired_is_counted(now):
    failed(1, expires_at=now - timedelta(hours=1), **REFUSED)
    failed(2, **REFUSED)

    (cause,) = causes.of_failed(now=now)

    assert (cause.count, cause.expired) == (3, 1)


def test_a_cause_is_said_in_the_readers_language(now):
    failed(1, **REFUSED)

    with translation.override("de"):
        (cause,) = causes.of_failed(now=now)
        assert cause.text != REFUSED["error"]
    failed(1)
    assert "Failed for an unknown reason." in [each.text for each in causes.of_failed(now=now)]


def test_two_queries_whatever_has_failed(now, django_assert_num_queries):
    for n in range(4):
        failed(1, error=f"Because of {n}.", error_code=f"E{n}")

    with django_assert_num_queries(2):
        causes.of_failed(now=now)
