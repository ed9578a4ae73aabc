"""What an administrator does on E-mail > Settings, from the log-in on, with the number of clicks:
connect, change the account, send from another address, leave practice mode."""

import re

import pytest
from playwright.sync_api import expect

from tests.exchange_emulator.emulator import DESK
from tests.waiting import PATIENCE
from tests.whole import situations
from tests.whole.conftest import new_context
from tests.whole.pages import a_button_says, reloaded_until

ALEX = "alex@contoso.example"
SAVED = "The settings have been saved."
SCHEDULE = """
import os, django
from datetime import UTC, datetime
os.environ["DJANGO_SETTINGS_MODULE"] = "mailconnector.settings"
django.setup()
from tests import factories
factories.enqueue(due_at=datetime(2100, 1, 1, tzinfo=UTC))
"""


class Person:
    """A person who is logged in, with a count of their clicks."""

    def __init__(self, page):
        self.page, self.clicks = page, 0

    def click(self, name, *, role="button", within=None, exact=False):
        self.clicks += 1
        (within or self.page).get_by_role(role, name=name, exact=exact).first.click()

    def choose(self, label, option):
        self.clicks += 1
        self.page.get_by_label(label).select_option(label=option)

    def tick(self, label):
        self.clicks += 1
        self.page.get_by_label(label).check()

    def open_settings(self):
        self.click("E-mail > Settings", role="link")

    def choose_account(self, account):
        """Choose it on Microsoft's pages, and consent if that is asked."""
        self.click(account)
        accept = self.page.get_by_role("button", name="Accept")
        back = self.page.get_by_text("(not saved yet)")
        expect(accept.or_(back).first).to_be_visible()
        if accept.is_visible():
            self.click("Accept")
        expect(back).to_be_visible()

    def save(self):
        self.click("Save", exact=True)
        expect(self.page.get_by_text(SAVED)).to_be_visible()

    @property
    def dialog(self):
        return self.page.get_by_role("dialog", name="Send Test Message")


@pytest.fixture
def megan(page):
    return Person(page)


def step(page, label):
    return page.get_by_role("navigation", name="Set-up").get_by_role("link", name=label)


def test_connecting_from_nothing_takes_nine_clicks(megan, page, product):
    megan.open_settings()
    expect(page.get_by_role("heading", name="Account")).to_be_hidden()
    expect(page.get_by_role("button", name="Test Settings")).to_be_disabled()
    megan.choose("Choose e-mail service", "Exchange Online with OAuth authentication")
    expect(step(page, "Entra application (done)")).to_be_visible()
    expect(step(page, "Sign in (to do)")).to_have_attribute("aria-current", "step")
    megan.click("Sign in", exact=True)
    megan.choose_account(DESK)
    expect(page.get_by_text(f"Signed in as {DESK}. Save to use it.")).to_be_in_viewport()
    expect(page.get_by_text("(not saved yet)")).to_be_in_viewport()

    megan.click("Test Settings")
    megan.dialog.get_by_label("Recipient").fill(ALEX)
    megan.click("OK", within=megan.dialog)
    expect(megan.dialog.get_by_text("Test message has been sent")).to_be_visible()
    expect(megan.dialog.get_by_text(f"Now look into the inbox of {ALEX}.")).to_be_visible()
    links = megan.dialog.get_by_role("link")
    assert [link.get_attribute("target") for link in links.all()] == ["_blank", "_blank"]
    assert links.first.get_attribute("href") == f"{product.mailboxes}/mailboxes/{ALEX}"
    megan.click("Close", within=megan.dialog)
    megan.save()

    assert megan.clicks == 9
    expect(page.get_by_role("navigation", name="Set-up")).to_be_hidden()
    expect(page.get_by_text("Connected", exact=True)).to_be_visible()


def test_the_warning_of_ews_comes_and_goes_with_the_choice(megan, page):
    megan.open_settings()
    megan.choose("Choose e-mail service", "Exchange Online with OAuth authentication")
    warning = page.get_by_text("Most tenants have EWS blocked since October 2026")
    expect(warning).to_be_hidden()

    page.get_by_label("Exchange Web Services (EWS)").check()
    expect(warning).to_be_visible()
    page.get_by_label("MS Graph (recommended)").check()

    expect(warning).to_be_hidden()


def test_what_is_left_comes_back_by_one_click(megan, page, product):
    megan.open_settings()
    page.get_by_label("'From' e-mail address").fill("left@contoso.example")
    page.once("dialog", lambda dialog: dialog.accept())
    megan.click("Logs", role="link")
    page.wait_for_url("**/notifications/attempt/")
    megan.open_settings()
    offer = page.get_by_role("status").filter(has_text="Unsaved changes of")
    expect(reloaded_until(page, offer)).to_be_visible()
    expect(page.get_by_label("'From' e-mail address")).to_have_value("")

    offer.get_by_role("link", name="Continue").click()

    expect(page.get_by_label("'From' e-mail address")).to_have_value("left@contoso.example")
    page.goto(f"{product.url}/settings/email/")
    offer.get_by_role("button", name="Discard").click()
    expect(offer).to_be_hidden()


