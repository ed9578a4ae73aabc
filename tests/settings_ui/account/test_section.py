"""What the section Account says, and what its buttons come to."""

import html
import re
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.models import Alarm, Attempt, EmailSettings, MicrosoftAccount
from notifications.models.account import AccountState
from notifications.models.alarms.alarm import AlarmCode
from tests import factories
from tests.exchange_emulator.emulator import CLIENT, DESK
from tests.settings_ui.conftest import URL

pytestmark = pytest.mark.django_db
ALEX = "alex@contoso.example"


def text_of(response):
    return response.content.decode()


def section(page):
    return page.partition('id="account"')[2].partition('id="id_delegation"')[0]


@pytest.fixture
def saved(megan, emulator):
    megan.save(draft=megan.draft(megan.sign_in(emulator)))
    return MicrosoftAccount.objects.get()


def test_back_from_microsoft_the_page_opens_at_the_account_and_says_what_save_does(megan, emulator):
    factories.enqueue()
    factories.enqueue()
    factories.enqueue(due_at=timezone.now() + timedelta(days=1))

    address = megan.sign_in(emulator)

    assert address.endswith("#account")
    assert f"Signed in as {DESK}. Save to use it for 2 waiting messages." in text_of(
        megan.client.get(address)
    )


def test_what_check_now_finds_stands_beside_its_button(megan, emulator, saved):
    response = megan.client.post(f"{URL}check/", megan.form(client_secret=""), follow=True)

    assert response.redirect_chain[-1][0].endswith("#account")
    assert f"the mailbox {DESK} can be opened" in section(text_of(response))


def test_a_check_does_not_call_a_full_mailbox_good(megan, emulator, saved):
    until = timezone.now() + timedelta(minutes=5)
    MicrosoftAccount.objects.update(rests_until=until, rest_code="ErrorQuotaExceeded")

    page = text_of(megan.client.post(f"{URL}check/", megan.form(client_secret=""), follow=True))

    assert "can be opened. But the last message was not sent: The mailbox is full." in page


def last_error(megan):
    return section(text_of(megan.client.get(URL))).partition("Last error</dt>")[2]


def test_the_last_error_is_also_that_of_a_message_that_did_not_leave(megan, saved):
    sent_at = timezone.now()
    MicrosoftAccount.objects.update(last_success_at=sent_at)
    before, after = sent_at - timedelta(minutes=1), sent_at + timedelta(minutes=1)
    of_desk = {"account": DESK, "result": "deferred", "code": "ErrorQuotaExceeded"}
    Attempt.objects.create(at=before, **of_desk)
    Attempt.objects.create(at=after, **of_desk | {"account": ALEX})
    Attempt.objects.create(at=after, **of_desk, is_test=True)
    assert last_error(megan).startswith("<dd>None</dd>")

    Attempt.objects.create(at=after, **of_desk)

    assert ": The mailbox is full. <code>ErrorQuotaExceeded</code></dd>" in last_error(megan)


def test_a_new_sign_in_of_the_same_mailbox_has_sent_before(megan, emulator, saved):
    MicrosoftAccount.objects.update(last_success_at=timezone.now())

    same = text_of(megan.client.get(megan.sign_in(emulator)))
    other = text_of(megan.client.get(megan.sign_in(emulator, account=ALEX)))

    assert "Last successful send</dt><dd>Never" not in same
    assert "Last successful send</dt><dd>Never" in other


def test_a_check_that_fails_is_explained_in_the_section(megan, emulator, saved):
    emulator.fault(kind="token-revoked", mailbox=DESK)

    page = text_of(megan.client.post(f"{URL}check/", megan.form(client_secret=""), follow=True))

    assert section(page).count("The sign-in is no longer valid.") == 1
    assert "Sign in again</button>" in section(page)


TROUBLES = {
    "AADSTS7000215": ("credential_expired", "Enter new secret", 'id="application"'),
    "AADSTS700016": ("blocked", "Check the application", 'id="application"'),
    "EwsBlocked": ("blocked", "Choose MS Graph", 'id="api"'),
    "AADSTS50173": ("sign_in_required", "Sign in again", 'id="account"'),
    "AADSTS53003": ("blocked", "Check now", 'id="account"'),
}


@pytest.mark.parametrize("code", TROUBLES)
def test_a_trouble_of_the_account_is_explained_once_where_it_is_mended(
    megan, emulator, saved, code
):
    state, label, place = TROUBLES[code]
    MicrosoftAccount.objects.update(
        state=state,
        last_error_code=code,
        last_error_at=timezone.now(),
        last_success_at=timezone.now(),
    )

    page = text_of(megan.client.get(URL))

    banner = page.partition('class="mc-banner mc-banner-stopped"')[2].partition("</div>")[0]
    assert f">{label}</a>" in banner
    assert "What to do" not in banner
    explained = page.index('class="mc-explanation"')
    places = ('id="api"', 'id="application"', 'id="account"')
    assert max((each for each in places if page.index(each) < explained), key=page.index) == place
    assert page.count('class="mc-explanation"') == 1
    if code == "AADSTS50173":
        assert "</strong> Sign in again and save. Sending then resumes." in section(page)
    helps = place == 'id="account"'
    assert ("Sign in again</button>" in section(page)) == helps
    is_first = page.partition("data-strip")[2].partition('aria-current="step"')[0].count("<li")
    assert is_first == (1 if "application" in place else 2 if helps else 0)


