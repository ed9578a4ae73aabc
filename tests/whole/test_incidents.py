"""At three in the morning: what the pages say of an incident, and how many clicks it takes."""

import json

import pytest
import requests
from playwright.sync_api import expect

from tests.exchange_emulator.emulator import DESK
from tests.waiting import PATIENCE, wait_until
from tests.whole import situations

MANY = 1200
AGAIN = 14

_LOST = """
from datetime import timedelta
from django.utils import timezone
from notifications.models import ConnectionEvent, MicrosoftAccount, Notification
since = timezone.now() - timedelta(hours=9)
MicrosoftAccount.objects.update(
    state="sign_in_required", last_error_code="AADSTS50173", last_error_at=since, try_again_at=None
)
account = MicrosoftAccount.objects.get()
ConnectionEvent.objects.create(
    kind="sign_in_lost", at=since, account=account.address, state=account.state, code="AADSTS50173"
)
from tests import factories
rows = [factories.enqueue(subject=f"Night {n}").pk for n in range(17)]
Notification.objects.filter(pk__in=rows).update(queued_at=since)
"""
_FAILED = """
from notifications.models import EmailSettings, Notification
EmailSettings.objects.update(messages_a_minute=0)
values = {
    "to": ["a@contoso.example"], "text": "Hello", "cloud": "emulator", "initiator": "test",
    "status": "failed", "error": "The mailbox is full.", "error_code": "ErrorQuotaExceeded",
}
Notification.objects.bulk_create(
    Notification(subject=f"Bulk {n}", message_id=f"<bulk-{n}@contoso.example>", **values)
    for n in range(%d)
)
"""


@pytest.fixture
def connected(page, product):
    """A product that sends, and has sent what the test before has left."""
    situations.SITUATIONS["settings, saved"](page, product.url)
    assert wait_until(lambda: counts(product)["pending"] == counts(product)["sending"] == 0)
    return page


def counts(product):
    return json.loads(product.manage("queue", "--json")[1])["counts"]


def do(product, code):
    status, printed = product.manage("shell", "--verbosity=0", "--command", code)
    assert status == 0, printed


class Clicks:
    """Counts the clicks of a story."""

    def __init__(self):
        self.number = 0

    def __call__(self, locator):
        locator.click()
        self.number += 1


def test_mail_that_stopped_last_night_is_understood_and_mended_in_four_clicks(connected, product):
    page, click = connected, Clicks()
    do(product, _LOST)

    page.goto(product.url)
    card = page.get_by_role("region", name="Queue status")
    expect(card.get_by_role("heading").first).to_contain_text("The sign-in is no longer valid.")
    expect(card).to_contain_text("17 waiting")
    expect(card).to_contain_text("Since")
    expect(page.locator(".mc-banner-stopped")).to_have_count(0)

    click(card.get_by_role("link", name="Sign in again"))
    click(page.get_by_role("button", name="Change"))
    click(page.get_by_role("button", name=DESK))
    page.get_by_text("not saved yet").first.wait_for()
    click(page.get_by_role("button", name="Save"))
    page.get_by_text("The settings have been saved.").wait_for()

    assert click.number == 4
    expect(page.locator(".mc-banner-stopped")).to_have_count(0)
    page.goto(product.url)
    expect(card.get_by_role("heading").first).not_to_contain_text("sign-in")


def test_1200_that_failed_are_retried_in_three_clicks_and_what_became_of_them_is_told(
    connected, product
):
    page, click = connected, Clicks()
    refused = {
        "path": "/v1.0/me/messages/*/send",
        "status": 400,
        "body": {"error": {"code": "ErrorInvalidRecipients", "message": "not resolved"}},
        "count": AGAIN,
    }
    do(product, _FAILED % MANY)
    requests.post(f"{product.mailboxes}/_emulator/faults", json=refused, timeout=PATIENCE)
    page.goto(product.url)

    click(page.get_by_role("link", name="Notification Queue").first)
    card = page.get_by_role("region", name="Queue status")
    expect(card).to_contain_text("The mailbox is full.")
    click(card.get_by_role("link", name="Retry these 1,200"))
    expect(page.get_by_text("Retry: 1,200 notifications")).to_be_visible()
    click(page.get_by_role("button", name="Retry"))

    assert click.number == 3
    expect(page.get_by_text("1,200 notifications are being sent.")).to_be_visible()
    retry = card.get_by_role("status")
    expect(retry).to_contain_text("1,200 notifications")
    expect(card).not_to_contain_text("has been waiting")
    expect(retry).to_contain_text(f"{MANY - AGAIN:,} sent", timeout=5 * PATIENCE * 1000)
    expect(retry).to_contain_text(f"{AGAIN} failed again")
    expect(retry).to_contain_text("A recipient was refused. ErrorInvalidRecipients")
    expect(retry).to_contain_text("1,200 notifications retried")
    assert counts(product)["failed"] == AGAIN
