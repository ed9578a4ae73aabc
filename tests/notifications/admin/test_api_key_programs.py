"""What a new API key comes with: ready programs, and a test."""

import re

import pytest
from django.utils import timezone

from notifications.admin.form_token import new_token
from notifications.models import ApiKey, Notification
from tests import factories
from tests.notifications.admin.keys import KEYS, TYPED, shown, text_of

pytestmark = pytest.mark.django_db


LANGUAGES = {"curl", "powershell", "python", "csharp"}


def test_a_new_key_comes_with_ready_programs_that_have_address_and_key(megan, settings):
    made = text_of(megan.post(f"{KEYS}add/", TYPED))

    token = shown(made, "token")
    assert set(re.findall(r'id="example-(\w+)"', made)) == LANGUAGES
    assert made.count(token) == 1 + len(LANGUAGES)
    assert made.count(f"{settings.PUBLIC_URL}/api/v1/messages") == len(LANGUAGES)
    assert "megan@contoso.example" in made
    key = ApiKey.objects.get()
    assert "example-curl" not in text_of(megan.get(f"{KEYS}{key.pk}/change/"))


def test_a_key_that_may_only_read_has_no_programs_that_send(megan):
    made = text_of(megan.post(f"{KEYS}add/", TYPED | {"may_send": "", "may_read": "on"}))

    assert "example-curl" not in made


def test_a_test_is_queued_with_the_key_and_leads_to_its_message(megan):
    made = text_of(megan.post(f"{KEYS}add/", TYPED))
    key = ApiKey.objects.get()
    form_token = re.search(r'name="form_token" value="([^"]+)"', made)[1]
    form = {"recipient": "megan@contoso.example", "form_token": form_token}

    answers = [megan.post(f"{KEYS}{key.pk}/send-test/", form) for _click in range(2)]

    row = Notification.objects.get()
    assert (row.initiator, row.came_with.api_key) == ("Service desk", key)
    assert row.to == ["megan@contoso.example"]
    assert {answer.url for answer in answers} == {f"/notifications/notification/{row.pk}/change/"}


@pytest.mark.parametrize(
    ("changes", "recipient", "words"),
    [
        ({}, "nobody", "The test was not queued"),
        ({"may_send": False, "may_read": True}, "a@contoso.example", "This key may not send."),
        ({"revoked_at": timezone.now()}, "a@contoso.example", "This key may not send."),
    ],
)
def test_a_test_that_cannot_be_queued_is_told(megan, changes, recipient, words):
    key, _token = factories.api_key(**changes)
    form = {"recipient": recipient, "form_token": new_token()}

    response = megan.post(f"{KEYS}{key.pk}/send-test/", form, follow=True)

    assert words in text_of(response)
    assert not Notification.objects.exists()
