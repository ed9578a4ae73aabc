"""A page that speaks of an unsaved sign-in or secret that is not kept any more."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import vault
from notifications.models import EmailSettings, MicrosoftAccount, SignInDraft
from tests.exchange_emulator.emulator import DESK, SECRET
from tests.settings_ui.conftest import URL, text_of

pytestmark = pytest.mark.django_db
GONE = "A sign-in or secret that you had not saved yet is gone"
ALEX = "alex@contoso.example"
TEST = {"send_test": "1", "test_recipient": ALEX}


def expire(megan):
    SignInDraft.objects.update(created_at=timezone.now() - timedelta(minutes=61))


def save_in_another_tab(megan):
    later = megan.client.post(f"{URL}draft/", megan.form(charset="koi8-r", client_secret=""))
    assert later.status_code == 204
    draft = SignInDraft.objects.latest("pk").pk
    megan.save(draft=draft, charset="koi8-r", client_secret="")
    megan.client.get(URL)


def discard_in_another_tab(megan):
    left = SignInDraft.objects.latest("pk").pk
    megan.client.post(f"{URL}draft/discard/", {"left": left})


@pytest.fixture(params=[expire, save_in_another_tab, discard_in_another_tab])
def form(megan, emulator, request):
    """What the page sends on which alex was signed in, after what was kept of it has gone."""
    megan.save(draft=megan.draft(megan.sign_in(emulator)))
    draft = megan.draft(megan.sign_in(emulator, ALEX, client_secret="another~secret"))
    form = megan.form(draft=draft, client_secret="", from_address="typed@contoso.example", **TEST)
    request.param(megan)
    return form


@pytest.mark.parametrize("path", ["", "test/", "check/", "trace/", "sign-in/", "certificate/"])
def test_nothing_is_done_without_what_the_page_still_shows(megan, emulator, form, path):
    before = EmailSettings.objects.get()

    answer = megan.client.post(f"{URL}{path}", form)

    page = text_of(answer)
    assert answer.status_code == 422
    assert page.count(GONE) == 1
    assert 'value="typed@contoso.example"' in page
    assert "(not saved yet)" not in page
    assert EmailSettings.objects.get().version == before.version
    assert emulator.messages() == []


def test_the_page_that_says_so_can_be_saved(megan, form):
    refused = text_of(megan.client.post(URL, form))

    assert 'name="draft"' not in refused
    del form["draft"]
    form["version"] = EmailSettings.objects.get().version
    assert megan.client.post(URL, form).status_code == 302
    saved = EmailSettings.objects.get()
    assert (saved.account.address, saved.from_address) == (DESK, "typed@contoso.example")
    assert vault.unseal(saved.client_secret, "client_secret") == SECRET


def test_a_secret_that_was_typed_again_is_kept(megan, form):
    refused = text_of(megan.client.post(URL, form | {"client_secret": "third~secret"}))

    form["draft"] = re.search(r'name="draft" value="(\d+)"', refused)[1]
    form["version"] = EmailSettings.objects.get().version
    assert megan.client.post(URL, form).status_code == 302
    saved = EmailSettings.objects.get().client_secret
    assert vault.unseal(saved, "client_secret") == "third~secret"


def test_the_dialog_is_told_as_well(megan, emulator, form):
    steps = {"accept": "application/x-ndjson"}

    answer = megan.client.post(f"{URL}test/", form, headers=steps)

    assert answer.status_code == 422
    assert answer.json()["settings"].startswith(GONE)


def test_the_dialog_does_not_open_as_if_nothing_were_lost(megan, form):
    del form["send_test"]

    answer = megan.client.post(f"{URL}test/", form | {"open_test": "1"}, follow=True)

    assert GONE in text_of(answer)


def test_the_saved_certificate_is_not_handed_out_for_the_unsaved_one(megan):
    certificate, url = {"credential": "certificate", "client_secret": ""}, f"{URL}certificate"
    draft = megan.draft(megan.client.post(f"{url}/", megan.form(**certificate)).url)
    megan.save(draft=draft, **certificate)
    draft = megan.draft(megan.client.post(f"{url}/", megan.form(**certificate)).url)
    expire(megan)

    script = megan.client.post(f"{URL}register.ps1", megan.form(draft=draft, **certificate))

    assert megan.client.get(f"{url}.cer", {"draft": draft}).status_code == 404
    assert script.status_code == 422
    assert GONE in text_of(script)


def test_a_form_with_a_sign_in_that_is_sent_twice_is_saved_once(megan, emulator):
    draft = megan.draft(megan.sign_in(emulator))
    form = megan.form(draft=draft, client_secret="")

    answers = [megan.client.post(URL, form) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert EmailSettings.objects.get().version == form["version"] + 1
    assert MicrosoftAccount.objects.get().address == DESK
