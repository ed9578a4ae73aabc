"""Acts with API keys."""

from notifications.models import ApiKey
from notifications.models.audit.act import Act
from tests import factories

KEYS = "/notifications/apikey/"


def make_a_key(desk):
    form = {"name": "Desk", "may_send": "on", "requests_a_minute": "1"}
    desk.post(f"{KEYS}add/", form)
    return ApiKey.objects.get()


def change_a_key(desk):
    key, _token = factories.api_key()
    form = {"name": key.name, "may_send": "on", "requests_a_minute": "7"}
    desk.post(f"{KEYS}{key.pk}/change/", form)
    return key


def revoke_a_key(desk):
    key, _token = factories.api_key()
    desk.post(f"{KEYS}{key.pk}/revoke/")
    return key


def try_a_key(desk):
    key, _token = factories.api_key()
    form = {"recipient": "a@contoso.example", "form_token": "a" * 22}
    desk.post(f"{KEYS}{key.pk}/send-test/", form)
    return key


NUMBERED = {
    "make a key": (Act.ADDED, make_a_key),
    "change a key": (Act.CHANGED, change_a_key),
    "revoke a key": (Act.REVOKED, revoke_a_key),
    "try a key": (Act.TESTED, try_a_key),
}
WITHOUT_NUMBER = {}
