"""English sentences that remember what they are made of."""

import copy

from notifications.i18n import Sentence, translated
from notifications.message.addresses import AddressError

GERMAN = {
    "“%(text)s” is wrong.": "„%(text)s“ ist falsch.",
    "%(field)s: %(problem)s": "%(field)s: %(problem)s",
    "To": "An",
    "100% sure": "100% sicher",
}


def german(text):
    return GERMAN.get(text, text)


def test_a_sentence_is_english_text_with_its_values():
    sentence = Sentence("“%(text)s” is wrong.", text="x%y")
    assert sentence == "“x%y” is wrong."
    assert translated(sentence, german) == "„x%y“ ist falsch."


def test_values_that_are_sentences_and_errors_are_translated_too():
    problem = AddressError(Sentence("“%(text)s” is wrong.", text="To"))
    sentence = Sentence("%(field)s: %(problem)s", field=Sentence("To"), problem=problem)
    assert sentence == "To: “To” is wrong."
    assert translated(sentence, german) == "An: „To“ ist falsch."


def test_without_values_a_percent_sign_means_itself():
    assert Sentence("100% sure") == "100% sure"
    assert translated(Sentence("100% sure"), german) == "100% sicher"


def test_a_text_that_is_no_sentence_stays():
    assert translated("To", german) == "To"
    assert translated(ValueError("To"), german) == "To"
    assert translated(ValueError(), german) == ""


def test_a_copy_is_still_a_sentence():
    sentence = copy.deepcopy(Sentence("“%(text)s” is wrong.", text="x"))
    assert translated(sentence, german) == "„x“ ist falsch."
