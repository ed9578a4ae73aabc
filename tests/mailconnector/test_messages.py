"""The catalog of German texts: complete, and what the source and the compiled file say."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest
import unfold
from django.conf import settings
from django.utils.translation import trans_real

ROOT = settings.BASE_DIR
FOLDER = ROOT / "locale" / "de" / "LC_MESSAGES"
SOURCES = ("mailconnector", "notifications", "settings_ui", "people", "templates", "locale", ".ci")
TRANSLATED = re.compile(r"""\{% trans(?:late)? (["'])(.+?)\1""")
PLACEHOLDER = re.compile(r"%\(\w+\)[.\d]*[sdf]|%%|%s|\{\{?[\w. ]*\}?\}|</?\w+[^>]*>|&\w+;")


@pytest.fixture(scope="module")
def catalog():
    return polib.pofile(FOLDER / "django.po")


def placeholders(text):
    return sorted(PLACEHOLDER.findall(text))


def test_every_text_is_translated_and_none_is_in_doubt(catalog):
    assert [entry.msgid for entry in catalog.untranslated_entries()] == []
    assert [entry.msgid for entry in catalog.fuzzy_entries()] == []
    assert [entry.msgid for entry in catalog.obsolete_entries()] == []


def test_a_translation_has_the_placeholders_of_its_text(catalog):
    for entry in catalog:
        pairs = [(entry.msgid, entry.msgstr)]
        if entry.msgid_plural:
            one, many = entry.msgstr_plural.values()
            pairs = [(entry.msgid, one), (entry.msgid_plural, many)]
        for text, german in pairs:
            # What people replace themselves is translated: Name <user@domain>
            english = text.replace("user@domain", "benutzer@domäne")
            assert placeholders(german) == placeholders(english), entry.msgid


def test_the_compiled_catalog_says_what_the_text_says(catalog):
    compiled = polib.mofile(FOLDER / "django.mo")
    assert {(e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in compiled} == {
        (e.msgctxt, e.msgid): (e.msgstr, e.msgstr_plural) for e in catalog
    }


def test_the_catalog_is_what_make_messages_makes_of_the_source(tmp_path):
    for name in SOURCES:
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "manage.py", tmp_path)
    script = [sys.executable, ".ci/messages.py"]
    subprocess.run(script, cwd=tmp_path, check=True, capture_output=True)
    made = tmp_path / FOLDER.relative_to(ROOT) / "django.po"
    assert made.read_text() == (FOLDER / "django.po").read_text(), "run “make messages”"


def test_unfolds_texts_are_in_the_catalog_or_come_with_django():
    known = trans_real.translation("de")._catalog
    templates = Path(unfold.__file__).parent
    places = [templates / "templates", templates / "contrib" / "simple_history"]
    found = {
        text
        for place in places
        for page in place.rglob("*.html")
        for _quote, text in TRANSLATED.findall(page.read_text(encoding="utf-8"))
    }
    assert "Apply Filters" in found
    assert sorted(text for text in found if known.get(text) is None) == []
