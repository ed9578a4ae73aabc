"""What goes wrong on the way to Microsoft and back, by chance or because somebody attacks it."""

import re
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth.models import User
from django.utils import timezone

from notifications.models import EmailSettings, MicrosoftAccount, SignInDraft
from tests import factories
from tests.exchange_emulator.emulator import DESK
from tests.settings_ui.conftest import URL, Person

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


def test_a_wrong_secret_is_explained_and_changes_nothing(megan, emulator):
    url = megan.sign_in(emulator, client_secret="wrong~secret", from_address="a@contoso.example")

    page = text_of(megan.client.get(url))

    assert "The client secret is wrong." in page
    assert "AADSTS7000215" in page
    assert 'value="a@contoso.example"' in page
    assert not MicrosoftAccount.objects.exists()


def test_an_unknown_tenant_is_explained_on_the_page(megan, emulator):
    response = megan.start_sign_in(tenant_id="nowhere.example")

    assert response.status_code == 422
    assert "AADSTS90002" in text_of(response)
    assert 'value="nowhere.example"' in text_of(response)


def test_a_service_that_does_not_answer_is_explained_on_the_page(megan, emulator, settings):
    settings.LOGIN_SERVICE_URL = "https://localhost:1"

    response = megan.start_sign_in()

    assert response.status_code == 422
    assert "The connection was refused." in text_of(response)


def test_a_refused_consent_is_explained(megan, emulator):
    leaves = megan.start_sign_in()
    answer = emulator.choose(leaves.url, DESK, consent="cancel")

    page = text_of(megan.client.get(megan.come_back(answer).url))

    assert "Consent was declined." in page
    assert "AADSTS65004" in page
    assert not MicrosoftAccount.objects.exists()


def test_a_certificate_bundle_that_is_not_there_is_no_server_error(megan, emulator, settings):
    settings.CA_BUNDLE = "/nowhere/ca.pem"

    response = megan.start_sign_in()

    assert response.status_code == 422
    assert "/nowhere/ca.pem" in text_of(response)


@pytest.mark.parametrize("state", ["forged", "", None])
def test_a_forged_state_is_refused(megan, emulator, state):
    answer = emulator.choose(megan.start_sign_in().url, DESK)
    answer = {k: v for k, v in (answer | {"state": state}).items() if v is not None}

    response = megan.come_back(answer)

    assert response.url == URL
    assert "The sign-in was refused." in text_of(megan.client.get(URL))
    assert not MicrosoftAccount.objects.exists()


def test_the_state_of_somebody_else_is_refused(megan, emulator):
    alex = Person(factories.user("alex"))
    answer = emulator.choose(megan.start_sign_in().url, DESK)

    alex.come_back(answer)

    assert "The sign-in was refused." in text_of(alex.client.get(URL))
    assert not MicrosoftAccount.objects.exists()


def test_a_page_opened_twice_is_told_so_and_keeps_form_and_first_sign_in(megan, emulator):
    leaves = megan.start_sign_in(from_address="typed@contoso.example")
    answer = emulator.choose(leaves.url, DESK)
    megan.come_back(answer)

    page = text_of(megan.client.get(megan.come_back(answer).url))

    assert f"This sign-in was already used. It has worked: {DESK} is signed in." in page
    assert "Start the sign-in again" not in page
    assert 'value="typed@contoso.example"' in page
    assert f"Signed in as {DESK} (not saved yet)." in page
    assert MicrosoftAccount.objects.count() == 1


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ({"error": "never_heard_of", "error_description": "so"}, "Microsoft refused the sign-in."),
        ({}, "The sign-in was refused."),
        ({"error": "server_error", "error_description": "so"}, "service health, then try again."),
        ({"error": "temporarily_unavailable"}, "service health, then try again."),
    ],
)
def test_an_odd_answer_to_our_own_sign_in_is_explained_as_one(megan, emulator, answer, words):
    state = emulator.choose(megan.start_sign_in().url, DESK)["state"]

    page = text_of(megan.client.get(megan.come_back({"state": state, **answer}).url))

    assert words in page.replace("&#x27;", "'")
    assert "Mail Connector will try again" not in page


