"""Every page in German, for a browser that asks for it."""

import re
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.translation import trans_real

from notifications.models import Attempt, Notification
from tests import factories
from tests.mailconnector.access_table import TABLE
from tests.mailconnector.one_of_each import one_of_each
from tests.notifications.admin.browsing import form_of

pytestmark = pytest.mark.django_db

GERMAN = {"HTTP_ACCEPT_LANGUAGE": "de-AT,de;q=0.9,en;q=0.5"}
ADMINISTRATOR = 4
NO_PAGES = {
    # Scripts and files
    "admin:jsi18n", "admin:log_export", "admin:audit_export", "admin:template_export",
    "admin:notifications_suppression_export", "admin:notification_attachment",
    "admin:notification_raw", "admin:template_file", "admin:layout_file",
    "help_chapter",  # the documents are English
    # The history library's own words, on pages that no link leads to
    "admin:notifications_historicalemailsettings_history",
    "admin:notifications_historicalemailsettings_change",
}  # fmt: skip
# The choice of the language names each in its own. Django keeps the names of permissions in the
# database, in English; the history library writes None where no reason was given.
# Codes of languages and commands of PowerShell are no English words.
ALLOWED = re.compile(
    r"English|None|Benachrichtigungen \| .* \| .*|.* \((is|it)\)|(Set|Add)-[A-Z]\w+ .*"
)
SHOWN_ATTRIBUTES = ("title", "placeholder", "aria-label", "alt")
ENGLISH = re.compile(r"\b(the|is|are|of|and|this|with|you|your|from|have|has|will|it)\b", re.I)


class Texts(HTMLParser):
    """What a person reads: not code, not scripts, not what somebody has typed."""

    def __init__(self):
        super().__init__()
        self.open, self.found = [], []

    def handle_starttag(self, tag, attributes):
        is_icon = "material-symbols" in (dict(attributes).get("class") or "")
        if self.open or is_icon or tag in ("script", "style", "code", "pre", "textarea", "iframe"):
            self.open.append(tag)
        for name, value in attributes:
            is_data = name.startswith("data-") and " " in (value or "") and value[0] not in "[{"
            if value and (name in SHOWN_ATTRIBUTES or is_data):
                self.found.append(value)

    def handle_endtag(self, tag):
        if tag in self.open:
            del self.open[len(self.open) - 1 - self.open[::-1].index(tag) :]

    def handle_data(self, data):
        # The characters of a masked password are random, and may happen to be a word.
        if not self.open and data.strip() and "***" not in data:
            self.found.append(" ".join(data.split()))


@pytest.fixture
def browser():
    client = Client(**GERMAN)
    client.force_login(factories.user())
    return client


@pytest.fixture
def rows():
    """Rows whose own texts are no words of a language."""
    numbers = one_of_each()
    Notification.objects.update(subject="1", text="2", html="", initiator="3", error="")
    Attempt.objects.update(subject="1")
    return numbers


def english_in(page):
    """Texts that have a German translation, or that are English by their words."""
    parser = Texts()
    parser.feed(page)
    known = trans_real.translation("de")._catalog

    def is_translated(text):
        german = known.get(text) or known.get(f"{text}:")
        return isinstance(german, str) and german and german != text

    return [
        text
        for text in parser.found
        if (is_translated(text) or ENGLISH.search(text)) and not ALLOWED.fullmatch(text)
    ]


def pages():
    return [
        (name, path)
        for name, (path, get, _post) in TABLE.items()
        if get.split()[ADMINISTRATOR] == "200" and "api" not in path and name not in NO_PAGES
    ]


@pytest.mark.parametrize(("name", "path"), pages())
def test_a_page_has_no_english_text(browser, rows, name, path):
    answer = browser.get(path.format(**rows))
    assert answer.headers["Content-Language"] == "de"
    found = english_in(answer.content.decode())
    assert not found, found


def test_the_login_speaks_the_browsers_language():
    page = Client(**GERMAN).get("/login/").content.decode()
    assert english_in(page) == []
    assert '<html lang="de"' in page


def test_a_refusal_names_the_limit_in_german(browser, unconnected):
    factories.limit_attachments()
    template = factories.template(subject="S")
    big = SimpleUploadedFile("a.bin", b"x" * 2 * 1024 * 1024)

    page = f"/notifications/emailtemplate/{template.pk}/run/"
    answer = browser.post(page, form_of(browser, page) | {"files": big})

    assert "Die Benachrichtigung „S“ wurde nicht in die Warteschlange" in answer.content.decode()
    assert Attempt.objects.get().error.startswith("The notification “S” was not added")
    log = browser.get("/notifications/attempt/").content.decode()
    assert "Die Benachrichtigung „S“ wurde nicht in die Warteschlange" in log


def test_a_colour_does_not_depend_on_the_language(browser, rows):
    page = browser.get("/notifications/notification/").content.decode()
    label = re.search(r'<span class="([^"]+)"[^>]*>\s*Fehlgeschlagen\s*</span>', page)
    assert "mc-badge-failed" in label[1]


def test_the_language_that_was_chosen_counts_more_than_the_browsers(browser):
    answer = browser.post("/language/", {"language": "en", "next": "/settings/email/"})
    assert answer.url == "/settings/email/"
    assert browser.get("/settings/email/").headers["Content-Language"] == "en"


def test_the_choice_of_the_language_leads_to_pages_of_ours_only(browser):
    answer = browser.post("/language/", {"language": "en", "next": "https://evil.example/"})
    assert answer.url == "/"


def test_the_api_answers_in_english_whatever_is_asked_for():
    _key, token = factories.api_key(may_read=True)
    headers = {**GERMAN, "HTTP_AUTHORIZATION": f"Bearer {token}"}
    refused = Client(**headers).post(
        "/api/v1/messages", {"to": "nobody"}, content_type="application/json"
    )
    assert "is not an e-mail address" in refused.json()["detail"]
    assert refused.headers["Content-Language"] == "en"
    missing = Client(**headers).get("/api/v1/messages/9999")
    assert missing.json()["detail"].startswith("There is no such message")


def test_the_button_that_deletes_is_one_word(browser):
    layout = factories.layout()

    address = f"/notifications/emaillayout/{layout.pk}/"
    page = browser.get(f"{address}change/").content.decode()

    assert re.search(rf'href="{address}delete/"[^>]*>\s*Löschen\s*</a>', page)


def test_a_range_of_the_log_ends_at_a_time_and_not_at_a_recipient(browser):
    page = browser.get("/notifications/attempt/").content.decode()

    assert re.search(r'<label for="id_until"[^>]*>\s*Bis\s*<', page)
