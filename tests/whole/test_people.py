"""A colleague gets a role, is deactivated, and the audit trail tells of both."""

import re

from playwright.sync_api import expect

PASSWORD = "a long enough password"


def test_a_colleague_gets_a_role_in_one_form(page, product):
    page.goto(product.url)
    page.get_by_role("link", name="Users").first.click()
    page.goto(f"{product.url}/auth/user/add/")
    page.locator("#id_username").fill("olga")
    page.locator("#id_name").fill("Olga Berg")
    expect(page.get_by_text("Clear the log")).to_be_hidden()
    page.get_by_role("radio", name=re.compile("^Custom role")).check()
    expect(page.get_by_text("Clear the log")).to_be_visible()
    page.get_by_role("radio", name=re.compile("^Operator")).check()
    expect(page.get_by_text("Clear the log")).to_be_hidden()
    for name in ("password1", "password2"):
        page.locator(f"#id_{name}").fill(PASSWORD)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was added successfully").first).to_be_visible()
    page.goto(f"{product.url}/auth/user/")
    row = page.get_by_role("row", name="olga")
    expect(row).to_contain_text("Operator")
    expect(row).to_contain_text("Never")


def test_somebody_is_deactivated_and_the_trail_tells_so(page, product):
    page.once("dialog", lambda dialog: dialog.accept())
    page.goto(f"{product.url}/auth/user/")
    page.get_by_role("link", name="olga").first.click()
    page.get_by_role("button", name="Deactivate").click()
    expect(page.get_by_role("button", name="Activate", exact=True)).to_be_visible()

    page.get_by_role("link", name="Audit trail").first.click()
    newest = page.locator("#result_list tbody tr").first
    expect(newest).to_contain_text("Deactivated")
    expect(newest).to_contain_text("olga")
    page.locator("#searchbar").fill("olga")
    page.locator("#searchbar").press("Enter")
    expect(page.locator("#result_list")).to_contain_text("Added")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export").click()
    assert "olga" in download.value.path().read_text("utf-8-sig")


def test_the_groups_can_be_compared(page, product):
    page.goto(f"{product.url}/auth/group/")
    row = page.get_by_role("row", name="Edit and send again")
    expect(row.get_by_role("cell")).to_have_text(["Edit and send again", "Yes", "No", "No"])
