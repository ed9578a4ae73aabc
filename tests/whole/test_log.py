"""What an administrator does with the log, in a real browser."""

import re

import pytest
from playwright.sync_api import expect

from tests.exchange_emulator.emulator import DESK
from tests.waiting import wait_until
from tests.whole.pages import a_button_says, reloaded_until

TONER = "Toner is empty"


@pytest.fixture
def connected(page, product):
    """Signed in and saved, with two messages in the log."""
    page.get_by_role("link", name="E-mail > Settings").first.click()
    page.get_by_label("Choose e-mail service").select_option(
        label="Exchange Online with OAuth authentication"
    )
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name=DESK).click()
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The settings have been saved.")).to_be_visible()
    for subject in (TONER, "Door is open"):
        product.manage(
            "enqueue", "--to", "a@contoso.example", "--subject", subject, "--text", "Hello"
        )
    page.get_by_role("link", name="Logs").first.click()
    sent = page.locator("#result_list tbody tr", has_text="Accepted by Microsoft")
    reloaded_until(page, sent.nth(1))


def test_filter_search_open_copy_resend_and_go_back(page, product, connected):
    rows = page.locator("#result_list tbody tr")
    expect(page.get_by_text("Settings saved by admin")).to_be_visible()

    page.get_by_label("Result").select_option(label="Failed")
    expect(page.get_by_text("Nothing in the log matches.")).to_be_visible()
    page.get_by_label("Result").select_option(label="Accepted by Microsoft")
    expect(rows).to_have_count(2)

    page.get_by_role("searchbox", name="Search").fill("toner")
    page.keyboard.press("Enter")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text(TONER)

    page.get_by_role("link", name=TONER).click()
    expect(page.get_by_role("heading", name="Recipient didn't get it?")).to_be_visible()
    # Two that leave together may arrive in either order.
    (message_id,) = [m["message_id"] for m in product.messages() if m["subject"] == TONER]
    expect(page.get_by_label("Message-ID")).to_have_value(message_id)
    expect(page.get_by_label("Message trace")).to_have_value(
        re.compile(rf"^Get-MessageTraceV2 -MessageId '{re.escape(message_id)}' ")
    )
    with a_button_says(page, "Copied"):
        page.get_by_role("button", name="Copy").first.click()

    page.get_by_role("link", name="Back to the log").click()
    expect(rows).to_have_count(1)
    expect(page.get_by_label("Result")).to_have_value("accepted")

    page.get_by_role("link", name=TONER).click()
    page.get_by_role("link", name="Resend").click()
    expect(page.get_by_label("The original recipients: a@contoso.example")).to_be_checked()
    page.get_by_role("button", name="Resend").click()
    expect(page.get_by_text("Queued again as a new notification.")).to_be_visible()
    expect(page.get_by_text("Queued by admin")).to_be_visible()
    assert wait_until(lambda: len(product.messages()) == 3)
    page.get_by_role("link", name=re.compile("^resent from")).click()
    expect(page.get_by_role("heading", name="Copies of this message")).to_be_visible()


def test_the_times_of_a_range_are_asked_for_when_they_are_needed(page):
    page.get_by_role("link", name="Logs").first.click()
    expect(page.get_by_label("From", exact=True)).to_be_hidden()

    page.get_by_label("Date").select_option(label="Range")

    page.get_by_label("From", exact=True).fill("2026-01-01T00:00")
    page.get_by_label("Until").fill("2025-01-01T00:00")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("This is before “From”.")).to_be_visible()
    expect(page.get_by_label("From", exact=True)).to_have_value("2026-01-01T00:00")
