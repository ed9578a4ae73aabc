"""Where a call goes, and who makes it."""

import pytest

from notifications import vault
from notifications.models import Alarm, ApiKey, Callback, QueueState
from notifications.models.alarms.alarm import AlarmCode
from tests import factories


def a_key(**changes):
    sealed = vault.seal("secret", "callback_secret")
    return ApiKey(callback_url="https://desk.example/hook", callback_secret=sealed, **changes)


def test_an_application_is_called_at_the_address_of_its_key():
    target = Callback(api_key=a_key()).target()

    assert (target.url, target.secret()) == ("https://desk.example/hook", "secret")


def test_a_revoked_key_has_no_address(now):
    assert Callback(api_key=a_key(revoked_at=now)).target().url == ""


@pytest.mark.django_db
def test_a_copy_makes_the_calls_of_alarms_alone(now):
    alarm = Alarm.objects.create(code=AlarmCode.COPY, raised_at=now)
    Callback.objects.create(alarm=alarm, event="alarm.raised", body="{}")
    key, _token = factories.api_key()
    of_key = Callback.objects.create(api_key=key, event="message.failed", body="{}")
    assert list(Callback.objects.of_keys()) == [of_key]

    QueueState.objects.update_or_create(pk=1, defaults={"is_copy": True})

    assert not Callback.objects.of_keys().exists()
    assert Callback.objects.of_alarms().count() == 1
