"""A device is set up by its sheet alone, and its mail is found by its name."""

import re
import smtplib

from playwright.sync_api import expect

from tests.waiting import PATIENCE, wait_until
from tests.whole import situations
from tests.whole.pages import reloaded_until

ANA = "alex@contoso.example"


def test_a_scanner_is_set_up_by_its_sheet_and_its_mail_is_in_the_log(page, product):
    situations.SITUATIONS["settings, saved"](page, product.url)
    page.get_by_role("link", name="E-mail > SMTP").click()
    page.get_by_label("Accept mail over SMTP").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Clients").click()
    page.get_by_role("link", name="Add client").click()
    page.get_by_label("Name", exact=False).first.fill("Scanner 2nd floor")
    page.get_by_role("button", name="Save", exact=True).click()

    sheet = page.locator("main")
    expect(sheet).to_contain_text("Enter this at the device or application:")
    port = re.search(r"(\d+) . not encrypted", sheet.inner_text())[1]
    user_name = sheet.locator("dt:has-text('User name') + dd code").inner_text()
    sender = sheet.locator("dt:has-text('Sender') + dd").inner_text()
    password = page.get_by_label("Password").input_value()
    letter = f"From: {sender}\r\nTo: {ANA}\r\nSubject: Scan of today\r\n\r\nAttached.\r\n"

    assert wait_until(lambda: _is_handed_in(port, user_name, password, sender, letter))

    page.get_by_role("link", name="Logs").click()
    line = page.locator("tr", has_text="Scan of today")
    expect(reloaded_until(page, line)).to_contain_text("Accepted")
    line.get_by_role("link").first.click()
    expect(page.get_by_text("SMTP: Scanner 2nd floor").first).to_be_visible()
    (message,) = product.messages()
    assert message["subject"] == "Scan of today"


def _is_handed_in(port, user_name, password, sender, letter):
    """The listener opens its port within seconds of the first client."""
    try:
        with smtplib.SMTP("127.0.0.1", int(port), timeout=PATIENCE) as connection:
            connection.login(user_name, password)
            return connection.sendmail(sender, [ANA], letter) == {}
    except ConnectionRefusedError:
        return False
