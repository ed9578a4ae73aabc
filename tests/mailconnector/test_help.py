"""The help: docs/ as pages, for people who are logged in, and the chapter of each page."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from mailconnector.help import chapters, links
from tests import factories
from tests.mailconnector.access_table import TABLE

ADDRESS = re.compile(r'href="/help/([\w-]+)/(?:#([^"]+))?"|href="#([^"]+)"')
# These show no page of their own.
NO_PAGES = ("admin:jsi18n", "admin:search", "admin:autocomplete", "admin:login")
PAGES = [
    name
    for name, (_path, get, _post) in TABLE.items()
    if get.endswith("200") and not name.startswith("api") and name not in NO_PAGES
]


@pytest.fixture
def somebody(db):
    client = Client()
    client.force_login(factories.person("no rights"))
    return client


def test_every_document_is_a_chapter_that_is_read_in_the_product(somebody):
    files = {path.stem for path in Path(settings.BASE_DIR, "docs").glob("*.md")}

    assert set(chapters.FILES) == files
    for name in files:
        html = somebody.get(f"/help/{name}/").content.decode()
        assert chapters.chapter(name).title in html
        assert "<h2 id=" in html or name == "alarms"


@pytest.mark.parametrize("name", chapters.FILES)
def test_every_link_within_the_help_leads_to_a_heading(name):
    for chapter, anchor, own in ADDRESS.findall(chapters.chapter(name).html):
        target = chapters.chapter(chapter or name)
        assert not (anchor or own) or (anchor or own) in target.anchors, (chapter, anchor, own)


@pytest.mark.parametrize("place", links.CHAPTERS.values())
def test_the_chapter_of_a_page_exists_with_its_heading(place):
    name, _hash, anchor = place.partition("#")

    assert not anchor or anchor in chapters.chapter(name).anchors


@pytest.mark.parametrize("view", [name for name in PAGES if not name.startswith("help")])
def test_every_page_has_a_chapter_of_its_own(view):
    assert links.address(view) != links.address("")


def test_every_page_leads_to_its_chapter(somebody):
    html = somebody.get("/").content.decode()

    assert 'href="/help/using-it/#the-dashboard"' in html


def test_the_first_chapter_is_for_those_who_look_after_the_mail(somebody):
    assert somebody.get("/help/").url == "/help/using-it/"


@pytest.mark.parametrize("path", ["/help/", "/help/security/", "/help/nothing/"])
def test_strangers_read_nothing(db, path):
    assert Client().get(path).url.startswith("/login/")


@pytest.mark.parametrize("name", ["nothing", "README", "adr", "..", "..%2fREADME", "security.md"])
def test_no_other_file_is_reached(somebody, name):
    assert somebody.get(f"/help/{name}/").status_code == 404


def test_html_in_a_document_is_shown_as_text_and_files_elsewhere_are_no_links(
    monkeypatch, tmp_path
):
    document = tmp_path / "hostile.md"
    document.write_text(
        "# Title\n\n<script>alert(1)</script> [a](javascript:alert(1)) [b](../.env) ![c](c.png)"
    )
    monkeypatch.setitem(chapters.FILES, "hostile", document)
    chapters.titles.cache_clear()

    html = chapters.chapter("hostile").html

    chapters.chapter.cache_clear()
    chapters.titles.cache_clear()
    assert "<script" not in html
    assert "href" not in html
    assert "<img" not in html
    assert "<span>b</span>" in html
