"""E-mail > Settings: its labels, what it saves, what it refuses, and what it never shows."""

import re
from dataclasses import fields
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import vault
from notifications.models import EmailSettings, MicrosoftAccount, Notification
from notifications.models.settings import SettingsValues
from settings_ui.drafts import with_draft
from settings_ui.forms import EmailSettingsForm
from tests import factories
from tests.exchange_emulator.emulator import CLIENT, SECRET, TENANT
from tests.settings_ui.conftest import URL, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "label",
    [
        "Choose e-mail service",
        "Exchange Online with OAuth authentication",
        "Message options",
        "&#x27;From&#x27; e-mail address",
        "Character set",
        "Unicode (UTF-8)",
        "Send all e-mail messages in plain text format",
        "Limit the total size of attachments to",
        "megabytes",
        "MS Graph (recommended)",
        "Exchange Web Services (EWS)",
        "on 1 April 2027.",
        "Microsoft Entra application",
        "Not the worldwide cloud?",
        "US Gov GCC High",
        "China 21Vianet",
        "Copy admin-consent link",
        "&#x27;From&#x27; address delegation",
        "How to grant",
        "-Trustee &lt;account&gt; -AccessRights SendAs",
        "Protect against duplicates and send large attachments",
        "Messages a minute",
        "When it is not known whether a message went out",
        "Test Settings",
        "Save",
        "Sign in",
        "Practice mode: no mail leaves this machine",
    ],
)
def test_the_page_has_the_labels_of_the_specification(megan, label):
    EmailSettings.objects.current()
    megan.save(service="none")  # so that the consent link has what it needs

    assert label in text_of(megan.client.get(URL))


def test_everything_that_is_typed_is_saved(megan, woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        response = megan.save(
            from_address="IT <it@contoso.example>",
            charset="windows-1251",
            plain_text_only="on",
            limit_attachments="on",
            attachment_limit_mb="10",
            delegation="on",
            protection=None,
            messages_a_minute="0",
            doubt_policy="send-again",
            secret_expires_on="2027-01-31",
        )

    assert response.status_code == 302
    values = EmailSettings.objects.current().values()
    assert values.from_address == "IT <it@contoso.example>"
    assert values.charset == "windows-1251"
    assert values.plain_text_only
    assert values.attachment_limit == 10 * 1_048_576
    assert values.delegation
    assert not values.protection
    assert values.messages_a_minute == 0
    assert values.doubt_policy == "send-again"
    assert str(values.secret_expires_on) == "2027-01-31"
    assert vault.unseal(values.client_secret, "client_secret") == SECRET
    assert woken


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"limit_attachments": "on", "attachment_limit_mb": "0"}, "at least 1 megabyte"),
        ({"limit_attachments": "on", "attachment_limit_mb": "-1"}, "at least 1 megabyte"),
        ({"limit_attachments": "on", "attachment_limit_mb": "1000000000"}, "at most 1024"),
        ({"limit_attachments": "on", "attachment_limit_mb": "ten"}, "whole number of megabytes"),
        ({"limit_attachments": "on", "attachment_limit_mb": ""}, "Enter the limit."),
        ({"charset": "utf-7"}, "utf-7 is not one of the available choices"),
        ({"service": "smtp"}, "smtp is not one of the available choices"),
        ({"from_address": "it"}, "“it” is not an e-mail address"),
        ({"from_address": "a@b.example\r\nBcc: x@y.example"}, "line break"),
        ({"tenant_id": "common"}, "your own tenant"),
        ({"tenant_id": "Common"}, "your own tenant"),
        ({"tenant_id": "9188040D-6C67-4C5B-B112-36A304B66DAD"}, "your own tenant"),
        ({"tenant_id": "../../evil"}, "the tenant&#x27;s ID"),
        ({"client_id": "my app"}, "client ID is a GUID"),
        ({"client_secret": "3f0d4c52-5c1b-4b43-8f0e-c0a7050e0002"}, "looks like the Secret ID"),
        ({"messages_a_minute": "-5"}, "Enter 0 (unlimited) or more."),
        ({"messages_a_minute": "fast"}, "Enter a whole number"),
        ({"recipients_a_day": "-1"}, "Enter 0 (unlimited) or more."),
        ({"secret_expires_on": "someday"}, "Enter a valid date"),
        ({"api": "imap"}, "imap is not one of the available choices"),
    ],
)
def test_bad_input_gets_a_clear_error_and_changes_nothing(megan, changes, words):
    before = EmailSettings.objects.current()

    response = megan.save(**changes)

    assert response.status_code == 422
    assert words in text_of(response)
    after = EmailSettings.objects.current()
    assert (after.version, after.values()) == (before.version, before.values())


def test_what_was_typed_stays_when_it_is_refused(megan):
    response = megan.save(from_address="nonsense", charset="koi8-r")

    page = text_of(response)
    assert 'value="nonsense"' in page
    assert '<option value="koi8-r" selected>' in page


def test_the_secret_never_comes_back_to_the_browser(megan):
    megan.save()
    refused = megan.save(from_address="nonsense")

    assert SECRET not in text_of(megan.client.get(URL))
    assert SECRET not in text_of(refused)
    assert SECRET not in EmailSettings.objects.current().client_secret


