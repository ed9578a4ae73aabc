"""Nobody gives an API key rights that they lack."""

import re

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.utils import timezone

from notifications.models import ApiKey
from tests import factories

from .test_api_keys import KEYS, TYPED, text_of

pytestmark = pytest.mark.django_db
SENDS = ("add_notification", "run_emailtemplate")
READS = ("view_notification", "view_attempt", "view_suppression")
LISTS = ("add_suppression", "delete_suppression")


def holder(*rights):
    """Return somebody who may make and change keys, and has these rights besides."""
    user = factories.user("kim", superuser=False)
    keys = ("add_apikey", "view_apikey", "change_apikey")
    user.user_permissions.set(Permission.objects.filter(codename__in=[*keys, *rights]))
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("rights", "scopes", "status"),
    [
        ((), ("may_send",), 422),
        ((), ("may_read",), 422),
        (SENDS, ("may_send",), 200),
        (SENDS[:1], ("may_send",), 422),
        (READS, ("may_read",), 200),
        (READS[:2], ("may_read",), 422),
        (SENDS, ("may_read",), 422),
        (SENDS + READS, ("may_send", "may_read"), 422),
        (SENDS + READS + LISTS, ("may_send", "may_read"), 200),
    ],
)
def test_nobody_makes_a_key_with_rights_that_they_lack(rights, scopes, status):
    typed = TYPED | {"may_send": ""} | dict.fromkeys(scopes, "on")

    assert holder(*rights).post(f"{KEYS}add/", typed).status_code == status

    assert ApiKey.objects.count() == (status == 200)


def test_who_may_only_make_keys_is_not_offered_to_test_them():
    client = holder(*SENDS)
    User.objects.get().user_permissions.remove(Permission.objects.get(codename="change_apikey"))

    made = text_of(client.post(f"{KEYS}add/", TYPED))

    assert "example-curl" in made
    assert "Send a test now" not in made


def test_nobody_makes_a_key_without_the_right_to():
    client = holder(*SENDS)
    User.objects.get().user_permissions.remove(Permission.objects.get(codename="add_apikey"))

    assert client.get(f"{KEYS}add/").status_code == 403
    assert client.post(f"{KEYS}add/", TYPED).status_code == 403

    assert not ApiKey.objects.exists()


def test_boxes_that_one_may_not_tick_are_disabled():
    page = text_of(holder(*SENDS).get(f"{KEYS}add/"))

    boxes = dict(re.findall(r'<input type="checkbox" name="(may_\w+)"([^>]*)>', page))
    assert " disabled" in boxes["may_read"].replace("disabled:", "")
    assert " disabled" not in boxes["may_send"].replace("disabled:", "")
    assert "You lack the rights that this gives." in page


@pytest.mark.parametrize("path", ["change/", "send-test/"])
def test_a_key_that_may_more_than_oneself_can_only_be_revoked(path):
    key, _token = factories.api_key(may_read=True)
    client = holder(*SENDS)
    typed = TYPED | {"callback_url": "https://evil.example/"}

    assert client.post(f"{KEYS}{key.pk}/{path}", typed).status_code == 403
    assert not ApiKey.objects.get().callback_url
    client.post(f"{KEYS}{key.pk}/revoke/")

    assert ApiKey.objects.get().revoked_at


def test_the_page_says_that_who_made_a_key_is_deactivated(megan):
    maker = factories.user("otto", superuser=False)
    key, _token = factories.api_key(created_by=maker)
    assert "(deactivated)" not in text_of(megan.get(f"{KEYS}{key.pk}/change/"))

    megan.post(f"/auth/user/{maker.pk}/deactivate/")

    assert "otto" in text_of(megan.get(f"{KEYS}{key.pk}/change/"))
    assert "(deactivated)" in text_of(megan.get(f"{KEYS}{key.pk}/change/"))
    assert list(ApiKey.objects.orphans(now=timezone.now())) == [key.name]
