"""Without a mouse: every task can be done with Tab, Enter, Space and letters, and one sees where
one is."""

import re

from playwright.sync_api import expect

from tests.exchange_emulator.emulator import DESK
from tests.whole.pages import a_button_says

FOCUS = """() => {
    const element = document.activeElement;
    const style = getComputedStyle(element);
    const around = getComputedStyle(element.parentElement ?? element);
    return style.outlineStyle !== "none" || around.outlineStyle !== "none"
        || style.boxShadow !== "none";
}"""


def tab_to(page, target, *, back=False):
    """Press Tab until the target has the focus; what has it is seen at each step."""
    expect(target).to_be_visible()
    for _press in range(120):
        if target.evaluate("element => element === document.activeElement"):
            assert page.evaluate(FOCUS), target
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"Tab never comes to {target}")


def press(page, target, key="Enter", **options):
    tab_to(page, target, **options)
    page.keyboard.press(key)


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def copy(page):
    tab_to(page, button(page, "Copy").first)
    with a_button_says(page, "Copied"):
        page.keyboard.press("Enter")


def sign_in_at_microsoft(page):
    press(page, page.get_by_role("button", name=DESK))
    accept = button(page, "Accept")
    back = page.get_by_role("heading", name="Message options")
    expect(accept.or_(back).first).to_be_visible()
    if accept.is_visible():
        press(page, accept)
    expect(back).to_be_visible()


def test_every_task_is_done_by_keyboard_alone(product, context):
    page = context.new_page()
    page.goto(product.url)
    tab_to(page, page.get_by_label("Username"))
    page.keyboard.type("admin")
    page.keyboard.press("Tab")
    page.keyboard.type(product.password)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="E-mail > Settings").first).to_be_visible()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('#content') !== null")

    press(page, page.get_by_role("link", name="E-mail > Settings").first)
    tab_to(page, page.get_by_label("Choose e-mail service"))
    page.keyboard.type("Exchange")
    press(page, page.locator("summary", has_text="Microsoft Entra application"))
    copy(page)
    press(page, button(page, "Sign in"))
    sign_in_at_microsoft(page)

    press(page, button(page, "Test Settings"))
    dialog = page.get_by_role("dialog", name="Send Test Message")
    expect(dialog.get_by_label("Recipient")).to_be_focused()
    for _press in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body"
            " || document.getElementById('test-dialog').contains(document.activeElement)"
        )
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(button(page, "Test Settings")).to_be_focused()

    page.keyboard.press("Enter")
    dialog.get_by_label("Recipient").press("Control+a")
    page.keyboard.type("alex@contoso.example")
    page.keyboard.press("Enter")
    expect(dialog.get_by_text("Test message has been sent")).to_be_visible()
    page.keyboard.press("Escape")
    press(page, button(page, "Save"), back=True)
    expect(page.get_by_text("The settings have been saved.")).to_be_visible()

    run_a_bulk_action(page, product)
    find_it_in_the_log(page)


def run_a_bulk_action(page, product):
    press(page, page.get_by_role("link", name="Notification Queue").first)
    press(page, button(page, "Pause"))
    expect(button(page, "Resume")).to_be_visible()
    product.manage("enqueue", "--to", "a@contoso.example", "--subject", "By key", "--text", "x")
    press(page, page.get_by_role("link", name="Notification Queue").first)
    press(page, page.locator(".action-select").first, "Space")
    press(page, page.locator("#changelist-actions").get_by_role("button", name="Send now"))
    expect(page.get_by_text("1 notification").first).to_be_visible()
    press(page, button(page, "Resume"))
    expect(button(page, "Pause")).to_be_visible()


def find_it_in_the_log(page):
    press(page, page.get_by_role("link", name="Logs").first)
    tab_to(page, page.get_by_label("Result"))
    page.keyboard.type("Accepted")
    press(page, button(page, "Search"), back=True)
    expect(page).to_have_url(re.compile("result=accepted"))
    press(page, page.locator("#result_list a").first)
    copy(page)
