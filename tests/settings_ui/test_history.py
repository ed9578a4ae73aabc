"""Who changed what: in the settings history, and when two people save at once."""

import re
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import vault
from notifications.audit.record import CONNECTOR
from notifications.mailbox.save import save_settings
from notifications.models import EmailSettings, MicrosoftAccount
from tests import factories
from tests.exchange_emulator.emulator import DESK, SECRET
from tests.settings_ui.conftest import URL, Person

pytestmark = pytest.mark.django_db
ALEX = "alex@contoso.example"
HISTORY = "/notifications/historicalemailsettings/"


def text_of(response):
    return response.content.decode()


def history(person):
    """What changed, newest first."""
    page = text_of(person.client.get(HISTORY))
    return [
        re.findall(r"<li>(.*?)</li>", row) or ["Nothing" if "Nothing" in row else "Made"]
        for row in re.findall(r'data-label="What changed">(.*?)</td>', page, re.S)
    ]


def test_every_save_is_told_in_the_pages_words_without_secrets(megan):
    megan.save()
    megan.save(
        charset="koi8-r",
        client_secret="another~Secret",
        plain_text_only="on",
    )

    assert history(megan)[0] == [
        "Character set: Unicode (UTF-8) → Cyrillic (KOI8-R)",
        "Send all e-mail messages in plain text format: off → on",
        "Client secret or certificate: changed",
    ]
    page = text_of(megan.client.get(HISTORY))
    assert re.search(r"\b3 changes\b", page)
    assert "megan" in page
    assert "another~Secret" not in page


def test_accounts_are_named_and_a_new_sign_in_of_the_same_one_is_told(megan, emulator):
    for account in (
        "servicedesk@contoso.example",
        "servicedesk@contoso.example",
        "admin@contoso.example",
    ):
        draft = megan.draft(megan.sign_in(emulator, account))
        assert megan.save(draft=draft, client_secret="").status_code == 302
    megan.save(client_secret="")

    assert [row[0] for row in history(megan)[:3]] == [
        "Nothing",
        "Account: servicedesk@contoso.example → admin@contoso.example",
        "Account: Signed in again",
    ]


def test_the_page_of_one_save_reads_it_once(megan):
    megan.save()
    pk = EmailSettings.history.latest().pk

    with CaptureQueriesContext(connection) as asked:
        page = text_of(megan.client.get(f"{HISTORY}{pk}/change/"))

    assert "Settings as of" in page
    reads = [each for each in asked if f'."history_id" = {pk}' in each["sql"]]
    assert len(reads) == 1


def test_the_history_asks_the_same_number_of_times_whatever_it_holds(
    megan, django_assert_max_num_queries
):
    for pace in range(30):
        megan.save(messages_a_minute=str(pace))

    with django_assert_max_num_queries(15):
        assert len(history(megan)) > 30


def test_the_second_of_two_people_is_told_what_the_first_changed_and_loses_nothing(megan):
    megan.save()
    alex = Person(factories.user("alex"))
    opened = EmailSettings.objects.current().version
    megan.save(charset="koi8-r", client_secret="hers~Secret")

    refused = alex.save(
        version=opened, from_address="it@contoso.example", client_secret="his~Secret"
    )

    assert refused.status_code == 409
    page = text_of(refused)
    assert "megan saved these settings" in page
    assert "<p>Character set: Cyrillic (KOI8-R)</p>" in page
    assert "<p>Client secret or certificate: changed</p>" in page
    assert 'value="it@contoso.example"' in page
    assert "hers~Secret" not in page
    assert "his~Secret" not in page
    assert EmailSettings.objects.current().charset == "koi8-r"
    version = re.search(r'name="version" value="(\d+)"', page)[1]
    draft = re.search(r'name="draft" value="(\d+)"', page)[1]
    form = {"version": version, "draft": draft, "client_secret": ""}
    assert alex.save(**form, from_address="it@contoso.example").status_code == 302
    assert (
        vault.unseal(EmailSettings.objects.current().client_secret, "client_secret") == "his~Secret"
    )


