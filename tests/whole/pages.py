"""The address of every page that the Administrator gets, from
tests/mailconnector/access_table.py."""

import json
from contextlib import contextmanager

from tests.mailconnector.access_table import TABLE
from tests.waiting import PATIENCE, wait_until

MAKE_ROWS = """
import json, os, django
os.environ["DJANGO_SETTINGS_MODULE"] = "mailconnector.settings"
django.setup()
from notifications import outbox
from tests import factories
from tests.mailconnector.one_of_each import one_of_each
outbox.pause(by="megan")  # else a worker takes what the rows are made of
factories.person("Auditor")
print("rows", json.dumps(one_of_each()))
"""
# These are parts of pages, and downloads.
_NO_PAGES = (
    "admin:jsi18n",
    "admin:search",
    "admin:notification_attachment",
    "admin:notification_raw",
    "admin:template_file",
    "admin:layout_file",
)
PAGES = {
    name: path
    for name, (path, get, _post) in TABLE.items()
    if get.endswith("200") and name not in _NO_PAGES
    and not name.startswith("api:") and not name.endswith("_export")
}  # fmt: skip
OF_AUDITOR = [name for name in PAGES if TABLE[name][1].split()[2] == "200"]

SIDEBAR = (
    "/", "/settings/email/", "/notifications/smtpclient/listener/",
    "/notifications/emailtemplate/", "/notifications/notification/", "/notifications/attempt/",
    "/notifications/bounce/",
    "/auth/user/", "/auth/group/", "/settings/log-in/", "/notifications/apikey/",
    "/notifications/alarmchannel/", "/notifications/auditevent/",
    "/notifications/historicalemailsettings/",
)  # fmt: skip


def make_rows(product):
    """Make a row of each kind that has a page, and an auditor; return the rows' numbers."""
    process = product.popen("-c", MAKE_ROWS)
    output, _nothing = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, output
    return json.loads(output.rpartition("rows ")[2])


# Unfold 0.91, on the page of an earlier version: its tab with a link binds a class to what
# only its tab with a menu defines.
_OF_UNFOLD = "actionDropdownOpen is not defined"

_REFUSED = "status of 422"  # what a test types wrong on purpose

# The end of a streamed answer reaches a page by one way and Chromium's network log by another. On a
# busy machine the page has read all of it first, and the log tells the request as aborted. Whether
# the answer broke off is seen on the page, which shows its last step only then.
_STREAMED = (
    "/settings/email/test/ net::ERR_ABORTED",
    "/settings/email/checklist/ net::ERR_ABORTED",
)
# Left while it asked for the script that follows what is typed, or for what is new in the queue:
# nobody needs the answer.
_LEFT = (
    "/settings/email/register.ps1 net::ERR_ABORTED",
    "/notifications/notification/ net::ERR_ABORTED",
)

_NOTICE = """(words) => {
    window.noticed = false;
    new MutationObserver(() => {
        const buttons = [...document.querySelectorAll("button")];
        window.noticed ||= buttons.some((button) => button.textContent.trim() === words);
    }).observe(document.body, { childList: true, subtree: true });
}"""


def reloaded_until(page, locator):
    """Another process or request writes it: read the page again until it is there."""

    def is_there():
        page.reload()
        return locator.count()

    assert wait_until(is_there), f"{locator} is not there"
    return locator


@contextmanager
def a_button_says(page, words):
    """Wait until a button says this because of what is done. A moment is enough: it is watched."""
    page.evaluate(_NOTICE, words)
    yield
    page.wait_for_function("() => window.noticed")


@contextmanager
def complaints(page):
    """Yield a list that fills with the browser's complaints: errors, and what the policy stops."""
    found = []

    def add(text):
        if not any(known in text for known in (_OF_UNFOLD, _REFUSED, *_LEFT, *_STREAMED)):
            found.append(text)

    listeners = {
        "pageerror": lambda error: add(str(error)),
        "console": lambda message: add(message.text) if message.type == "error" else None,
        "requestfailed": lambda r: (
            add(r.url + " " + str(r.failure)) if "srcdoc" not in r.url else None
        ),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    yield found
    for event, listener in listeners.items():
        page.remove_listener(event, listener)
