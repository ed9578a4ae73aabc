"""Did they get it? Two clicks to the answer."""

from playwright.sync_api import expect

from tests.waiting import PATIENCE

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
        ("Arrived 1", "Handed to the recipient's server"),
        ("Bounced 1", "No such mailbox (5.1.10): 550 5.1.10 no"),
    ):
        page.goto(product.url)
        page.get_by_role("link", name="Logs").first.click()
        page.get_by_role("link", name=subject).first.click()
        expect(page.locator("#delivery")).to_contain_text(answer)


def test_an_operator_puts_an_address_onto_the_suppression_list(page, product):
    page.goto(product.url)
    page.get_by_role("link", name="Bounces").first.click()
    page.get_by_role("link", name="Suppression list").first.click()
    page.goto(f"{product.url}/notifications/suppression/add/")
    page.locator("#id_address").fill("gone@fabrikam.example")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("gone@fabrikam.example").first).to_be_visible()