def test_a_secret_that_is_left_empty_is_kept(megan):
    megan.save()

    megan.save(client_secret="")

    assert vault.unseal(EmailSettings.objects.current().client_secret, "client_secret") == SECRET


def test_a_guid_is_taken_for_a_secret_if_the_person_insists(megan):
    guid = "3f0d4c52-5c1b-4b43-8f0e-c0a7050e0002"

    assert megan.save(client_secret=guid, secret_is_value="on").status_code == 302


def test_a_value_of_the_environment_is_read_only_with_its_variable(megan, settings):
    settings.TENANT_ID = "contoso.example"
    settings.CLIENT_SECRET = "environment~secret"
    settings.CLOUD = "gcc-high"

    page = text_of(megan.client.get(URL))
    saved = megan.save(tenant_id="fabrikam.example", credential="certificate", cloud="china")

    for name in ("TENANT_ID", "CLIENT_SECRET", "CLOUD"):
        assert f"Set by MAILCONNECTOR_{name} in the environment." in page
    assert 'name="tenant_id" value="contoso.example"' in page
    assert '<option value="gcc-high" selected' in page
    assert "environment~secret" not in page
    assert saved.status_code == 302
    row = EmailSettings.objects.current()
    assert (row.tenant_id, row.cloud, row.client_secret) == ("", "global", "")


def test_with_the_application_in_the_environment_nothing_is_missing(megan, settings):
    settings.TENANT_ID, settings.CLIENT_ID = TENANT, CLIENT
    settings.CLIENT_SECRET = "environment~secret"

    page = text_of(megan.client.get(URL))

    assert 'data-known-credentials="secret"' in page
    assert not re.search(r"data-sign-in[^>]* disabled", page)


def test_an_incomplete_application_says_why_sign_in_is_not_possible(megan):
    page = text_of(megan.client.get(URL))

    assert "To sign in, complete the Microsoft Entra application first: Tenant ID" in page
    assert re.search(r"data-sign-in[^>]* disabled", page)


def test_sign_in_with_an_incomplete_application_says_what_is_missing(megan):
    response = megan.start_sign_in(client_secret="", tenant_id="")

    assert "complete the Microsoft Entra application first: Tenant ID, Client secret" in text_of(
        response
    )


def test_a_public_address_that_entra_refuses_is_called_out(megan, settings):
    settings.PUBLIC_URL = "http://mail.contoso.example"

    assert "Microsoft Entra takes https" in text_of(megan.client.get(URL))


def test_another_host_than_the_public_one_is_called_out(megan):
    page = megan.client.get(URL, headers={"host": "127.0.0.1:8000"})

    assert "You opened this page at 127.0.0.1:8000" in text_of(page)


def test_the_number_of_waiting_notifications_is_told_without_a_service(megan):
    factories.enqueue()
    factories.enqueue(due_at=timezone.now() + timedelta(days=1))

    told = " ".join(text_of(megan.client.get(URL)).split())

    assert "queued but not sent; 1 is waiting. 1 is scheduled." in told


def test_a_certificate_is_read_and_described(megan, tmp_path):
    pem = factories.certificate_pem()
    with (tmp_path / "app.pem").open("wb+") as file:
        file.write(pem)
        file.seek(0)
        response = megan.save(credential="certificate", certificate_file=file)

    assert response.status_code == 302
    stored = EmailSettings.objects.current().certificate
    assert "PRIVATE KEY" not in stored
    assert "PRIVATE KEY" in vault.unseal(stored, "certificate")
    assert "Thumbprint" in text_of(megan.client.get(URL))


def test_a_file_that_is_no_certificate_is_refused_at_its_field(megan, tmp_path):
    with (tmp_path / "app.pem").open("wb+") as file:
        file.write(b"hello")
        file.seek(0)
        response = megan.save(credential="certificate", certificate_file=file)

    assert "neither PEM nor PFX" in text_of(response)


def test_fields_are_called_as_in_the_model_and_so_as_in_the_history():
    form = EmailSettingsForm(state=with_draft(EmailSettings(), None))
    # On the page these two are one sentence: "Limit the total size of attachments to … megabytes"
    sentence = {"limit_attachments", "attachment_limit_mb"}
    names = {field.name for field in fields(SettingsValues)} & set(form.fields) - sentence

    assert {name: form[name].label for name in names} == {
        name: EmailSettings.label(name) for name in names
    }


def test_a_saved_real_account_is_remembered_when_another_takes_its_place(
    megan, unconnected, settings
):
    MicrosoftAccount.objects.update(cloud="china")
    settings.CLOUD, settings.CLOUD_IS_NAMED = "emulator", True
    assert megan.save().status_code == 302
    MicrosoftAccount.objects.update(cloud="emulator")
    settings.CLOUD_IS_NAMED = False

    values = EmailSettings.objects.current().values()

    assert values.last_cloud == "china"
    assert values.cloud_is_lost


def test_large_numbers_are_written_as_on_the_dashboard(megan):
    megan.save(service="none")
    row = factories.enqueue()
    Notification.objects.bulk_create(
        Notification(
            to=row.to, subject="Hi", text="Hello", cloud=row.cloud, message_id=f"<{n}@contoso>"
        )
        for n in range(1203)
    )

    assert "queued but not sent; 1,204 are waiting." in text_of(megan.client.get(URL))
