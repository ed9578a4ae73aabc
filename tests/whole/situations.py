"""The log-in, and parts of pages that take more than their address to see."""

import re

from tests.whole.pages import reloaded_until
from tests.whole.test_story import sign_in


def log_in(page, product, name="admin", password=""):
    page.goto(product.url)
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(password or product.password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_load_state("networkidle")


def _settings(page, url):
    page.goto(f"{url}/settings/email/")


def _signed_in(page, url):
    _settings(page, url)
    page.get_by_label("Choose e-mail service").select_option("exchange-online")
    page.get_by_label("'From' address delegation").check()
    page.get_by_role("button", name=re.compile("^(Sign in|Change)$")).click()
    sign_in(page)
    page.get_by_text("not saved yet").first.wait_for()


def _saved(page, url):
    _signed_in(page, url)
    page.get_by_role("button", name="Save").click()
    page.get_by_text("The settings have been saved.").wait_for()


def _changes_left(page, url):
    _settings(page, url)
    page.get_by_label("'From' e-mail address").fill("left@contoso.example")
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("link", name="Logs").first.click()
    page.wait_for_url("**/notifications/attempt/")
    _settings(page, url)
    reloaded_until(page, page.get_by_role("button", name="Discard"))


def _another_account(page, url):
    _settings(page, url)
    page.get_by_role("button", name="Change").click()
    sign_in(page, "alex@contoso.example")
    page.get_by_text("will take the place of").wait_for()


def _certificate_made(page, url):
    _everything_open(page, url)
    page.locator("#id_credential_1").check()
    page.get_by_role("button", name="Create certificate").click()
    page.get_by_text("The certificate has been created.").wait_for()
    page.get_by_text("Register it with a PowerShell script").click()


def _everything_open(page, url):
    _settings(page, url)
    page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")


def _refused(page, url):
    _settings(page, url)
    page.get_by_label("'From' e-mail address").fill("nobody")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").first.wait_for()


def _test_dialog(page, url):
    _settings(page, url)
    page.get_by_role("button", name="Test Settings").click()


def _test_failed(page, url):
    _test_dialog(page, url)
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("From (optional)").fill("ceo@contoso.example")
    dialog.get_by_role("button", name="OK").click()
    dialog.get_by_role("button", name="Try again").wait_for()
    page.locator("[data-test-ok]:enabled").wait_for(state="attached")


def _test_message(page, url):
    _test_dialog(page, url)
    page.get_by_role("dialog").get_by_role("button", name="OK").click()
    page.get_by_text("Test message has been sent").wait_for()
    # Its last step is shown a moment before the answer ends.
    page.locator("[data-test-ok]:enabled").wait_for(state="attached")


def _checked(page, url):
    page.goto(f"{url}/settings/email/checklist/")
    page.get_by_role("button", name="Check everything").click()
    # The page that shows the progress is not the last one.
    page.get_by_text("The certificates are trusted.").wait_for()


def _key_made(page, url):
    page.goto(f"{url}/notifications/apikey/add/")
    page.get_by_label("Name").fill("Service desk")
    page.get_by_role("button", name="Save").first.click()
    page.get_by_role("button", name="Copy").first.wait_for()


def _channel_refused(page, url):
    page.goto(f"{url}/notifications/alarmchannel/add/?kind=smtp")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_text("This field is required.").first.wait_for()


def _channel_made(page, url):
    page.goto(f"{url}/notifications/alarmchannel/add/?kind=webhook")
    page.locator("#id_name").fill("Service desk")
    page.locator("#id_alarm_url").fill("https://desk.contoso.example/alarms")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Copy").first.wait_for()


def _filters(page, url):
    page.goto(f"{url}/auth/user/")
    page.get_by_role("button", name="Filters").click()


def _sidebar(page, url):
    page.set_viewport_size({"width": 400, "height": 800})
    page.goto(url)
    page.get_by_role("button", name="Sidebar").first.click()


def _user_menu(page, url):
    page.goto(url)
    page.get_by_role("button", name="User menu").click()


def _question(page, url):
    page.goto(f"{url}/auth/group/")
    page.locator(".action-select").first.check()
    page.locator("select[name=action]").select_option("delete_selected")
    page.get_by_role("button", name="Run").click()


def _question_for_all_pages(page, url):
    page.goto(f"{url}/notifications/notification/")
    page.get_by_role("link", name="Retry this one").click()
    page.get_by_role("link", name="Cancel").wait_for()


# They run in this order; each begins with the page that it needs.
SITUATIONS = {
    "settings, signed in but not saved": _signed_in,
    "settings, saved": _saved,
    "settings, all parts open": _everything_open,
    "settings, changes left": _changes_left,
    "settings, another account": _another_account,
    "settings, certificate made": _certificate_made,
    "settings, refused": _refused,
    "test dialog": _test_dialog,
    "test dialog, failed": _test_failed,
    "test dialog, sent": _test_message,
    "checklist, checked": _checked,
    "API key, shown once": _key_made,
    "alarm channel, refused": _channel_refused,
    "alarm channel, its secret shown once": _channel_made,
    "sidebar": _sidebar,
    "user menu": _user_menu,
}
WITH_ROWS = {
    "filters": _filters,
    "question before a deletion": _question,
    "question before all pages are changed": _question_for_all_pages,
}
