"""The setup checklist in a browser: what is missing, what is right, and what Microsoft says."""

import re

import requests
from playwright.sync_api import expect

from tests.exchange_emulator.emulator import DESK
from tests.waiting import PATIENCE
from tests.whole.test_story import open_settings, sign_in


def point(page, label):
    return page.locator(".mc-point").filter(has=page.get_by_text(label, exact=True))


def test_an_administrator_finds_what_is_wrong_and_its_fix(page, product):
    open_settings(page)
    page.get_by_role("link", name="Setup checklist").first.click()
    expect(page.get_by_text("Not run yet.").first).to_be_visible()
    sign_in_point = point(page, "Sign-in, client ID and secret or certificate")
    expect(sign_in_point).to_contain_text("Failed")
    expect(sign_in_point).to_contain_text("Sign in on E-mail > Settings and save.")

    open_settings(page)
    page.get_by_label("Choose e-mail service").select_option("exchange-online")
    page.get_by_role("button", name=re.compile("Sign in|Change")).click()
    sign_in(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The settings have been saved.")).to_be_visible()

    page.get_by_role("link", name="Setup checklist").first.click()
    page.get_by_role("button", name="Check everything").click()
    expect(page.get_by_text("No problems found")).to_be_visible()
    expect(point(page, "Mailbox")).to_contain_text(DESK)
    expect(point(page, "Beat")).to_contain_text("Passed")
    assert product.manage("doctor")[0] == 0

    expired = {"kind": "secret-expired", "mailbox": DESK}
    requests.post(f"{product.mailboxes}/_emulator/faults", json=expired, timeout=PATIENCE)
    page.get_by_role("button", name="Check everything").click()
    expect(sign_in_point).to_contain_text("AADSTS7000222")
    expect(sign_in_point).to_contain_text("Create a new client secret and enter its Value")
    expect(page.get_by_text("Application credential expired:").first).to_be_visible()
    status, told = product.manage("doctor")
    assert status == 1
    assert "AADSTS7000222" in told

    requests.delete(f"{product.mailboxes}/_emulator/faults", timeout=PATIENCE)
    page.get_by_role("button", name="Check everything").click()
    expect(page.get_by_text("No problems found")).to_be_visible()
    expect(page.get_by_text("Application credential expired:")).to_have_count(0)
