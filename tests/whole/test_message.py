"""What the service desk asks about one message, in a real browser, and how many clicks it takes."""

import re
from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.waiting import wait_until
from tests.whole import situations
from tests.whole.conftest import new_context
from tests.whole.pages import reloaded_until

LONG = "anna-katharina.of.the.castle@international.contoso.example"
MAIL = (("Toner is empty", "a@contoso.example"),) + 2 * (("Door is open", "a@contoso.example"),)


@pytest.fixture(scope="module")
def sent(product, browser):
    """Connect the product, and let it send some messages."""
    context = new_context(browser)
    page = context.new_page()
    situations.log_in(page, product)
    situations.SITUATIONS["settings, saved"](page, product.url)
    for subject, to in (*MAIL, ("Far away", LONG)):
        product.manage("enqueue", "--to", to, "--subject", subject, "--text", "Hello")
    page.goto(f"{product.url}/notifications/attempt/?result=accepted")
    reloaded_until(page, page.locator(".mc-entry-link").nth(len(MAIL)))
    context.close()


@pytest.fixture
def clicks(page):
    """Count what a person presses with the mouse."""
    found = []
    page.expose_function("counted", lambda: found.append(1))
    # Enter in a form clicks its button, without a mouse.
    page.add_init_script("addEventListener('click', (e) => e.detail && window.counted(), true)")
    page.reload()
    return found


def look_up(page, words):
    """Search the log and open what is found, with a click for each page."""
    page.get_by_role("link", name="Logs").first.click()
    page.get_by_role("searchbox", name="Search").fill(words)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("q="))
    page.locator(".mc-entry-link").first.click()


def test_did_she_get_it_takes_two_clicks(page, sent, clicks):
    look_up(page, "toner a@contoso.example")

    expect(page.locator(".mc-subject")).to_have_text("Toner is empty")
    expect(page.locator(".mc-timeline")).to_contain_text("Accepted by Microsoft")
    expect(page.get_by_text("First check the inbox of")).to_be_visible()
    expect(page.get_by_label("Message trace")).to_have_value(re.compile("^Get-MessageTraceV2 "))
    assert len(clicks) == 2


def test_she_got_it_twice_takes_two_clicks(page, sent, clicks):
    look_up(page, "door")

    heading = page.get_by_role("heading", name="Sent alike to the same recipient in 24 hours")
    expect(heading).to_be_visible()
    expect(page.locator(".mc-related").get_by_role("link", name="Door is open")).to_have_count(1)
    assert len(clicks) == 2


def test_each_view_of_a_message_opens_by_its_tab(page, sent):
    look_up(page, "toner")

    for name, words in (("Raw", "Message-ID: <"), ("Headers", "Subject: Toner is empty")):
        page.get_by_role("link", name=name, exact=True).click()
        expect(page.locator("pre.mc-code")).to_contain_text(words)
    page.get_by_role("link", name="Raw", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download .eml").click()
    assert download.value.suggested_filename.endswith(".eml")


def test_a_double_click_sends_one_copy(page, product, sent):
    look_up(page, "toner")
    before = len(product.messages())

    page.get_by_role("link", name="Resend").click()
    page.get_by_label("Another address").first.check()
    page.get_by_role("textbox", name="Another address").fill("jo@contoso.example")
    page.get_by_role("button", name="Resend").dblclick()

    expect(page.get_by_text("Queued again as a new notification.")).to_be_visible()
    assert wait_until(lambda: len(product.messages()) > before)
    page.get_by_role("link", name=re.compile("^resent from")).click()
    expect(page.locator(".mc-related").first.get_by_role("listitem")).to_have_count(1)


def test_what_is_edited_is_not_left_without_a_question(page, product, sent):
    page.goto(f"{product.url}/notifications/notification/1/edit/")
    page.get_by_label("Subject").fill("Toner has come")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("link", name="Logs").first.click()

    expect(page.get_by_label("Subject")).to_have_value("Toner has come")
    page.get_by_label("To", exact=True).fill("nobody")
    page.get_by_role("button", name="Send").click()
    page.get_by_role("alert").first.wait_for()
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("link", name="Logs").first.click()
    expect(page.get_by_label("Subject")).to_have_value("Toner has come")


def test_a_line_of_the_log_is_opened_by_the_keyboard(page, product, sent):
    page.goto(f"{product.url}/notifications/attempt/?q=toner")
    page.locator(".mc-entry-link").first.focus()
    page.keyboard.press("Enter")

    expect(page.locator(".mc-subject")).to_have_text("Toner is empty")


def test_a_message_is_one_line_of_the_log(page, product, sent):
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{product.url}/notifications/attempt/?q=toner&result=accepted")

    cell = page.locator("tbody .mc-entry-subject")
    expect(cell.first).to_be_visible()
    assert max(each.bounding_box()["height"] for each in cell.all()) < 30


@pytest.mark.parametrize("width", [1920, 1280, 1024, 800, 400])
def test_no_address_is_broken_within_a_word(page, product, sent, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{product.url}/notifications/attempt/?q=castle")

    lines = page.locator(".mc-entry-to span").first.evaluate(LINES)

    assert "".join(lines) == LONG
    for end, begin in pairwise(lines):
        assert end.endswith("@") or begin.startswith("."), lines


# The text of each line in which the browser shows an element.
LINES = """(element) => {
    const lines = new Map();
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode())
        for (let at = 0; at < node.length; at++) {
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            const top = Math.round(range.getBoundingClientRect().top);
            lines.set(top, (lines.get(top) ?? "") + node.data[at]);
        }
    return [...lines.values()];
}"""
