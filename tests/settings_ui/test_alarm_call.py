"""The section Alarm: what is saved, what is refused, and Test with the values on the page."""

import pytest
from django.test import Client
from standardwebhooks.webhooks import Webhook

from notifications import vault
from notifications.models import Alarm, Callback, EmailSettings
from notifications.models.alarm import AlarmCode
from notifications.webhooks import signature
from tests import factories
from tests.settings_ui.conftest import URL

pytestmark = pytest.mark.django_db
SECRET = "a-secret-of-the-desk"


def try_it(person, **changes):
    """Test, and the page that comes after it."""
    response = person.client.post(f"{URL}alarm/", person.form(**changes), follow=True)
    return response, response.content.decode()


def test_address_and_secret_are_saved_the_secret_sealed(megan):
    megan.save(alarm_url="https://desk.contoso.example/hook", alarm_secret=SECRET)

    row = EmailSettings.objects.current()
    assert row.alarm_url == "https://desk.contoso.example/hook"
    assert vault.unseal(row.alarm_secret, "alarm_secret") == SECRET
    assert SECRET not in megan.client.get(URL).content.decode()
    megan.save(alarm_url="https://desk.contoso.example/hook")
    assert vault.unseal(EmailSettings.objects.current().alarm_secret, "alarm_secret") == SECRET


def test_those_who_only_look_see_no_more_of_the_address_than_whose_it_is(megan):
    megan.save(alarm_url="https://desk.contoso.example/hook?token=t0ken", alarm_secret=SECRET)
    client = Client()
    client.force_login(factories.person("Auditor"))

    page = client.get(URL).content.decode()

    assert "https://desk.contoso.example/…" in page
    assert "t0ken" not in page
    assert "t0ken" in megan.client.get(URL).content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"alarm_url": "https://desk.example/"}, "Enter a secret, or let one be made."),
        ({"alarm_url": "ftp://desk.example/", "alarm_secret": SECRET}, "Only https"),
        ({"alarm_url": "desk", "alarm_secret": SECRET}, "Enter a full address"),
        ({"alarm_url": "https://desk.example/", "alarm_secret": "short"}, "at least 16 characters"),
        (
            {"alarm_url": "https://desk.example/", "alarm_secret": "whsec_not-quite-base64"},
            "The text after whsec_ must be base64.",
        ),
    ],
)
def test_bad_input_is_refused_at_its_field(megan, changes, words):
    for response in (megan.save(**changes), try_it(megan, **changes)[0]):
        assert response.status_code == 422
        assert words in response.content.decode()
    assert EmailSettings.objects.current().alarm_url == ""


def test_the_test_calls_with_the_unsaved_values_and_keeps_them(megan, listener):
    response, page = try_it(megan, alarm_url=listener.url, alarm_secret=SECRET)

    assert "The test was taken: the address answered 204." in page
    (_path, headers, body), = listener.heard  # fmt: skip
    told = Webhook(SECRET.encode()).verify(body, headers)
    assert (told["event"], told["id"]) == ("alarm.test", headers["webhook-id"])
    assert f'value="{listener.url}"' in page
    assert "Entered, not saved yet." in page
    assert SECRET not in page
    assert EmailSettings.objects.current().alarm_url == ""
    again = megan.client.get(response.redirect_chain[-1][0]).content.decode()
    assert "The test was taken" not in again
    assert len(listener.heard) == 1


def test_a_secret_in_the_form_of_standard_webhooks_signs_with_its_bytes(megan, listener):
    secret = signature.new_secret()

    try_it(megan, alarm_url=listener.url, alarm_secret=secret)

    (_path, headers, body), = listener.heard  # fmt: skip
    Webhook(secret).verify(body, headers)


def test_the_test_works_with_what_is_saved(megan, listener):
    megan.save(alarm_url=listener.url, alarm_secret=SECRET)

    response, page = try_it(megan, alarm_url=listener.url, client_secret="")

    assert "The test was taken" in page
    assert response.redirect_chain[-1][0] == f"{URL}#alarm"


@pytest.mark.parametrize(("answer", "words"), [(500, "It answered 500."), (302, "Redirects")])
def test_a_failed_test_says_why(megan, listener, answer, words):
    listener.answer = answer

    _response, page = try_it(megan, alarm_url=listener.url, alarm_secret=SECRET)

    assert f"The test failed: {words}" in page


def test_a_test_without_an_address_says_so(megan):
    response, page = try_it(megan)

    assert response.status_code == 422
    assert "Enter the address to call." in page


def test_a_secret_without_its_key_is_told(megan, listener, settings):
    megan.save(alarm_url=listener.url, alarm_secret=SECRET)
    settings.ENCRYPTION_KEYS = ["Z" * 43 + "="]

    _response, page = try_it(megan, alarm_url=listener.url)

    assert "The secret cannot be read: enter it again." in page


def test_standing_alarms_and_the_last_call_are_shown(megan, now):
    alarm = Alarm.objects.create(code=AlarmCode.NO_WORKER, raised_at=now)
    Callback.objects.create(alarm=alarm, event="alarm.raised", body="{}", error="It answered 500.")

    page = megan.client.get(URL).content.decode()

    assert "<strong>No worker is alive</strong>" in page
    assert "Waiting: It answered 500." in page


def test_another_receiver_needs_a_secret_of_its_own(megan):
    megan.save(alarm_url="https://desk.example/hook", alarm_secret=SECRET)
    kept = EmailSettings.objects.current()

    for address in ("https://evil.example/hook", "https://desk.example:8443/hook"):
        refused = megan.save(alarm_url=address)
        assert refused.status_code == 422
        assert "Another receiver needs a secret of its own" in refused.content.decode()
    assert EmailSettings.objects.current().alarm_secret == kept.alarm_secret

    megan.save(alarm_url="https://desk.example/other")
    megan.save(alarm_url="https://evil.example/hook", alarm_secret=f"{SECRET}-2")

    now = EmailSettings.objects.current()
    assert now.alarm_url == "https://evil.example/hook"
    assert now.alarm_secret != kept.alarm_secret


def test_an_address_that_was_taken_away_does_not_bring_its_secret_to_another(megan):
    megan.save(alarm_url="https://desk.example/hook", alarm_secret=SECRET)
    megan.save(alarm_url="")

    assert megan.save(alarm_url="https://evil.example/hook").status_code == 422
