"""What the database keeps in English, on a German page."""

import pytest
from django.utils import translation
from django.utils.translation import gettext

from notifications.backends.explanations.explain import EXPLANATIONS
from notifications.i18n import shown
from notifications.models.notification import SENSITIVE_SUBJECT, shown_subject
from notifications.queue import outcomes

LIMIT = (
    "The notification “Wage\nslip” was not added to the queue: its attachments total "
    "3.00 MB (3,145,728 bytes), the limit is 2.00 MB (2,097,152 bytes)."
)


@pytest.fixture(autouse=True)
def _in_german():
    with translation.override("de"):
        yield


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


@pytest.mark.parametrize(
    "former", ["It is not known whether the message went out.", "The connector made a mistake."]
)
def test_a_row_of_before_a_sentence_was_changed_is_shown_in_german_too(former):
    assert shown(former, gettext) != former


@pytest.mark.parametrize("text", ["", "Somebody's own words", "a\r\nb", "\r", "%(subject)s"])
def test_other_texts_stay_as_they_are(text):
    assert shown(text, gettext) == text


def test_of_subjects_only_what_stands_in_place_of_one_is_translated():
    assert shown_subject(SENSITIVE_SUBJECT) == "(vertraulich)"
    assert shown_subject("Delete") == "Delete"
