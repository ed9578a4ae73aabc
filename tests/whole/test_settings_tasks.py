"""What people do to a settings page in a browser: two tabs, double clicks, Back, reload;
and the dashboard that comes of it."""

import re

import pytest
from playwright.sync_api import expect

from tests.exchange_emulator.emulator import DESK
from tests.whole.pages import reloaded_until

SAVED = "The settings have been saved."


@pytest.fixture
def settings(page, product):
    page.goto(f"{product.url}/settings/email/")
    return page


def save(page):
    page.get_by_role("button", name="Save").click()


def connect(page):
    """Sign in and save, unless an earlier test did."""
    page.get_by_label("Choose e-mail service").select_option("exchange-online")
    page.get_by_role("button", name=re.compile("Sign in|Change")).click()
    page.get_by_role("button", name=DESK).click()
    accept = page.get_by_role("button", name="Accept")
    back = page.get_by_role("heading", name="Message options")
    expect(accept.or_(back).first).to_be_visible()
    if accept.is_visible():
        accept.click()
    expect(page.get_by_text("(not saved yet)")).to_be_visible()
    save(page)
    expect(page.get_by_text(SAVED)).to_be_visible()


def test_a_new_installation_says_what_to_do_and_then_shows_what_left(page, product):
    expect(page.get_by_role("heading", name="What to do next")).to_be_visible()
    page.get_by_role("link", name="E-mail > Settings").last.click()
    connect(page)
    product.manage("enqueue", "--to", "a@contoso.example", "--subject", "Hi", "--text", "Hello")
    page.get_by_role("link", name="Dashboard").first.click()
    row = page.get_by_role("listitem").filter(
        has_text="Accepted by Microsoft", has=page.get_by_role("link", name="Hi")
    )

    expect(reloaded_until(page, row)).to_be_visible()

    chart = page.get_by_role("img", name="In the last 24 hours")
    hours = chart.evaluate("canvas => Chart.getChart(canvas).data.datasets[0].data")
    assert sum(hours) == 1
    page.get_by_text("As a table").first.click()
    table = page.get_by_role("table", name="In the last 24 hours")
    expect(table.get_by_role("cell", name="1", exact=True).first).to_be_visible()
    expect(page.get_by_text("Median")).to_be_visible()


def test_of_two_tabs_the_second_learns_what_the_first_saved(settings, page):
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("Character set").select_option("koi8-r")
    save(other)
    expect(other.get_by_text(SAVED)).to_be_visible()

    settings.get_by_label("'From' e-mail address").fill("second@contoso.example")
    save(settings)

    alert = settings.get_by_role("alert").filter(has_text="saved these settings")
    expect(alert).to_contain_text("Character set: Cyrillic (KOI8-R)")
    expect(settings.get_by_label("'From' e-mail address")).to_have_value("second@contoso.example")
    save(settings)
    expect(settings.get_by_text(SAVED)).to_be_visible()


def test_a_double_click_saves_once(settings, page, product):
    settings.get_by_label("'From' e-mail address").fill("double@contoso.example")
    settings.get_by_role("button", name="Save").dblclick()

    expect(settings.get_by_text(SAVED)).to_be_visible()
    page.goto(f"{product.url}/notifications/historicalemailsettings/")
    expect(page.get_by_text("double@contoso.example")).to_have_count(1)


def test_back_after_save_shows_what_is_saved(settings):
    settings.get_by_label("'From' e-mail address").fill("back@contoso.example")
    save(settings)
    expect(settings.get_by_text(SAVED)).to_be_visible()

    settings.go_back()

    expect(settings.get_by_label("'From' e-mail address")).to_have_value("back@contoso.example")
    expect(settings.get_by_text("Unsaved changes")).to_be_hidden()
    settings.get_by_label("Messages a minute").evaluate(
        "field => field.closest('details').open = true"
    )
    settings.get_by_label("Messages a minute").fill("29")
    save(settings)
    expect(settings.get_by_text(SAVED)).to_be_visible()


def test_check_now_ends_on_the_page_and_a_reload_does_not_repeat_it(settings, product):
    connect(settings)
    settings.get_by_label("'From' e-mail address").fill("unsaved@contoso.example")
    settings.get_by_role("button", name="Check now").click()
    told = settings.get_by_text("The sign-in was renewed and the mailbox")
    expect(told).to_be_visible()
    assert "/check/" not in settings.url
    posts = []
    settings.on("request", lambda r: posts.append(r.url) if r.method == "POST" else None)
    settings.once("dialog", lambda dialog: dialog.accept())

    settings.reload()

    expect(told).to_be_hidden()
    expect(settings.get_by_label("'From' e-mail address")).to_have_value("unsaved@contoso.example")
    expect(settings.get_by_text("Unsaved changes")).to_be_visible()
    assert posts == []


def test_a_session_that_ends_at_microsoft_leads_to_the_login_and_back_to_the_sign_in(
    settings, product
):
    settings.get_by_label("'From' e-mail address").fill("kept@contoso.example")
    settings.get_by_role("button", name=re.compile("Sign in|Change")).click()
    expect(settings.get_by_role("button", name=DESK)).to_be_visible()
    settings.context.clear_cookies(name="mailconnector_session")
    settings.get_by_role("button", name=DESK).click()
    accept = settings.get_by_role("button", name="Accept")
    login = settings.get_by_label("Username")
    expect(accept.or_(login).first).to_be_visible()
    if accept.is_visible():
        accept.click()

    login.fill("admin")
    settings.get_by_label("Password").fill(product.password)
    settings.get_by_role("button", name="Log in").click()

    expect(settings.get_by_text(f"Signed in as {DESK} (not saved yet).")).to_be_visible()
    expect(settings.get_by_label("'From' e-mail address")).to_have_value("kept@contoso.example")


def test_on_a_narrow_page_the_history_names_its_columns(settings, product):
    settings.set_viewport_size({"width": 400, "height": 800})
    settings.goto(f"{product.url}/notifications/historicalemailsettings/")

    cells = settings.locator("#result_list tbody tr").first.locator("[data-label]")

    labels = cells.evaluate_all("cells => cells.map(cell => cell.dataset.label)")
    assert labels == ["Time", "Who", "What changed"]