def test_an_old_sign_in_has_ended(megan, emulator):
    answer = emulator.choose(megan.start_sign_in().url, DESK)
    SignInDraft.objects.update(created_at=timezone.now() - timedelta(hours=2))

    megan.come_back(answer)

    assert not MicrosoftAccount.objects.exists()


def test_a_sign_in_that_took_too_long_is_told_as_that(megan, emulator):
    answer = emulator.choose(megan.start_sign_in().url, DESK)
    SignInDraft.objects.update(created_at=timezone.now() - timedelta(minutes=61))

    page = text_of(megan.client.get(megan.come_back(answer).url))

    assert "The sign-in took too long." in page
    assert "already used" not in page


def test_a_sign_in_comes_back_in_the_browser_in_which_it_began(megan, emulator):
    answer = emulator.choose(megan.start_sign_in().url, DESK)
    elsewhere = Person(User.objects.get(username="megan"))

    page = text_of(elsewhere.client.get(elsewhere.come_back(answer).url))

    assert "belong to a sign-in that was started here." in page
    assert not MicrosoftAccount.objects.exists()


def test_several_sign_ins_of_one_browser_may_be_under_way(megan, emulator):
    answers = [emulator.choose(megan.start_sign_in().url, DESK) for _ in range(2)]

    assert all("draft=" in megan.come_back(answer).url for answer in answers)


def test_a_callback_with_nothing_in_it_is_no_server_error(megan):
    assert megan.come_back({}).url == URL


def test_a_key_that_was_lost_during_a_sign_in_is_explained(megan, emulator, settings):
    leaves = megan.start_sign_in()
    answer = emulator.choose(leaves.url, "servicedesk@contoso.example")
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    megan.client.force_login(megan.user)  # the session was sealed with the lost key too

    page = text_of(megan.client.get(megan.come_back(answer).url))

    assert "KeyMissing" in page


def test_the_draft_of_somebody_else_stays_closed(megan, emulator):
    url = megan.sign_in(emulator, from_address="private@contoso.example")
    alex = Person(factories.user("alex"))

    page = text_of(alex.client.get(url))

    assert "private@contoso.example" not in page
    assert "The unsaved form is gone" in page


@pytest.mark.parametrize("draft", ["0", "-1", "x", "9" * 20, "9" * 5000, "²", "1' OR 1=1"])
def test_a_draft_that_never_was_is_no_server_error(megan, draft):
    assert megan.client.get(URL, {"draft": draft}).status_code == 200


def test_a_sign_in_that_fails_keeps_the_saved_account(megan, emulator):
    megan.save(draft=megan.draft(megan.sign_in(emulator)))

    megan.come_back(emulator.choose(megan.start_sign_in().url, DESK, consent=""))
    megan.sign_in(emulator, client_secret="wrong~secret")

    assert EmailSettings.objects.current().account.address == DESK


def test_an_admins_consent_ends_on_a_page_of_its_own(client):
    given = client.get("/oauth/callback", {"admin_consent": "True", "tenant": "t"})
    refused = client.get("/oauth/callback", {"admin_consent": "True", "error": "access_denied"})

    assert "Consent was given" in text_of(given)
    assert "Consent was not given" in text_of(refused)


def test_a_message_of_microsoft_cannot_bring_html_with_it(megan, emulator):
    answer = emulator.choose(megan.start_sign_in().url, DESK)
    hostile = {"error": "x", "error_description": "<img src=x>", "state": answer["state"]}

    page = text_of(megan.client.get(megan.come_back(hostile).url))

    assert "<img src=x>" not in page
    assert re.search(r"&lt;img src=x&gt;", page)
