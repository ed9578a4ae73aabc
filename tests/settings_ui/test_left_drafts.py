"""Unsaved changes that somebody left come back for an hour, to them alone."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.mailbox import upkeep
from notifications.models import EmailSettings, MicrosoftAccount, SignInDraft
from tests import factories
from tests.exchange_emulator.emulator import DESK
from tests.settings_ui.conftest import URL, Person

pytestmark = pytest.mark.django_db
WITH_SIGN_IN, OFFER = ", with a sign-in", "Unsaved changes of"


def shown(person, address=URL):
    return person.client.get(address).content.decode()


def leave_page(person, **changes):
    """Leave the page as a browser does that still has unsaved changes in it."""
    response = person.client.post(f"{URL}draft/", person.form(**changes))
    assert (response.status_code, response.content) == (204, b"")


def discard(person):
    left = SignInDraft.objects.latest("pk").pk
    return person.client.post(f"{URL}draft/discard/", {"left": left})


def test_a_sign_in_that_was_left_is_offered_again(megan, emulator):
    address = megan.sign_in(emulator, from_address="kept@contoso.example")

    page = shown(megan)

    assert OFFER in page
    assert WITH_SIGN_IN in page
    assert f'href="{address}"' in page
    assert 'value="kept@contoso.example"' not in page
    back = shown(megan, address)
    assert 'value="kept@contoso.example"' in back
    assert f"Signed in as {DESK} (not saved yet)." in back
    assert OFFER not in back


def test_what_was_typed_on_a_page_that_is_left_is_offered_again(megan):
    leave_page(megan, from_address="typed@contoso.example")

    page = shown(megan)

    assert OFFER in page
    assert WITH_SIGN_IN not in page
    back = shown(megan, f"{URL}?draft={SignInDraft.objects.get().pk}")
    assert 'value="typed@contoso.example"' in back


def test_a_page_that_is_left_as_it_is_saved_offers_nothing(megan):
    megan.save()

    leave_page(megan, client_secret="")

    assert not SignInDraft.objects.exists()
    assert OFFER not in shown(megan)


@pytest.mark.parametrize("comes_back", [False, True])
def test_what_was_left_is_offered_although_a_sign_in_was_given_up(megan, emulator, comes_back):
    megan.save()
    leave_page(megan, from_address="typed@contoso.example")
    left = SignInDraft.objects.get()
    at_microsoft = megan.start_sign_in(client_secret="").url
    if comes_back:
        megan.come_back(emulator.choose(at_microsoft, DESK, consent="cancel"))

    page = shown(megan)

    assert OFFER in page
    assert f'href="{URL}?draft={left.pk}"' in page


def test_a_sign_in_that_was_left_is_offered_although_another_was_given_up(megan, emulator):
    megan.save()
    address = megan.sign_in(emulator, client_secret="")

    megan.start_sign_in(client_secret="")

    assert f'href="{address}"' in shown(megan)


def test_nobody_else_is_offered_it(megan, emulator):
    address = megan.sign_in(emulator)
    other = Person(factories.user("alex"))

    assert OFFER not in shown(other)
    assert DESK not in shown(other, address)
    other.client.post(f"{URL}draft/discard/", {"left": SignInDraft.objects.get().pk})
    assert SignInDraft.objects.exists()


def test_after_an_hour_neither_the_form_nor_its_tokens_are_there(megan, emulator):
    megan.sign_in(emulator)
    past = timezone.now() - timedelta(minutes=61)
    SignInDraft.objects.update(created_at=past)
    MicrosoftAccount.objects.update(signed_in_at=past)

    assert OFFER not in shown(megan)
    upkeep.sweep(now=timezone.now())

    assert not SignInDraft.objects.exists()
    assert not MicrosoftAccount.objects.exists()


def test_discard_deletes_the_form_and_at_once_the_sign_in(megan, emulator):
    megan.save(draft=megan.draft(megan.sign_in(emulator)))
    megan.sign_in(emulator, account="alex@contoso.example")

    assert discard(megan).url == URL

    assert MicrosoftAccount.objects.get().address == DESK
    assert OFFER not in shown(megan)


@pytest.mark.parametrize("left", ["", "x", "0", "99999999999999999999"])
def test_discarding_what_is_not_there_does_no_harm(megan, left):
    assert megan.client.post(f"{URL}draft/discard/", {"left": left}).url == URL


def test_a_save_leaves_nothing_to_offer(megan, emulator):
    address = megan.sign_in(emulator)
    again = megan.client.post(f"{URL}check/", megan.form(draft=megan.draft(address)))

    megan.save(draft=megan.draft(again.url))

    assert OFFER not in shown(megan)
    assert not SignInDraft.objects.exists()


def test_what_somebody_saved_meanwhile_is_shown_first(megan, emulator):
    address = megan.sign_in(emulator, from_address="mine@contoso.example")
    Person(factories.user("alex")).save(charset="koi8-r")

    page = shown(megan, address)

    assert "alex saved these settings" in page
    assert "Character set: Cyrillic (KOI8-R)" in page
    assert 'value="mine@contoso.example"' in page
    version = EmailSettings.objects.get().version
    assert f'name="version" value="{version}"' in page
    assert megan.save(draft=megan.draft(address)).status_code == 302
