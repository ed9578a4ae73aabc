"""Whoever leaves a page with something typed on it is asked, in a real browser."""

import pytest
from playwright.sync_api import expect

from tests.whole.test_action import fill_in, write_template
from tests.whole.test_template_story import ADD, write

SMTP = "/notifications/smtpclient/listener/"


def questions_when_left(page):
    asked = []

    def answer(dialog):
        asked.append(dialog.type)
        dialog.accept()

    page.on("dialog", answer)
    page.get_by_role("link", name="Notification Queue").first.click()
    page.wait_for_url("**/notification/")
    return asked


def test_what_was_typed_in_the_editor(page, product):
    page.goto(product.url + ADD)
    write(page)

    assert questions_when_left(page) == ["beforeunload"]


@pytest.mark.parametrize("button", ["Add language", "Save"])
def test_what_came_back_unsaved(page, product, button):
    page.goto(product.url + ADD)
    page.get_by_label("Subject").first.fill("{% include 'x' %}")
    page.get_by_role("button", name=button, exact=True).click()
    page.locator(".errornote, [data-not-saved]").first.wait_for(state="attached")

    assert questions_when_left(page) == ["beforeunload"]


def test_what_was_typed_for_the_smtp_listener(page, product):
    page.goto(product.url + SMTP)
    page.get_by_label("Largest message").fill("0")

    assert questions_when_left(page) == ["beforeunload"]


def test_what_the_smtp_listener_does_not_take(page, product):
    page.goto(product.url + SMTP)
    page.get_by_label("Largest message").fill("0")
    page.get_by_role("button", name="Save").click()
    page.locator("[aria-invalid='true']").wait_for()

    assert questions_when_left(page) == ["beforeunload"]


def shown_before_it_is_sent(page, product, name):
    """Let an action show its message; return the button that sends it."""
    write_template(page, product, name)
    page.get_by_role("link", name="Run action").click()
    fill_in(page)
    page.get_by_role("button", name="Show message").click()
    return page.get_by_role("button", name="Send", exact=True)


def test_the_values_of_an_action_until_it_is_run(page, product):
    shown_before_it_is_sent(page, product, "Not run yet").wait_for()

    assert questions_when_left(page) == ["beforeunload"]


def test_an_action_that_was_run_asks_nothing(page, product):
    shown_before_it_is_sent(page, product, "Run at once").click()
    expect(page.get_by_text("Queued:")).to_be_visible()

    assert questions_when_left(page) == []
