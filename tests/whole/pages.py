"""Every page of the product, for what holds on all of them: the Administrator's, from the table of
tests/mailconnector/test_access.py, and the situations that take more than an address."""

import json
import re
from contextlib import contextmanager

from tests.mailconnector.test_access import TABLE
from tests.whole.test_story import sign_in

MAKE_ROWS = """
import json, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "mailconnector.settings"
django.setup()
from tests import factories
print("rows", json.dumps(factories.one_of_each()))
"""
_NO_PAGES = ("admin:jsi18n", "admin:search")  # parts of pages, and downloads
PAGES = {
    name: path
    for name, (path, get, _post) in TABLE.items()
    if get.endswith("200") and name not in _NO_PAGES
    and not name.startswith("api:") and not name.endswith("_export")
}  # fmt: skip

SIDEBAR = (
    "/", "/settings/email/", "/notifications/emailtemplate/", "/notifications/notification/",
    "/notifications/attempt/", "/auth/user/", "/auth/group/", "/notifications/apikey/",
    "/notifications/historicalemailsettings/",
)  # fmt: skip


def make_rows(product):
    """A row of each kind that has a page; gives their numbers."""
    process = product.popen("-c", MAKE_ROWS)
    output, _nothing = process.communicate(timeout=60)
    return json.loads(output.rpartition("rows ")[2])


def log_in(page, product):
    page.goto(product.url)
    page.get_by_label("Username").fill("admin")
    page.get_by_label("Password").fill(product.password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_load_state("networkidle")


# Unfold 0.91, on the page of an earlier version: its tab with a link binds a class to what
# only its tab with a menu defines.
_OF_UNFOLD = "actionDropdownOpen is not defined"

_REFUSED = "status of 422"  # what a test types wrong on purpose


@contextmanager
def complaints(page):
    """A list that fills with what the browser complains about: errors, what the policy stops."""
    found = []

    def add(text):
        if _OF_UNFOLD not in text and _REFUSED not in text:
            found.append(text)

    listeners = {
        "pageerror": lambda error: add(str(error)),
        "console": lambda message: add(message.text) if message.type == "error" else None,
        "requestfailed": lambda r: add(r.url) if "srcdoc" not in r.url else None,
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    yield found
    for event, listener in listeners.items():
        page.remove_listener(event, listener)


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


def _test_message(page, url):
    _test_dialog(page, url)
    page.get_by_role("dialog").get_by_role("button", name="OK").click()
    page.get_by_text("Test message has been sent").wait_for(timeout=30_000)


def _checked(page, url):
    page.goto(f"{url}/settings/email/checklist/")
    page.get_by_role("button", name="Check everything").click()
    page.get_by_text("Nothing wrong was found").wait_for()


def _key_made(page, url):
    page.goto(f"{url}/notifications/apikey/add/")
    page.get_by_label("Name").fill("Service desk")
    page.get_by_role("button", name="Save").first.click()
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


# In this order; each begins with the page that it needs.
SITUATIONS = {
    "settings, signed in but not saved": _signed_in,
    "settings, saved": _saved,
    "settings, all parts open": _everything_open,
    "settings, refused": _refused,
    "test dialog": _test_dialog,
    "test dialog, sent": _test_message,
    "checklist, checked": _checked,
    "API key, shown once": _key_made,
    "sidebar": _sidebar,
    "user menu": _user_menu,
}
WITH_ROWS = {"filters": _filters, "question before a deletion": _question}
