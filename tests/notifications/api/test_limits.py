"""What a key is limited to: From addresses, networks, messages per day."""

from datetime import timedelta

import pytest
from django.test import Client

from notifications.models import ApiKey, Notification
from tests import factories
from tests.notifications.api.calls import MAIL, problem

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("allowed", "named", "status"),
    [
        ("", "anybody@contoso.example", 201),
        ("desk@contoso.example", "Desk <DESK@contoso.example>", 201),
        ("a@contoso.example, @fabrikam.example", "b@fabrikam.example", 201),
        ("desk@contoso.example", "", 201),
        ("desk@contoso.example", "ceo@contoso.example", 403),
        ("@contoso.example", "a@evil-contoso.example", 403),
        ("@contoso.example", "contoso.example@evil.example", 403),
    ],
)
def test_a_key_sends_only_from_what_it_may_name(desk, allowed, named, status):
    ApiKey.objects.update(allowed_from=allowed)

    response = desk.post("messages", MAIL | {"from": named})

    assert response.status_code == status
    assert Notification.objects.exists() == (status == 201)
    if status == 403:
        told = problem(response, 403)["detail"]
        assert "may not send from" in told
        assert "Service desk" in told


def test_an_e_mail_notification_does_not_lead_around_it(desk):
    ApiKey.objects.update(allowed_from="desk@contoso.example")
    factories.template(name="Boss", from_address="ceo@contoso.example")

    problem(desk.post("email-notifications/Boss/run"), 403)

    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("networks", "caller", "status"),
    [
        ("", "203.0.113.9", 200),
        ("192.0.2.0/24", "192.0.2.77", 200),
        ("2001:db8::/32", "2001:db8:1::5", 200),
        ("192.0.2.0/24", "203.0.113.9", 403),
        ("192.0.2.0/24", "", 403),
    ],
)
def test_a_key_is_taken_only_from_its_networks(networks, caller, status):
    key, token = factories.api_key(networks=networks)
    headers = {"Authorization": f"Bearer {token}"}

    response = Client(REMOTE_ADDR=caller).get("/api/v1/messages", headers=headers)

    assert response.status_code == status
    key.refresh_from_db()
    assert key.requests == (1 if status == 200 else 0)
    if status == 403:
        told = problem(response, 403)["detail"]
        assert f"may not be used from {caller or 'an unknown address'}" in told


def test_behind_a_proxy_the_callers_own_address_counts(settings):
    settings.TRUSTED_PROXIES = []
    _key, token = factories.api_key(networks="192.0.2.0/24")
    headers = {"Authorization": f"Bearer {token}", "X-Forwarded-For": "192.0.2.7"}

    forged = Client(REMOTE_ADDR="203.0.113.9").get("/api/v1/messages", headers=headers)

    problem(forged, 403)


def test_a_key_has_its_messages_a_day(desk, stopped_clock):
    ApiKey.objects.update(messages_a_day=2)

    statuses = [desk.post("messages", MAIL).status_code for _ in range(3)]
    refused = desk.post("messages", MAIL)

    assert statuses == [201, 201, 429]
    told = problem(refused, 429)["detail"]
    assert "may queue 2 messages per day" in told
    assert 0 < int(refused.headers["Retry-After"]) <= 86_401
    assert Notification.objects.count() == 2
    ApiKey.objects.update(day=stopped_clock.date() - timedelta(days=1))
    assert desk.post("messages", MAIL).status_code == 201


def test_what_was_queued_before_is_answered_though_the_day_is_full(desk):
    ApiKey.objects.update(messages_a_day=1)
    first = desk.post("messages", MAIL, Idempotency_Key="1").json()

    again = desk.post("messages", MAIL, Idempotency_Key="1")

    assert (again.status_code, again.json()["id"]) == (200, first["id"])


def test_what_is_refused_is_not_counted(desk):
    ApiKey.objects.update(messages_a_day=1)
    problem(desk.post("messages", MAIL | {"to": "nobody"}), 422)

    assert desk.post("messages", MAIL).status_code == 201


def test_the_day_is_counted_by_one_update(now):
    key, _token = factories.api_key(messages_a_day=2)

    won = [ApiKey.objects.count_message(key.pk, now=now) for _caller in range(3)]

    assert won == [True, True, False]
