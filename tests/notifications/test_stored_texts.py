"""What the database keeps in English, on a German page."""

import re
import subprocess
import sys

import pytest
from django.urls import get_resolver
from django.utils import translation
from django.utils.translation import gettext

from notifications.backends.explanations.explain import EXPLANATIONS
from notifications.former_sentences import FORMER
from notifications.i18n import shown
from notifications.models.notification import SENSITIVE_SUBJECT, shown_subject
from notifications.queue.engine import outcomes
from tests.processes import ROOT

VALUE = re.compile(r"%\((\w+)\)s")
LIMIT = (
    "The notification “Wage\nslip” was not added to the queue: its attachments total "
    "3.00 MB (3,145,728 bytes), the limit is 2.00 MB (2,097,152 bytes)."
)


@pytest.fixture(autouse=True)
def _in_german():
    get_resolver().url_patterns  # noqa: B018 - imports all that a page has
    with translation.override("de"):
        yield


# What a web process has imported once its addresses are known.
IMPORTED_FOR_PAGES = """
import os, sys, django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
print("\\n".join(sys.modules))
"""


def test_pages_know_each_module_that_declares_a_stored_sentence():
    found = subprocess.run(
        [sys.executable, "-c", IMPORTED_FOR_PAGES],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    declaring = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for folder in ("notifications", "settings_ui")
        for path in (ROOT / folder).rglob("*.py")
        if "= storable(" in path.read_text()
    }

    assert len(declaring) > 15
    assert declaring - set(found.stdout.split()) == set()


def test_every_explanation_is_shown_in_german():
    for explanation in EXPLANATIONS.values():
        assert shown(explanation.happened, gettext) != explanation.happened


@pytest.mark.parametrize("note", [outcomes.FOUND_SENT, outcomes.SENT_AGAIN])
def test_a_note_of_ours_is_shown_in_german(note):
    assert shown(note, gettext) != note


@pytest.mark.parametrize(
    ("stored", "german"),
    [
        (LIMIT, "Die Benachrichtigung „Wage\nslip“ wurde nicht in die Warteschlange gestellt:"),
        ("Initiator: Delete", "Auslöser: Delete"),
        ("It answered 503.", "Die Antwort war 503."),
        (
            "Sent as Unicode (UTF-8), because Greek (ISO-8859-7) has no “щ” (U+0449).",
            "Als Unicode (UTF-8) gesendet, weil Griechisch (ISO-8859-7) kein „щ“ (U+0449) hat.",
        ),
    ],
)
def test_a_text_with_values_is_known_by_its_shape(stored, german):
    assert shown(stored, gettext).startswith(german)


@pytest.mark.parametrize("old", FORMER)
def test_an_earlier_wording_is_shown_as_the_sentence_of_today(old):
    values = dict.fromkeys(VALUE.findall(old), "7")

    assert shown(old % values if values else old, gettext) == gettext(FORMER[old]) % values
    assert set(values) == set(VALUE.findall(FORMER[old]))


@pytest.mark.parametrize("text", ["", "Somebody's own words", "a\r\nb", "\r", "%(subject)s"])
def test_other_texts_stay_as_they_are(text):
    assert shown(text, gettext) == text


def test_of_subjects_only_what_stands_in_place_of_one_is_translated():
    assert shown_subject(SENSITIVE_SUBJECT) == "(vertraulich)"
    assert shown_subject("Delete") == "Delete"
