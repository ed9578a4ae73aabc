"""Sign in / Change: to Microsoft and back."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.utils import override_script_prefix
from django.utils import timezone

from notifications import vault
from notifications.models import EmailSettings, MicrosoftAccount, Notification, SignInDraft
from tests import factories
from tests.exchange_emulator.emulator import CLIENT, DESK, SECRET
from tests.settings_ui.conftest import URL, Person

pytestmark = pytest.mark.django_db
ALEX = "alex@contoso.example"


def text_of(response):
    return response.content.decode()


def test_the_round_trip_brings_back_what_was_typed_and_a_pending_account(megan, emulator):
    url = megan.sign_in(emulator, from_address="Help <help@contoso.example>", charset="koi8-r")

    page = text_of(megan.client.get(url))

    assert 'value="Help &lt;help@contoso.example&gt;"' in page
    assert '<option value="koi8-r" selected>' in page
    assert f"Signed in as {DESK} (not saved yet)." in page
    assert "Notifications will be sent from this mailbox after Save." in page
    assert "Entered, not saved yet." in page
    assert EmailSettings.objects.current().account is None


def test_what_cannot_be_saved_yet_comes_back_too(megan, emulator):
    url = megan.sign_in(emulator, from_address="nonsense", attachment_limit_mb="ten")

    page = text_of(megan.client.get(url))

    assert 'value="nonsense"' in page
    assert 'value="ten"' in page


def test_a_typed_secret_is_in_the_draft_sealed_and_in_no_address(megan, emulator):
    leaves = megan.start_sign_in()

    draft = SignInDraft.objects.get()
    assert SECRET not in leaves.url
    assert SECRET not in draft.form
    assert SECRET not in vault.unseal(draft.form, "form")


def test_save_takes_the_pending_account_and_the_typed_secret(megan, emulator):
    url = megan.sign_in(emulator)

    megan.save(draft=megan.draft(url), client_secret="")

    saved = EmailSettings.objects.current()
    assert saved.account.address == DESK
    assert vault.unseal(saved.client_secret, "client_secret") == SECRET
    assert not SignInDraft.objects.exists()


def test_the_page_that_microsoft_gets_is_the_registered_one(megan, emulator):
    query = parse_qs(urlsplit(megan.start_sign_in().url).query)

    assert query["redirect_uri"] == ["http://localhost:8000/oauth/callback"]
    assert query["prompt"] == ["select_account"]
    assert query["code_challenge_method"] == ["S256"]


def test_the_redirect_uri_is_the_same_whoever_asks(megan, emulator):
    with override_script_prefix("/evil/"):
        leaves = megan.client.post(
            "/settings/email/sign-in/", megan.form(), HTTP_X_FORWARDED_HOST="evil.example"
        )

    query = parse_qs(urlsplit(leaves.url).query)
    assert query["redirect_uri"] == ["http://localhost:8000/oauth/callback"]


def test_change_replaces_the_account_and_deletes_the_old_tokens(megan, emulator):
    megan.save(draft=megan.draft(megan.sign_in(emulator)))

    url = megan.sign_in(emulator, account="alex@contoso.example")
    megan.save(draft=megan.draft(url))

    assert MicrosoftAccount.objects.get().address == "alex@contoso.example"


@pytest.mark.parametrize("change", [{"api": "ews"}, {}])
def test_drafts_of_another_mailbox_or_api_are_not_sent_again(megan, emulator, change):
    megan.save(draft=megan.draft(megan.sign_in(emulator)))
    row = factories.enqueue()
    Notification.objects.update(reference="a draft of the old mailbox")

    url = megan.sign_in(emulator, account="alex@contoso.example" if not change else DESK, **change)
    megan.save(draft=megan.draft(url), **change)

    row.refresh_from_db()
    assert row.reference == ""


def test_a_new_sign_in_of_the_same_account_keeps_its_lane(megan, emulator):
    megan.save(draft=megan.draft(megan.sign_in(emulator)))
    rest = timezone.now() + timedelta(minutes=5)
    MicrosoftAccount.objects.update(rests_until=rest)
    before = MicrosoftAccount.objects.get()

    megan.save(draft=megan.draft(megan.sign_in(emulator)))

    after = MicrosoftAccount.objects.get()
    assert (after.pk, after.rests_until) == (before.pk, rest)
    assert after.signed_in_at > before.signed_in_at


def leave_for_microsoft(person, draft):
    """Click Change on a page with a sign-in that is not saved."""
    leaves = person.start_sign_in(draft=draft, from_address="typed@contoso.example")
    assert leaves.status_code == 302
    return leaves.url


@pytest.mark.parametrize("saved_before", [None, ALEX, DESK])
@pytest.mark.parametrize("chosen", [ALEX, DESK])
def test_a_sign_in_comes_back_after_the_one_before_it_was_saved(
    megan, emulator, saved_before, chosen
):
    if saved_before:
        megan.save(draft=megan.draft(megan.sign_in(emulator, saved_before)))
    draft = megan.draft(megan.sign_in(emulator))
    at_microsoft = leave_for_microsoft(megan, draft)
    assert megan.save(draft=draft).url == URL

    back = megan.come_back(emulator.choose(at_microsoft, chosen))

    page = text_of(megan.client.get(back.url))
    assert 'value="typed@contoso.example"' in page
    assert f"Signed in as {chosen} (not saved yet)." in page
    assert EmailSettings.objects.current().account.address == DESK
    assert MicrosoftAccount.objects.count() == 2
    version = EmailSettings.objects.current().version
    assert megan.save(draft=megan.draft(back.url), version=version).status_code == 302
    assert MicrosoftAccount.objects.get().address == chosen


def test_a_sign_in_comes_back_after_the_account_before_it_was_saved_and_replaced(megan, emulator):
    draft = megan.draft(megan.sign_in(emulator))
    at_microsoft = leave_for_microsoft(megan, draft)
    megan.save(draft=draft)
    alex = Person(factories.user("alex"))
    alex.save(draft=alex.draft(alex.sign_in(emulator, ALEX)))

    back = megan.come_back(emulator.choose(at_microsoft, DESK))

    assert f"Signed in as {DESK} (not saved yet)." in text_of(megan.client.get(back.url))
    assert {each.address for each in MicrosoftAccount.objects.all()} == {ALEX, DESK}


def test_a_certificate_signs_in_as_well(megan, emulator):
    pem = factories.certificate_pem()
    public = pem[pem.index(b"-----BEGIN CERTIFICATE") :].decode()
    emulator.control("POST", "certificates", json={"client_id": CLIENT, "pem": public})
    file = SimpleUploadedFile("app.pem", pem)

    url = megan.sign_in(emulator, credential="certificate", certificate_file=file, client_secret="")

    page = text_of(megan.client.get(url))
    assert f"Signed in as {DESK} (not saved yet)." in page
    assert "Thumbprint" in page
    saved = megan.save(draft=megan.draft(url), credential="certificate", client_secret="")
    assert saved.status_code == 302
    assert "PRIVATE KEY" in vault.unseal(EmailSettings.objects.current().certificate, "certificate")