def test_ews_that_is_blocked_gives_the_command_for_this_application(megan, emulator, saved):
    MicrosoftAccount.objects.update(
        state="blocked", last_error_code="EwsBlocked", last_error_at=timezone.now()
    )

    for page in (URL, "/password_change/"):
        assert f"-EwsAllowedAppIDs {CLIENT}." in html.unescape(text_of(megan.client.get(page)))


def test_a_good_check_ends_the_error_and_its_alarm_at_once(megan, emulator, saved):
    MicrosoftAccount.objects.update(
        state=AccountState.SIGN_IN_REQUIRED,
        last_error_at=timezone.now(),
        last_error_code="AADSTS50173",
    )
    Alarm.objects.create(code=AlarmCode.SIGN_IN_REQUIRED, raised_at=timezone.now())
    assert "(over)" not in section(text_of(megan.client.get(URL)))

    page = text_of(megan.client.post(f"{URL}check/", megan.form(client_secret=""), follow=True))

    assert "(over)" in section(page)
    assert not Alarm.objects.standing().filter(code=AlarmCode.SIGN_IN_REQUIRED).exists()


def test_a_trial_of_unsaved_values_ends_no_alarm(megan, emulator, saved):
    MicrosoftAccount.objects.update(state=AccountState.BLOCKED)
    Alarm.objects.create(code=AlarmCode.BLOCKED, raised_at=timezone.now())

    megan.client.post(f"{URL}check/", megan.form(charset="koi8-r"))

    assert Alarm.objects.standing().filter(code=AlarmCode.BLOCKED).exists()


def test_a_save_whose_sign_in_lacks_a_permission_warns_with_a_button(megan, emulator, saved):
    response = megan.client.post(URL, megan.form(client_secret="", delegation="on"), follow=True)

    (warning,) = re.findall(
        r'role="alert">\s*<p>(The settings have been saved\.[^<]*)', text_of(response)
    )
    assert "Mail.Send.Shared" in warning
    assert "nothing is sent until you sign in again" in warning
    button = text_of(response).partition(warning)[2].partition("</div>")[0]
    assert "Sign in again" in button
    assert f'formaction="{URL}sign-in/"' in button


def test_a_save_that_lacks_nothing_has_no_such_button(megan, emulator, saved):
    page = text_of(megan.client.post(URL, megan.form(client_secret=""), follow=True))

    assert "The settings have been saved." in page
    assert "Sign in again" not in page


def test_another_account_is_told_what_it_changes(megan, emulator, saved):
    megan.save(client_secret="", from_address="Desk <it@contoso.example>")
    factories.enqueue()
    factories.enqueue(from_="hr@contoso.example")
    factories.enqueue(due_at=timezone.now() + timedelta(days=1))
    factories.template(from_address="Payroll <pay'roll@contoso.example>")
    factories.template(from_address=f"Alex <{ALEX}>")  # needs no grant

    form = {"from_address": "Desk <it@contoso.example>", "delegation": "on"}
    page = text_of(megan.client.get(megan.sign_in(emulator, account=ALEX, **form)))

    told = section(page)
    assert f"{ALEX} will take the place of {DESK}" in told
    assert f"2 waiting messages will be sent from {ALEX}." in told
    assert "So will 1 scheduled message." in told
    for line in (
        f"Add-RecipientPermission it@contoso.example -Trustee {ALEX} -AccessRights SendAs",
        f"Add-RecipientPermission hr@contoso.example -Trustee {ALEX} -AccessRights SendAs",
        f"Add-RecipientPermission &#x27;pay&#x27;&#x27;roll@contoso.example&#x27; -Trustee {ALEX}",
    ):
        assert line in told
    assert f"Add-RecipientPermission {ALEX}" not in told


def test_a_new_sign_in_of_the_same_account_changes_nothing_that_has_to_be_told(
    megan, emulator, saved
):
    page = text_of(megan.client.get(megan.sign_in(emulator)))

    assert "will take the place of" not in page


def test_the_commands_to_grant_have_the_addresses_of_the_page(megan, unconnected):
    EmailSettings.objects.update(from_address="IT <it@contoso.example>", delegation=True)

    page = text_of(megan.client.get(URL))

    behalf = "Set-Mailbox -Identity it@contoso.example -GrantSendOnBehalfTo @{Add=&quot;"
    assert f"{behalf}{DESK}&quot;}}</pre>" in page
    assert (
        f"Add-RecipientPermission it@contoso.example -Trustee {DESK} -AccessRights SendAs" in page
    )
    assert 'data-copies="grant-set"' in page
    assert 'data-copies="grant-add"' in page


@pytest.mark.parametrize("from_address", ["", DESK, "nonsense"])
def test_a_from_address_that_needs_no_grant_leaves_its_place_open(megan, unconnected, from_address):
    EmailSettings.objects.update(from_address=from_address)

    assert f"Add-RecipientPermission &lt;from&gt; -Trustee {DESK}" in text_of(megan.client.get(URL))


def test_what_delegation_needs_is_told_without_opening_anything(megan, unconnected):
    page = text_of(megan.client.get(URL))

    assert "By default, all notifications are sent from the signed-in account." in page
    assert page.index("IMPORTANT:") < page.index("How to grant")
