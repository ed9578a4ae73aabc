"""Texts of ours that are kept in the database: in English there, in the reader's language on a
page."""

import re

from django.utils.translation import gettext

from .admission import INITIATOR, LIMIT_EXCEEDED
from .composing import SENT_AS_UTF_8
from .models.notification import SENSITIVE_SUBJECT
from .webhooks import ANSWERED, PROXY_ANSWERED

_WITH_VALUES = (LIMIT_EXCEEDED, INITIATOR, SENT_AS_UTF_8, ANSWERED, PROXY_ANSWERED)


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\\?\((\w+)\\?\)s", r"(?P<\1>.*)", re.escape(text)), re.DOTALL)


_PATTERNS = [(_pattern(text), text) for text in _WITH_VALUES]


def subject(text: str) -> str:
    """Of a log entry: somebody's own words, but for what stands in place of them."""
    return gettext(text) if text == SENSITIVE_SUBJECT else text


def shown(text: str) -> str:
    """The text in the active language where it is one of ours, else as it is."""
    if "\r" in text:  # gettext would give it back with other line ends
        return text
    translated = gettext(text)
    if translated != text:
        return translated
    for pattern, known in _PATTERNS:
        if found := pattern.fullmatch(text):
            values = found.groupdict()
            if known == SENT_AS_UTF_8:
                values["charset"] = gettext(values["charset"])
            return gettext(known) % values
    return text
