"""The whole story in a real browser: connect, test, save, hand over a message, read the log."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.exchange_emulator.emulator import DESK
from tests.waiting import is_once_within, wait_until
from tests.whole.conftest import new_context
from tests.whole.pages import reloaded_until

MEGABYTE = 1_048_576


def open_settings(page):
    page.get_by_role("link", name="E-mail > Settings").first.click()


def sign_in(page, account=DESK, *, consent="Accept"):
    page.wait_for_url("**/authorize?*")
    page.get_by_role("button", name=account).click()
    button = page.get_by_role("button", name=consent)
    back = page.get_by_role("heading", name="Message options")
    expect(button.or_(back).first).to_be_visible()
    if button.is_visible():
        button.click()


def test_an_administrator_connects_tests_saves_sends_and_reads_the_log(page, product, tmp_path):
    open_settings(page)
    expect(page.get_by_text("Practice mode: no mail leaves this machine")).to_be_visible()
    page.get_by_label("Choose e-mail service").select_option(
        label="Exchange Online with OAuth authentication"
    )
    page.get_by_label("'From' e-mail address").fill("Desk <servicedesk@contoso.example>")
    page.get_by_label("Limit the total size of attachments to").check()
    page.get_by_label("megabytes").fill("1")
    expect(page.get_by_text("Unsaved changes")).to_be_visible()

    page.get_by_role("button", name="Sign in").click()
    sign_in(page)

    expect(page.get_by_label("'From' e-mail address")).to_have_value(
        "Desk <servicedesk@contoso.example>"
    )
    expect(page.get_by_label("megabytes")).to_have_value("1")
    expect(page.get_by_text(f"Signed in as {DESK} (not saved yet).")).to_be_visible()

    page.get_by_role("button", name="Test Settings").click()
    dialog = page.get_by_role("dialog", name="Send Test Message")
    dialog.get_by_label("Recipient").fill("nobody")
    dialog.get_by_role("button", name="OK").click()
    expect(dialog.get_by_text("“nobody” is not an e-mail address")).to_be_visible()
    dialog.get_by_label("Recipient").fill("alex@contoso.example")
    dialog.get_by_role("button", name="OK").click()
    expect(dialog.get_by_text("Test message has been sent")).to_be_visible()
    assert product.messages()[-1]["to"] == ["alex@contoso.example"]
    dialog.get_by_role("button", name="Close").click()

    page.get_by_role("link", name="Logs").first.click()
    # What is typed and not saved is not lost without a word.
    page.get_by_role("link", name="E-mail > Settings").first.wait_for()
    top = page.locator("#result_list tbody tr").first
    expect(top).to_contain_text("Test")
    expect(top).to_contain_text("Accepted by Microsoft")
    page.go_back()
    expect(page.get_by_text(f"Signed in as {DESK} (not saved yet).")).to_be_visible()

    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The settings have been saved.")).to_be_visible()
    expect(page.get_by_text("Connected")).to_be_visible()

    assert is_once_within(2, lambda: seconds_to_the_mailbox(product)), "not within 2 s"
    page.get_by_role("link", name="Logs").first.click()
    # It may have taken more than one; all of them have left the queue then.
    last = sum(message["subject"] == "Hi" for message in product.messages()) - 1
    sent = page.locator("#result_list").get_by_role("link", name="Hi", exact=True)
    expect(reloaded_until(page, sent.nth(last))).to_be_visible()
    expect(page.locator("#result_list tbody tr").first).to_contain_text("Hi")

    big = tmp_path / "big.bin"
    big.write_bytes(b"x" * (MEGABYTE + 1))
    before = product.manage("queue", "--json")[1]
    status, printed = product.manage(
        "enqueue", "--to", "a@contoso.example", "--subject", "Big", "--attach", str(big)
    )
    assert status == 1
    assert "1,048,577 bytes" in printed
    assert "the limit is 1.00 MB (1,048,576 bytes)" in printed
    assert without_ages(product.manage("queue", "--json")[1]) == without_ages(before)
    page.reload()
    expect(page.locator("#result_list tbody tr").first).to_contain_text("Refused")


def seconds_to_the_mailbox(product):
    before = len(product.messages())
    status, printed = product.manage(
        "enqueue", "--to", "a@contoso.example", "--subject", "Hi", "--text", "Hello"
    )
    handed_over = time.monotonic()
    assert status == 0, printed
    assert wait_until(lambda: len(product.messages()) > before, between=0.02)
    return time.monotonic() - handed_over


def without_ages(status):
    return re.sub(r'"oldest_pending_seconds": \d+', "", status)


def test_a_refused_consent_brings_back_what_was_typed(page):
    open_settings(page)
    page.get_by_label("'From' e-mail address").fill("typed@contoso.example")
    page.get_by_role("button", name=re.compile("Sign in|Change")).click()
    page.wait_for_url("**/authorize?*")
    page.get_by_role("button", name="kim@fabrikam.example").or_(
        page.get_by_role("button", name="admin@contoso.example")
    ).first.click()
    page.get_by_role("button", name="Cancel").click()

    expect(page.get_by_text("Consent was declined.")).to_be_visible()
    expect(page.get_by_text("AADSTS65004").first).to_be_visible()
    expect(page.get_by_label("'From' e-mail address")).to_have_value("typed@contoso.example")


@pytest.mark.parametrize("limit", ["0", "-1", "1000000000", "ten"])
def test_a_wrong_limit_is_told_at_its_field_and_nothing_is_saved(page, limit):
    open_settings(page)
    page.get_by_label("Limit the total size of attachments to").check()
    page.get_by_label("megabytes").fill(limit)
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_role("alert").filter(has_text="megabyte")).to_be_visible()
    expect(page.get_by_label("megabytes")).to_have_value(limit)


def test_the_page_works_without_javascript(browser, product):
    context = new_context(browser, java_script_enabled=False)
    page = context.new_page()
    page.goto(product.url)
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(product.password)
    page.get_by_role("button", name="Log in").click()
    page.goto(f"{product.url}/settings/email/")

    page.get_by_label("Character set").select_option("koi8-r")
    page.get_by_role("button", name="Save").click()

    expect(page.get_by_text("The settings have been saved.")).to_be_visible()
    expect(page.get_by_label("Character set")).to_have_value("koi8-r")
    context.close()


def test_the_queue_refreshes_itself(page, product):
    page.get_by_role("link", name="Notification Queue").first.click()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    page.clock.install()
    page.reload()

    product.manage("enqueue", "--to", "a@contoso.example", "--subject", "Later", "--text", "x")
    page.clock.fast_forward(10_500)

    expect(page.get_by_role("link", name="Later")).to_be_visible()
    page.get_by_role("button", name="Resume").click()


def test_the_user_menu_opens_by_keyboard(page):
    page.get_by_role("button", name="User menu").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Log out")).to_be_visible()


def test_escape_closes_the_test_dialog_and_enter_sends(page):
    open_settings(page)
    page.get_by_role("button", name="Test Settings").press("Enter")
    dialog = page.get_by_role("dialog", name="Send Test Message")
    expect(dialog.get_by_label("Recipient")).to_be_focused()
    dialog.get_by_label("Recipient").fill("nobody")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("“nobody” is not an e-mail address")).to_be_visible()

    page.keyboard.press("Escape")

    expect(dialog).to_be_hidden()