def test_changing_the_account_takes_four_clicks_and_says_what_it_changes(megan, page, product):
    megan.open_settings()
    megan.click("Change")
    megan.choose_account(ALEX)
    expect(page.get_by_text(f"{ALEX} will take the place of {DESK}")).to_be_in_viewport()
    expect(page.get_by_text(f"0 waiting messages will be sent from {ALEX}.")).to_be_visible()
    megan.save()

    # One more where the account has to consent first.
    assert megan.clicks in {4, 5}
    expect(page.locator("#account").get_by_text(ALEX)).to_be_visible()


def test_sending_from_another_address_and_its_denial_take_ten_clicks(megan, page, product):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    megan.open_settings()
    page.get_by_label("'From' e-mail address").fill("ceo@contoso.example")
    megan.tick("'From' address delegation")
    expect(page.locator("#grant-add")).to_contain_text("-RecipientPermission ceo@contoso.example")
    megan.click("Save", exact=True)
    warning = page.get_by_role("alert").filter(has_text="Mail.Send.Shared")
    expect(warning).to_contain_text(SAVED)
    megan.click("Sign in again", within=warning)
    megan.choose_account(DESK)
    megan.save()

    megan.click("Test Settings")
    megan.click("OK", within=megan.dialog)
    expect(megan.dialog.get_by_text("isn't allowed to send from this address")).to_be_visible()
    expect(megan.dialog.get_by_text("ErrorSendAsDenied").first).to_be_hidden()  # folded
    expect(megan.dialog.get_by_role("button", name="Try again")).to_be_visible()
    with a_button_says(page, "Copied"):
        megan.click("Copy", within=megan.dialog)

    copied = page.evaluate("navigator.clipboard.readText()")
    assert f"Add-RecipientPermission ceo@contoso.example -Trustee {DESK}" in copied
    assert megan.clicks in {9, 10}


def test_none_hides_what_it_does_not_use_and_asks_while_something_waits(megan, page, product):
    megan.open_settings()
    heading = page.get_by_role("heading", name="API", exact=True)
    expect(heading).to_be_visible()  # the tests before have chosen a service
    process = product.popen("-c", SCHEDULE)
    output, _nothing = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, output

    megan.choose("Choose e-mail service", "None")
    expect(heading).to_be_hidden()
    expect(page.get_by_role("button", name="Test Settings")).to_be_disabled()
    megan.click("Save", exact=True)
    expect(page.get_by_text("1 scheduled notification will not leave at its time.")).to_be_visible()
    megan.choose("Choose e-mail service", "Exchange Online with OAuth authentication")
    expect(heading).to_be_visible()


def test_a_certificate_is_made_and_downloaded(megan, page):
    megan.open_settings()
    page.get_by_text("Microsoft Entra application", exact=False).first.click()
    page.locator("#id_credential_1").check()
    megan.click("Create certificate")
    expect(page.get_by_text("The certificate has been created.")).to_be_in_viewport()

    with page.expect_download() as download:
        megan.click("Download .cer", role="link")

    assert re.fullmatch(r"mail-connector-\w{8}\.cer", download.value.suggested_filename)
    page.get_by_text("Register it with a PowerShell script").click()
    with page.expect_download() as script:
        megan.click("Download script")
    assert "KeyCredentials" in script.value.path().read_text(encoding="utf-8-sig")
    # The page is still there, and so is what is not saved.
    expect(page.get_by_text("The certificate has been created.")).to_be_visible()


def test_leaving_practice_mode_takes_two_clicks_and_leaves_nothing_of_it(browser, new_product):
    product = new_product.start()
    context = new_context(browser)
    page = context.new_page()
    situations.log_in(page, product)
    situations.SITUATIONS["settings, saved"](page, product.url)
    megan = Person(page)
    megan.click("Leave practice mode", role="link")
    expect(page.get_by_text(f"The practice account {DESK}")).to_be_visible()
    megan.click("Leave practice mode", exact=True)
    expect(page.get_by_text("Nothing of practice mode is here.")).to_be_visible()
    expect(page.get_by_text("MAILCONNECTOR_CLOUD=global")).to_be_visible()
    assert megan.clicks == 2

    product.stop()
    product.environment["MAILCONNECTOR_CLOUD"] = "global"
    product.start()
    page.goto(f"{product.url}/settings/email/checklist/")

    expect(page.get_by_text("Practice values:")).to_have_count(0)
    expect(page.locator("#application")).to_contain_text("Not entered yet: Tenant ID, Client ID")
    page.goto(f"{product.url}/settings/email/")
    expect(page.get_by_text("Not signed in").first).to_be_visible()
    context.close()
