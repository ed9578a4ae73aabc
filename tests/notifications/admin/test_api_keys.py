"""API keys as an administrator uses them."""

from contextlib import suppress
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from notifications import outbox, vault
from notifications.errors import AttachmentLimitExceeded
from notifications.models import ApiKey, Attempt, Callback, Notification
from tests import factories
from tests.notifications.admin.keys import KEYS, TYPED, shown, text_of

pytestmark = pytest.mark.django_db


def test_a_key_is_shown_once_and_works(megan):
    assert "There are no API keys yet. Create one" in text_of(megan.get(KEYS))

    made = megan.post(f"{KEYS}add/", TYPED)

    token = shown(text_of(made), "token")
    key = ApiKey.objects.get()
    assert (key.name, key.created_by.username) == ("Service desk", "megan")
    assert "new-secret" not in text_of(made)
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/messages", headers=headers).status_code == 200
    for url in (KEYS, f"{KEYS}{key.pk}/change/"):
        assert token not in text_of(megan.get(url))
        assert key.hint in text_of(megan.get(url))


def test_a_revoked_key_is_refused_at_once(megan):
    key, token = factories.api_key()

    response = megan.post(f"{KEYS}{key.pk}/revoke/", follow=True)

    assert "is revoked" in text_of(response)
    headers = {"Authorization": f"Bearer {token}"}
    assert Client().get("/api/v1/messages", headers=headers).status_code == 401
    assert "Revoked" in text_of(megan.get(KEYS))


def test_the_callbacks_secret_is_shown_once_and_can_be_replaced(megan):
    made = megan.post(f"{KEYS}add/", TYPED | {"callback_url": "https://desk.contoso.example/hook"})
    key = ApiKey.objects.get()
    first = shown(text_of(made), "secret")
    assert vault.unseal(key.callback_secret, "callback_secret") == first
    assert first.startswith("whsec_")

    url = f"{KEYS}{key.pk}/change/"
    kept = megan.post(url, TYPED | {"callback_url": key.callback_url})
    assert kept.status_code == 302
    renewed = megan.post(
        url, TYPED | {"callback_url": key.callback_url, "new_callback_secret": "on"}
    )

    second = shown(text_of(renewed), "secret")
    assert second != first
    assert "new-token" not in text_of(renewed)
    assert first not in text_of(megan.get(url))


def test_another_receiver_gets_a_secret_of_its_own(megan):
    megan.post(f"{KEYS}add/", TYPED | {"callback_url": "https://desk.contoso.example/hook"})
    key = ApiKey.objects.get()
    first, url = key.callback_secret, f"{KEYS}{key.pk}/change/"

    same = megan.post(url, TYPED | {"callback_url": "https://desk.contoso.example/other"})
    key.refresh_from_db()
    assert (same.status_code, key.callback_secret) == (302, first)

    # Not by the way of having none in between either.
    megan.post(url, TYPED | {"callback_url": ""})
    other = megan.post(url, TYPED | {"callback_url": "https://evil.example/hook"})

    key.refresh_from_db()
    assert vault.unseal(key.callback_secret, "callback_secret") == shown(text_of(other), "secret")
    assert key.callback_secret != first


def test_the_page_of_a_key_shows_what_it_did(megan, stopped_clock):
    key, _token = factories.api_key(
        name="Service desk", messages_a_day=10_000, day=stopped_clock.date(), messages=3
    )
    for number in range(3):
        row = outbox.enqueue(factories.new(subject=f"Ticket {number}"), initiator="x", api_key=key)
    Notification.objects.filter(pk=row.pk).update(status="failed", error="No such mailbox.")

    page = text_of(megan.get(f"{KEYS}{key.pk}/change/"))

    for words in (
        "of 600",
        "6 of 10,000",
        "No such mailbox.",
        "Ticket 2",
        "?application=Service+desk",
    ):
        assert words in page
    assert "Ticket 1" not in page


def test_the_list_says_when_a_key_was_last_used_as_elsewhere(megan):
    factories.api_key()
    assert "Never" in text_of(megan.get(KEYS))

    ApiKey.objects.update(last_used_at=timezone.now())

    assert "<time datetime=" in text_of(megan.get(KEYS)).partition('id="result_list"')[2]


def test_a_message_that_was_refused_is_among_the_latest_failures(megan):
    factories.limit_attachments()
    key, _token = factories.api_key(name="Service desk")
    new = factories.new(subject="Minutes", files=[factories.new_file(1_048_577)])
    for name in ("Service desk", "Shop"):
        with pytest.raises(AttachmentLimitExceeded):
            outbox.enqueue(new, initiator=name, api_key=key)

    failures = text_of(megan.get(f"{KEYS}{key.pk}/change/")).partition("Latest failures")[2]

    refused = Attempt.objects.get(initiator="Service desk")
    assert failures.partition("</dd>")[0].count("Minutes</a>") == 1
    assert f'href="/notifications/attempt/{refused.pk}/change/"' in failures
    assert "was not added to the queue" in failures