def test_a_form_without_a_new_secret_does_not_bring_an_old_one_back(megan, emulator):
    megan.save()
    alex = Person(factories.user("alex"))
    url = alex.sign_in(emulator, client_secret="")
    opened = EmailSettings.objects.current().version
    megan.save(client_secret="new~Secret")

    assert "Entered, not saved yet." not in text_of(alex.client.get(url))
    form = alex.form(client_secret="", draft=alex.draft(url), version=opened)
    assert alex.save(**form).status_code == 409
    form["version"] = EmailSettings.objects.current().version
    assert alex.save(**form).status_code == 302
    assert (
        vault.unseal(EmailSettings.objects.current().client_secret, "client_secret") == "new~Secret"
    )


def test_a_secret_that_was_typed_survives_an_error_elsewhere(megan):
    page = text_of(megan.save(from_address="nonsense"))
    draft = re.search(r'name="draft" value="(\d+)"', page)[1]

    assert "Entered, not saved yet." in page
    megan.save(draft=draft, client_secret="")
    assert vault.unseal(EmailSettings.objects.current().client_secret, "client_secret") == SECRET


def test_a_form_that_is_sent_twice_is_saved_once(megan):
    opened = EmailSettings.objects.current().version

    answers = [megan.save(version=opened, charset="koi8-r") for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert EmailSettings.objects.current().version == opened + 1


@pytest.mark.parametrize("account", [DESK, ALEX])
def test_a_save_with_a_sign_in_is_not_taken_for_the_one_before_it(megan, emulator, account):
    megan.save(draft=megan.draft(megan.sign_in(emulator)), client_secret="")
    opened = EmailSettings.objects.get().version
    draft = megan.draft(megan.sign_in(emulator, account, client_secret=""))
    with_sign_in = megan.form(version=opened, draft=draft, client_secret="")
    signed_in_at = MicrosoftAccount.objects.latest("pk").signed_in_at
    megan.save(version=opened, client_secret="")

    refused = megan.client.post(URL, with_sign_in)

    assert refused.status_code == 409
    assert f"Signed in as {account} (not saved yet)." in text_of(refused)
    with_sign_in["version"] = EmailSettings.objects.get().version
    assert megan.client.post(URL, with_sign_in).status_code == 302
    saved = MicrosoftAccount.objects.get()
    assert (saved.address, saved.signed_in_at) == (account, signed_in_at)


@pytest.mark.parametrize("account", [DESK, ALEX])
def test_two_saves_of_one_sign_in_at_once_are_one(megan, emulator, account):
    """The second has read the account before the first took it into the saved one."""
    megan.save(draft=megan.draft(megan.sign_in(emulator)), client_secret="")
    megan.sign_in(emulator, account, client_secret="")
    row, by = EmailSettings.objects.get(), {"user": megan.user, "by": CONNECTOR}
    pending = [MicrosoftAccount.objects.latest("pk") for _ in range(2)]

    saved = [save_settings(row.values(), each, version=row.version, **by) for each in pending]

    assert [each.version for each in saved] == [row.version + 1] * 2
    assert {each.account.address for each in saved} == {account}


def test_the_time_of_the_other_save_is_the_viewers(megan):
    alex = Person(factories.user("alex"))
    opened = EmailSettings.objects.current().version
    megan.save(charset="koi8-r")
    saved_at = EmailSettings.objects.current().saved_at

    with timezone.override(ZoneInfo("Asia/Kathmandu")):
        local = timezone.localtime(saved_at).strftime("%H:%M")
        page = text_of(alex.save(version=opened))

    assert f"at {local}, after you opened" in page


def test_the_page_shows_whether_something_is_unsaved(megan):
    megan.save()

    assert "data-unsaved-sign hidden" in text_of(megan.client.get(URL))
    assert "data-unsaved-sign hidden" not in text_of(megan.save(from_address="nonsense"))
