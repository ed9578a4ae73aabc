"""Each way in, as people go it in a browser; and what is left of it in the files and the output.

What a way in refuses: test_refused_ways_in.py.
"""

import re
import sqlite3

import pytest
from playwright.sync_api import expect

from tests.people.codes import code, wrong_code
from tests.whole.conftest import make, new_context
from tests.whole.test_quality import faults

NEW = "a-passphrase-of-adele-4"
COOKIE = "mailconnector_session"


@pytest.fixture
def stranger(product, context):
    """A browser in which nobody has logged in."""
    page = context.new_page()
    page.goto(product.url)
    return page


def log_in(page, name, password):
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def log_out(page):
    page.locator("form[action='/logout/']").first.evaluate("form => form.submit()")
    expect(page.get_by_role("heading", name="You are logged out")).to_be_visible()


def choose(page, account):
    page.get_by_role("button", name=account).click()


def files_of(product):
    """All that is in the data folder: database, its journal, keys, and what processes have left."""
    return b"".join(path.read_bytes() for path in product.folder.rglob("*") if path.is_file())


def cookie_of(page):
    return next(each["value"] for each in page.context.cookies() if each["name"] == COOKIE)


def is_nowhere(product, *secrets):
    kept, said = files_of(product), product.output + "".join(product.left_over())
    return not any(each.encode() in kept or each in said for each in secrets)


def test_somebody_signs_in_with_microsoft_and_out_of_both(product, stranger):
    stranger.get_by_role("button", name="Sign in with Microsoft").click()
    choose(stranger, "alex@contoso.example")
    expect(stranger.get_by_role("link", name="Notification Queue").first).to_be_visible()
    expect(stranger.get_by_role("link", name="Users")).to_have_count(0)
    assert is_nowhere(product, cookie_of(stranger))

    stranger.goto(f"{product.url}/account/")
    expect(stranger.get_by_text("You sign in with Microsoft.")).to_be_visible()
    assert faults(stranger) == []
    log_out(stranger)
    assert faults(stranger) == []
    stranger.get_by_role("link", name="Sign out of Microsoft").click()

    expect(stranger.get_by_text("You signed out of your account")).to_be_visible()


def test_somebody_without_a_role_is_told_whom_to_ask(product, stranger):
    stranger.get_by_role("button", name="Sign in with Microsoft").click()
    choose(stranger, "servicedesk@contoso.example")

    expect(stranger.get_by_role("alert")).to_contain_text("has given you no role")
    expect(stranger.get_by_text("Ask an Entra administrator")).to_be_visible()
    assert faults(stranger) == []
    stranger.get_by_role("link", name="Log-in page").click()
    expect(stranger.get_by_role("button", name="Sign in with Microsoft")).to_be_visible()


def test_microsoft_asks_again_before_people_are_changed(product, stranger):
    stranger.get_by_role("button", name="Sign in with Microsoft").click()
    choose(stranger, "admin@contoso.example")
    expect(stranger.get_by_role("link", name="Users")).to_be_visible()
    grow_old(product)

    stranger.goto(f"{product.url}/auth/user/add/")
    assert faults(stranger) == []
    stranger.get_by_role("button", name="Sign in with Microsoft").click()
    choose(stranger, "admin@contoso.example")

    expect(stranger).to_have_url(f"{product.url}/auth/user/add/")


def grow_old(product):
    """Let everybody have proved long ago who they are."""
    with sqlite3.connect(product.folder / "mailconnector.sqlite3", timeout=60) as database:
        database.execute("UPDATE people_session SET proved_at = '2020-01-01 00:00:00'")


def test_a_colleague_is_invited_and_sets_up_a_second_factor(page, product, browser):
    page.goto(f"{product.url}/auth/user/add/")
    page.get_by_label("Username").fill("adele")
    page.get_by_role("radio", name=re.compile("^Operator")).check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Create a one-time link").click()
    link = page.get_by_label("Link", exact=True).input_value()
    assert faults(page) == []

    context = new_context(browser)
    adele = context.new_page()
    adele.goto(link)
    expect(adele.get_by_label("Code")).to_have_value(link.partition("#")[2])
    assert "#" not in adele.url
    adele.locator("#id_new_password1").fill(NEW)
    adele.locator("#id_new_password2").fill(NEW)
    assert faults(adele) == []
    adele.get_by_role("button", name="Set password").click()
    log_in(adele, "adele", NEW)
    adele.goto(f"{product.url}/account/")
    adele.get_by_role("link", name="Set up an authenticator app").click()
    key = adele.locator("code").first.inner_text()
    adele.get_by_label("Code that the app shows").fill(wrong_code(key))
    adele.get_by_role("button", name="Turn on").click()
    expect(adele.get_by_text("Incorrect code")).to_be_visible()
    adele.get_by_label("Code that the app shows").fill(code(key))
    adele.get_by_role("button", name="Turn on").click()
    recovery = re.findall(r"\d{8}", adele.locator("#recovery-codes").inner_text())
    assert len(recovery) == 10
    assert faults(adele) == []
    log_out(adele)

    adele.goto(product.url)
    log_in(adele, "adele", NEW)
    expect(adele.get_by_label("Code")).to_be_visible()
    assert faults(adele) == []
    adele.get_by_label("Code").fill(wrong_code(key))
    adele.get_by_role("button", name="Log in").click()
    expect(adele.get_by_text("Incorrect code")).to_be_visible()
    adele.get_by_label("Code").fill(recovery[0])
    adele.get_by_role("button", name="Log in").click()
    adele.goto(f"{product.url}/account/")
    expect(adele.get_by_text("Authenticator app, 9 recovery codes left")).to_be_visible()
    adele.get_by_role("link", name="Turn off the second factor").click()
    assert faults(adele) == []

    secrets = (cookie_of(adele), key, *recovery, link.partition("#")[2], NEW)
    assert is_nowhere(product, *secrets)
    assert product.manage("reset_second_factor", "adele")[0] == 0
    adele.goto(f"{product.url}/account/")
    expect(adele.get_by_label("Username")).to_be_visible()
    context.close()


def test_somebody_ends_the_session_that_they_left_elsewhere(page, product, browser):
    elsewhere = new_context(browser)
    other = elsewhere.new_page()
    other.goto(product.url)
    log_in(other, "admin", product.password)
    expect(other.get_by_role("link", name="Users")).to_be_visible()

    page.goto(f"{product.url}/account/")
    page.get_by_role("button", name="End all other sessions").click()
    expect(page.get_by_text("All other sessions have ended.")).to_be_visible()

    other.goto(product.url)
    expect(other.get_by_label("Username")).to_be_visible()
    elsewhere.close()


def test_an_emergency_account_logs_in_and_sets_off_an_alarm(tmp_path, browser):
    product = make(tmp_path / "data")
    product.environment["MAILCONNECTOR_PASSWORD_LOGIN"] = "no"
    product.start()
    context = new_context(browser)
    try:
        page = context.new_page()
        page.goto(product.url)
        expect(page.get_by_label("Username")).to_be_hidden()
        page.get_by_text("Emergency account").click()
        assert faults(page) == []
        log_in(page, "admin", product.password)
        page.goto(f"{product.url}/notifications/alarmchannel/")

        expect(page.get_by_text("An emergency account has logged in")).to_be_visible()
    finally:
        context.close()
        product.stop()
