"""Failed mail by its cause."""

from datetime import timedelta

import pytest
from django.utils import translation

from notifications.incident import causes
from notifications.models import EmailSettings, Notification
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


def failed(number, *, from_="", **values):
    pks = [factories.enqueue(from_=from_).pk for _ in range(number)]
    Notification.objects.filter(pk__in=pks).update(status="failed", **values)


def found_by(now):
    return causes.of_failed(EmailSettings.objects.current(), now=now)


def test_they_are_grouped_by_code_and_sentence_the_most_frequent_first(now):
    failed(2, **DENIED)
    failed(3, **REFUSED)
    factories.enqueue()

    found = found_by(now)

    assert [(each.code, each.count) for each in found] == [
        ("ErrorInvalidRecipients", 3),
        ("ErrorSendAsDenied", 2),
    ]
    assert all(each.fails_again for each in found)
    saved = EmailSettings.objects.current()
    assert causes.with_key(found[1].key, saved, now=now) == found[1]


def test_ready_commands_have_the_real_addresses(now, unconnected):
    failed(1, from_="Desk <it@contoso.example>", **DENIED)

    (cause,) = found_by(now)

    assert "it@contoso.example -Trustee servicedesk@contoso.example" in cause.what_to_do
    assert "<" not in cause.what_to_do


def test_what_named_no_from_address_left_from_the_default_one(now, unconnected):
    unconnected.delegation, unconnected.from_address = True, "Help <help@contoso.example>"
    unconnected.save()
    failed(1, **DENIED)

    (cause,) = found_by(now)

    assert "help@contoso.example -Trustee servicedesk@contoso.example" in cause.what_to_do


def test_a_definite_refusal_with_a_code_nobody_knows_is_no_doubt(now):
    failed(1, error="Microsoft refused the message.", error_code="New", error_status=400)

    (cause,) = found_by(now)

    assert cause.fails_again
    assert "whether" not in cause.what_to_do


def test_what_has_expired_is_counted(now):
    failed(1, expires_at=now - timedelta(hours=1), **REFUSED)
    failed(2, **REFUSED)

    (cause,) = found_by(now)

    assert (cause.count, cause.expired) == (3, 1)


def test_a_cause_is_said_in_the_readers_language(now):
    failed(1, **REFUSED)

    with translation.override("de"):
        (cause,) = found_by(now)
        assert cause.text != REFUSED["error"]
    failed(1)
    assert "Failed for an unknown reason." in [each.text for each in found_by(now)]


def commands_of(cause):
    return [line for line in cause.what_to_do.splitlines() if line.startswith("Add-Recipient")]


def test_each_from_address_of_a_cause_has_its_commands_the_most_frequent_first(now, unconnected):
    failed(3, from_="ceo@contoso.example", **DENIED)
    failed(2, from_="hr@contoso.example", **DENIED)

    (cause,) = found_by(now)

    assert commands_of(cause) == [
        f"Add-RecipientPermission {who}@contoso.example -Trustee servicedesk@contoso.example "
        "-AccessRights SendAs"
        for who in ("ceo", "hr")
    ]
    assert cause.what_to_do.count("Send As:") == 1


def test_of_many_from_addresses_the_most_frequent_have_commands_and_the_others_are_counted(
    now, unconnected
):
    for n in range(7):
        failed(7 - n, from_=f"team{n}@contoso.example", **DENIED)
    failed(1, from_="other@contoso.example", **DENIED | {"error": "Another sentence."})

    many, few = found_by(now)

    assert [line.split()[1].partition("@")[0] for line in commands_of(many)] == [
        "team0", "team1", "team2", "team3", "team4",
    ]  # fmt: skip
    assert many.what_to_do.endswith("2 more From addresses need the same.")
    assert len(commands_of(few)) == 1
    assert "more From" not in few.what_to_do


def test_two_queries_whatever_has_failed(now, django_assert_num_queries):
    for n in range(4):
        failed(1, error=f"Because of {n}.", error_code=f"E{n}")
        failed(1, from_=f"team{n}@contoso.example", **DENIED)

    saved = EmailSettings.objects.current()
    with django_assert_num_queries(2):
        causes.of_failed(saved, now=now)
