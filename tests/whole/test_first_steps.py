"""The first steps of an application and of the alarms, counted in clicks after the log-in."""

import json
import subprocess
import sys

import pytest
import requests
from playwright.sync_api import expect
from standardwebhooks.webhooks import Webhook

from tests.waiting import PATIENCE


class Clicks:
    """Clicks on links and buttons of a page, which are counted."""

    def __init__(self, page):
        self.page, self.count = page, 0

    def link(self, name):
        self.count += 1
        self.page.get_by_role("link", name=name).first.click()

    def button(self, name):
        self.count += 1
        self.page.get_by_role("button", name=name, exact=True).first.click()


@pytest.fixture
def clicks(page):
    return Clicks(page)


def create_key(page, clicks, name):
    clicks.link("API keys")
    clicks.link("Create API key")
    page.locator("#id_name").fill(name)
    clicks.button("Save")
    return page.get_by_label("API key", exact=True).input_value()


def test_an_application_sends_its_first_message_after_four_clicks(page, product, clicks):
    create_key(page, clicks, "First steps")
    page.get_by_label("Recipient").fill("alex@contoso.example")
    with page.expect_popup() as opened:
        clicks.button("Send a test now")

    expect(opened.value.get_by_text("Test of the API key “First steps”").first).to_be_visible()
    assert clicks.count == 4
    # The page with the key is still there.
    expect(page.get_by_label("API key", exact=True)).to_be_visible()


def test_the_ready_programs_run_as_they_are_copied(page, product, clicks):
    token = create_key(page, clicks, "Copied")
    curl = page.get_by_label("curl", exact=True).input_value()
    python = page.get_by_label("Python", exact=True).input_value()

    for command in (["sh", "-c", curl], [sys.executable, "-c", python]):
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stderr

    headers = {"Authorization": f"Bearer {token}"}
    found = requests.get(f"{product.url}/api/v1/messages", headers=headers, timeout=PATIENCE)
    subjects = [each["subject"] for each in found.json()["items"]]
    assert subjects == ["Test of the API key"] * 2


def test_the_reference_opens_from_the_new_key(page, product, clicks):
    create_key(page, clicks, "Reader")

    clicks.link("API reference")

    expect(page.get_by_role("heading", name="Queue a message")).to_be_visible()
    answer = page.get_by_text("The message is being sent or has left the queue.")
    answer.click()
    expect(page.get_by_text("The message cannot be cancelled (any more)")).to_be_visible()


def test_an_alarm_channel_is_set_up_and_tested_after_three_clicks(page, product, clicks, listener):
    clicks.link("Alarms")
    clicks.link("Add Webhook")
    page.locator("#id_name").fill("Service desk")
    page.locator("#id_alarm_url").fill(listener.url)
    clicks.button("Save and send test")

    expect(page.get_by_text("“Service desk”: Test delivered (HTTP 204).")).to_be_visible()
    assert clicks.count == 3
    secret = page.get_by_label("Signing secret").input_value()
    (_path, headers, body), = listener.heard  # fmt: skip
    Webhook(secret).verify(body, headers)
    assert json.loads(body)["installation"] == product.url

    clicks.link("Alarms")
    clicks.button("Send test: Service desk")

    expect(page.get_by_text("“Service desk”: Test delivered (HTTP 204).")).to_be_visible()
    assert len(listener.heard) == 2
