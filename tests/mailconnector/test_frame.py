"""What goes around every page: the path in the header, <main>, the footer; icons are no words."""

import re
from html import unescape

import pytest
from django.template import engines
from django.test import Client

from mailconnector.frame.icons import without_words
from tests import factories
from tests.mailconnector.one_of_each import one_of_each

pytestmark = pytest.mark.django_db
ICON_WITH_TEXT = re.compile(r"<\w+[^>]*material-symbols-outlined[^>]*>\s*[^<\s]")
TAG = re.compile(r"<[^>]+>")


@pytest.fixture
def administrator(db):
    client = Client()
    client.force_login(factories.person("Administrator"))
    return client


@pytest.fixture
def rows(db):
    return one_of_each()


def path_of(response):
    """The steps of the header's path, and the page's heading."""
    html = response.content.decode()
    nav = re.search(r'<nav class="mc-path".*?</nav>', html, re.DOTALL)
    heading = re.search(r"<h1 .*?</h1>", html, re.DOTALL)
    steps = [text.strip() for text in TAG.split(nav[0] if nav else "") if text.strip()]
    return [unescape(text) for text in (*steps, TAG.sub("", heading[0]).strip())]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/", ["Dashboard"]),
        ("/notifications/notification/", ["Notifications", "Notification Queue"]),
        ("/notifications/attempt/", ["Notifications", "Outgoing Notifications Log"]),
        ("/settings/email/", ["Notifications", "E-mail > Settings"]),
        ("/settings/email/checklist/", ["Notifications", "E-mail > Settings", "Setup checklist"]),
        ("/notifications/apikey/", ["Administration", "API keys"]),
        ("/notifications/apikey/add/", ["Administration", "API keys", "New API key"]),
        ("/notifications/historicalemailsettings/", ["Administration", "Settings history"]),
        ("/notifications/emailtemplate/add/",
         ["Notifications", "E-mail Notifications", "New E-mail Notification"]),
        ("/auth/user/{user}/change/", ["Administration", "Users", "target"]),
        ("/auth/user/{user}/history/",
         ["Administration", "Users", "target", "Change history: target"]),
        ("/auth/user/{user}/delete/", ["Administration", "Users", "target", "Delete"]),
        ("/help/using-it/", ["Help", "Using it"]),
        ("/password_change/", ["Password change"]),
    ],
)  # fmt: skip
def test_the_header_shows_where_a_page_is_in_the_sidebar(administrator, rows, path, expected):
    assert path_of(administrator.get(path.format(**rows))) == expected


def test_a_list_leads_to_the_page_of_a_new_row_by_its_name_and_that_page_does_not(administrator):
    button = re.compile(r'<a href="/auth/group/add/"[^>]*>.*?New group', re.DOTALL)

    assert button.search(administrator.get("/auth/group/").content.decode())
    assert not button.search(administrator.get("/auth/group/add/").content.decode())


@pytest.mark.parametrize("model", ["bounce", "suppression", "callback"])
def test_what_nobody_changes_offers_no_history(administrator, rows, model):
    address = f"/notifications/{model}/{rows[model]}/"

    assert f"{address}history/" not in administrator.get(f"{address}change/").content.decode()


@pytest.mark.parametrize(
    "path", ["/", "/auth/user/", "/auth/user/add/", "/settings/email/", "/auth/user/{user}/delete/"]
)
def test_a_page_has_one_main_and_says_the_zone_once(administrator, rows, path):
    administrator.cookies["mailconnector_timezone"] = "Europe/Berlin"

    html = administrator.get(path.format(**rows)).content.decode()

    assert html.count("<main") == html.count("</main>") == 1
    assert html.count("Times are in Europe/Berlin.") == 1


def test_the_login_page_has_main_and_greets_nobody_back():
    html = Client().get("/login/").content.decode()

    assert html.count("<main") == 1
    assert "Welcome" not in html


@pytest.mark.parametrize("path", ["/", "/login/", "/auth/user/", "/auth/user/add/"])
def test_no_icon_has_its_name_in_the_text(administrator, path):
    assert not ICON_WITH_TEXT.search(administrator.get(path).content.decode())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('<div class="material-symbols-outlined">\n add\n</div>',
         '<div class="material-symbols-outlined" data-icon="add" aria-hidden="true"></div>'),
        ('<span class="material-symbols-outlined">{% if a == "b" %}c{% endif %}</span>',
         '<span class="material-symbols-outlined"'
         " data-icon='{% if a == \"b\" %}c{% endif %}' aria-hidden=\"true\"></span>"),
        ('<span class="material-symbols-outlined"><span x-text="a"></span></span>',
         '<span class="material-symbols-outlined" x-bind:data-icon="a" aria-hidden="true"></span>'),
        ('<span class="material-symbols-outlined" x-on:click="b" x-text="a"></span>',
         '<span class="material-symbols-outlined" x-on:click="b" x-bind:data-icon="a"></span>'),
        ('<span class="other">add</span>', '<span class="other">add</span>'),
    ],
)  # fmt: skip
def test_the_name_of_an_icon_moves_into_an_attribute(source, expected):
    assert without_words(source) == expected


@pytest.mark.parametrize(
    ("path", "words"),
    [
        (
            "/auth/group/?q=nobody",
            ["No results.", "Nothing matches the search and the filters.", 'href="?"'],
        ),
        (
            "/notifications/emaillayout/",
            ["No results.", "There is nothing here yet. Create the first one.", "New layout"],
        ),
        ("/notifications/bounce/", ["No results.", "There is nothing here yet."]),
        ("/notifications/notification/?tab=scheduled", ["Nothing is scheduled for later."]),
        ("/notifications/notification/?tab=scheduled&q=x", ["No results.", "Nothing matches"]),
    ],
)
def test_an_empty_list_says_what_to_do_next(administrator, path, words):
    html = administrator.get(path).content.decode()

    assert [text for text in words if text not in html] == []


def test_every_template_with_an_icon_is_understood():
    """A new version of Unfold may write one in another way."""
    loader = engines["django"].engine.template_loaders[0]
    found = 0
    for folder in {path for each in loader.loaders for path in each.get_dirs()}:
        for file in folder.rglob("*.html"):
            html = without_words(file.read_text(encoding="utf-8"))
            found += html.count("data-icon=")
            assert not ICON_WITH_TEXT.search(html), file
            assert 'x-text="' not in "".join(re.findall(r"<[^>]*symbols-outlined[^>]*>", html)), (
                file
            )
    assert found > 50
