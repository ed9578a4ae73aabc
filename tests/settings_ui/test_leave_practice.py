"""The page Leave practice mode."""

import pytest

from notifications.backends.microsoft.clouds import PRACTICE_CLIENT_ID, PRACTICE_TENANT_ID
from notifications.models import ApiKey, EmailSettings, MicrosoftAccount, Notification, SmtpClient
from tests import factories
from tests.exchange_emulator.emulator import DESK
from tests.settings_ui.conftest import Person

pytestmark = pytest.mark.django_db
URL = "/settings/email/practice/"


def text_of(response):
    return response.content.decode()


@pytest.fixture
def practised(unconnected):
    EmailSettings.objects.update(tenant_id=PRACTICE_TENANT_ID, client_id=PRACTICE_CLIENT_ID)
    factories.enqueue()


def test_it_says_what_goes_what_stays_and_how_to_start_for_real(megan, practised):
    key, _token = factories.api_key(name="Helpdesk", callback_url="https://app.example/in?t=secret")

    page = text_of(megan.client.get(URL))

    goes, _title, stays = page.partition("What is deleted")[2].partition("What stays")
    assert f"The practice application ({PRACTICE_CLIENT_ID})" in goes
    assert f"The practice account {DESK}" in goes
    assert "Messages created in practice mode: 1" in goes
    assert "The log and all figures" in goes
    assert "Bounces, and the addresses that Mail Connector put on the suppression list" in goes
    assert "The addresses that people put on the suppression list" in stays
    assert "E-mail Notifications" in stays
    assert f'name="delete_key" value="{key.pk}"' in stays
    assert "https://app.example/…" in stays
    assert "t=secret" not in page
    assert "MAILCONNECTOR_CLOUD=global" in page
    assert "MAILCONNECTOR_PUBLIC_URL=https://mail.contoso.example" in page


def test_it_does_what_it_says(megan, practised):
    kept, _token = factories.api_key(callback_url="https://app.example/in")
    gone, _token = factories.api_key()

    page = text_of(
        megan.client.post(
            URL, {"delete_key": [gone.pk, "x"], "delete_callback": kept.pk}, follow=True
        )
    )

    assert "Everything of practice mode has been deleted." in page
    assert "Nothing of practice mode is here." in page
    assert not MicrosoftAccount.objects.exists()
    assert not Notification.objects.exists()
    assert [key.callback_url for key in ApiKey.objects.all()] == [""]


def test_smtp_clients_are_kept_or_deleted_each(megan, practised):
    kept, gone = factories.smtp_client(name="Scanner"), factories.smtp_client(name="Old printer")

    assert f'name="delete_client" value="{gone.pk}"' in text_of(megan.client.get(URL))
    megan.client.post(URL, {"delete_client": [gone.pk, "x"]})

    assert SmtpClient.objects.get() == kept


def test_keys_and_clients_are_deleted_only_by_who_may_change_them(practised):
    key, _token = factories.api_key(callback_url="https://app.example/in")
    client = factories.smtp_client()
    ada = Person(factories.who_may("change_emailsettings", "delete_attempt"))

    page = text_of(ada.client.get(URL))
    ada.client.post(
        URL, {"delete_key": key.pk, "delete_callback": key.pk, "delete_client": client.pk}
    )

    assert "delete_" not in page
    assert ApiKey.objects.get().callback_url == "https://app.example/in"
    assert SmtpClient.objects.get() == client
    assert not MicrosoftAccount.objects.exists()


def test_opening_it_deletes_nothing(megan, practised):
    megan.client.get(URL, {"delete_key": "1"})

    assert MicrosoftAccount.objects.exists()
    assert Notification.objects.exists()


def test_practice_mode_and_practice_values_of_a_real_cloud_lead_to_it(megan, practised, settings):
    assert f'href="{URL}"' in text_of(megan.client.get("/"))
    settings.CLOUD = "global"

    checklist = text_of(megan.client.get("/settings/email/checklist/"))

    assert checklist.count(f'href="{URL}"') == 3  # application, sign-in, permissions
