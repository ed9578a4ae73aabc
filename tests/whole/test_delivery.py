"""Did they get it? Two clicks to the answer."""

import re

from playwright.sync_api import expect

from tests.exchange_emulator.emulator import TENANT
from tests.notifications.mailbox.tracking import CLIENT, SECRET
from tests.waiting import PATIENCE
from tests.whole import situations
from tests.whole.pages import reloaded_until

MAKE_RESULTS = """
import os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "mailconnector.settings"
django.setup()
from django.utils import timezone
from notifications.log import delivery
from notifications.log.delivery import Said
from notifications.models import Attempt
from notifications.models.delivery.state import DeliverySource, DeliveryState
now = timezone.now()
for subject, recipient, state, values in (
    ("Arrived 1", "anna@fabrikam.example", "delivered", {"receiver": "198.51.100.25"}),
    ("Bounced 1", "gone@fabrikam.example", "failed", {"code": "5.1.10", "text": "550 5.1.10 no"}),
):
    row = Attempt.objects.create(
        at=now, result="accepted", subject=subject, recipients=recipient,
        message_id=f"<{subject}@contoso.example>",
    )
    said = Said(recipient, DeliverySource.TRACE, DeliveryState(state), now, **values)
    delivery.note({row.pk: [said]})
print("made")
"""


def test_two_clicks_say_whether_a_message_arrived(page, product):
    process = product.popen("-c", MAKE_RESULTS)
    output, _nothing = process.communicate(timeout=PATIENCE)
    assert "made" in output

    for subject, answer in (
        (
            "Arrived 1",
            re.compile(r"Handed to the recipient's server \d\d:\d\d \(can"),
        ),
        ("Bounced 1", re.compile(r"No such mailbox \(5\.1\.10\): 550 5\.1\.10 no")),
    ):
        page.goto(product.url)
        page.get_by_role("link", name="Logs").first.click()
        page.get_by_role("link", name=subject).first.click()
        expect(page.locator("#delivery")).to_contain_text(answer)
        expect(page.locator("#delivery-answer")).to_contain_text(answer)


def test_an_operator_puts_an_address_onto_the_suppression_list(page, product):
    page.goto(product.url)
    page.get_by_role("link", name="Bounces").first.click()
    page.get_by_role("link", name="Suppression list").first.click()
    page.goto(f"{product.url}/notifications/suppression/add/")
    page.locator("#id_address").fill("gone@fabrikam.example")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("gone@fabrikam.example").first).to_be_visible()


def test_message_trace_is_set_up_checked_and_asked_about_one_message(page, product):
    situations.SITUATIONS["settings, saved"](page, product.url)
    page.goto(f"{product.url}/settings/email/#delivery-results")
    page.locator("#id_trace_tenant_id").fill(TENANT)
    page.locator("#id_trace_client_id").fill(CLIENT)
    page.get_by_role("radio", name="A certificate").check()
    expect(page.locator("#id_trace_secret")).to_be_hidden()
    page.get_by_role("radio", name="A client secret").check()
    page.locator("#id_trace_secret").fill(SECRET)
    page.locator("#delivery-results").get_by_role("button", name="Check now").click()
    expect(page.get_by_text("Message trace answers")).to_be_visible()
    page.get_by_label("Track delivery with message trace").check()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("The settings have been saved.")).to_be_visible()

    product.manage(
        "enqueue", "--to", "nobody@bounce.example", "--subject", "Lost 1", "--text", "Hello"
    )
    page.get_by_role("link", name="Logs").first.click()
    reloaded_until(page, page.get_by_role("link", name="Lost 1").first).click()
    page.get_by_role("button", name="Check delivery now").click()
    expect(page.locator("#delivery")).to_contain_text("No such mailbox (5.1.10): ")
    expect(page.locator("#delivery")).to_contain_text("source: trace")