def test_whoever_may_see_no_messages_sees_none_of_a_key(db, client):
    factories.limit_attachments()
    key, _token = factories.api_key(name="Service desk")
    for subject, files in (("Queued", []), ("Minutes", [factories.new_file(1_048_577)])):
        with suppress(AttachmentLimitExceeded):
            outbox.enqueue(
                factories.new(subject=subject, files=files), initiator=key.name, api_key=key
            )
    Notification.objects.update(status="failed", error="x")
    address = f"{KEYS}{key.pk}/change/"
    client.force_login(factories.who_may("view_apikey"))

    page = text_of(client.get(address))

    assert "Requests in this minute" in page
    assert not [word for word in ("Queued", "Minutes", "Latest failures") if word in page]
    client.force_login(factories.user())
    assert "Minutes</a>" in text_of(client.get(address))


def test_the_page_of_a_key_asks_the_same_number_of_times_whatever_it_did(
    megan, django_assert_max_num_queries
):
    key, _token = factories.api_key()
    for _number in range(12):
        row = outbox.enqueue(factories.new(), initiator="x", api_key=key)
        Notification.objects.filter(pk=row.pk).update(status="failed", error="x")

    with django_assert_max_num_queries(16):
        megan.get(f"{KEYS}{key.pk}/change/")


def test_another_secret_is_offered_only_where_there_are_callbacks(megan):
    without, _token = factories.api_key()
    called, _token = factories.api_key(callback_url="https://desk.contoso.example/hook")
    offer = "Generate a new secret for the callbacks"

    assert offer not in text_of(megan.get(f"{KEYS}add/"))
    assert offer not in text_of(megan.get(f"{KEYS}{without.pk}/change/"))
    assert offer in text_of(megan.get(f"{KEYS}{called.pk}/change/"))


def test_a_list_without_callbacks_says_how_there_come_to_be_some(megan):
    assert "No callbacks yet. Give an API key a callback address" in text_of(
        megan.get("/notifications/callback/")
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"networks": "192.0.2.0/24, office"}, "“office” is no address or range"),
        ({"networks": "10.0.0.0/33"}, "is no address or range"),
        ({"allowed_from": "desk"}, "desk"),
        ({"allowed_from": "@"}, "errorlist"),
        ({"messages_a_day": "-1"}, "greater than or equal to 0"),
        ({"callback_url": "http://desk.contoso.example/"}, "Only https is possible"),
        ({"may_send": ""}, "Choose at least one of the two"),
        ({"name": ""}, "This field is required"),
        ({"requests_a_minute": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_mistake_is_told_at_its_field(megan, changes, words):
    assert words in text_of(megan.post(f"{KEYS}add/", TYPED | changes))
    assert not ApiKey.objects.exists()


def test_a_name_is_used_once(megan):
    factories.api_key(name="Service desk")

    assert "already exists" in text_of(megan.post(f"{KEYS}add/", TYPED))


def test_the_log_of_callbacks_can_be_read(megan):
    key, _token = factories.api_key(name="Service desk")
    Callback.objects.create(
        api_key=key, event="message.failed", body="{}", error="It answered 500."
    )

    text = text_of(megan.get("/notifications/callback/"))

    for words in ("Service desk", "message.failed", "It answered", "Waiting", "<time datetime="):
        assert words in text
    assert "1 callback</div>" in text


@pytest.mark.parametrize(
    ("path", "method", "needs"),
    [
        ("", "get", "view_apikey"),
        ("{pk}/change/", "get", "view_apikey"),
        ("{pk}/revoke/", "post", "change_apikey"),
    ],
)
def test_each_page_asks_for_its_permission(path, method, needs):
    key, _token = factories.api_key()
    user = factories.user("audrey", superuser=False)
    client = Client()
    client.force_login(user)
    url, typed = KEYS + path.format(pk=key.pk), TYPED if method == "post" else {}
    assert getattr(client, method)(url, typed).status_code == 403

    user.user_permissions.set(Permission.objects.filter(codename=needs))

    assert getattr(client, method)(url, typed).status_code in (200, 302)


def test_those_who_only_look_see_no_more_of_the_callback_address_than_whose_it_is(megan):
    key, _token = factories.api_key(callback_url="https://desk.contoso.example/hook?token=t0ken")
    client = Client()
    client.force_login(factories.person("Auditor"))
    url = f"{KEYS}{key.pk}/change/"

    page = text_of(client.get(url))

    assert "https://desk.contoso.example/…" in page
    assert "t0ken" not in page
    assert "t0ken" in text_of(megan.get(url))


def test_the_times_of_a_key_are_the_viewers(megan):
    key, _token = factories.api_key()
    megan.cookies["mailconnector_timezone"] = "Asia/Tokyo"

    page = text_of(megan.get(f"{KEYS}{key.pk}/change/"))

    made_at = key.created_at.astimezone(ZoneInfo("Asia/Tokyo"))
    assert f'datetime="{made_at.isoformat()}"' in page


def test_the_callbacks_log_is_for_those_who_see_the_keys():
    client = Client()
    client.force_login(factories.user("audrey", superuser=False))

    assert client.get("/notifications/callback/").status_code == 403
