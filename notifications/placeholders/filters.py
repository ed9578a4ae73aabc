"""Tags and filters of placeholders: those of Django's that make nothing much larger."""

from typing import Any

from django.template import Library, defaultfilters, defaulttags
from django.utils.dateparse import parse_date, parse_datetime, parse_time
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

from notifications.i18n import Sentence
from notifications.i18n import gettext_noop as _

from .budget import LARGEST, TooCostly
from .values import as_text

LIBRARY = Library()
_TAGS = "comment cycle firstof for if now templatetag verbatim with"
# Filters are missing that pad (center, ljust, rjust, stringformat), double (addslashes, escapejs),
# look up (dictsort, pprint, random) or are slow on purpose-made text (urlize, striptags).
_FILTERS_OF_VALUES = (
    "default default_if_none divisibleby filesizeformat first last length pluralize slice yesno"
)
# These see a value as `{{ }}` would show it.
FILTERS_OF_TEXTS = frozenset(
    "capfirst cut escape force_escape linebreaks linebreaksbr lower safe slugify title "
    "truncatechars truncatewords upper urlencode wordcount".split()
)
_LONGEST_FORMAT = 100
_MOST_DIGITS = 20
_LARGEST_NUMBER = 1e18


for _name in _TAGS.split():
    LIBRARY.tags[_name] = defaulttags.register.tags[_name]
for _name in (*_FILTERS_OF_VALUES.split(), *FILTERS_OF_TEXTS):
    LIBRARY.filters[_name] = defaultfilters.register.filters[_name]


@LIBRARY.filter
def add(value: Any, other: Any) -> Any:
    """Add numbers, or put texts or lists together."""
    try:
        return int(value) + int(other)
    except (TypeError, ValueError, OverflowError):
        same = isinstance(value, str | list) and isinstance(other, type(value))
        return value + other if same or (isinstance(value, str) and isinstance(other, str)) else ""


@LIBRARY.filter(needs_autoescape=True)
def join(value: Any, separator: Any, autoescape: bool = True) -> Any:
    """Join the items of a list into one text."""
    if not isinstance(value, list):
        return value
    item = Sentence(_("an item of the list"))
    shown = [as_text(each, name=item) for each in (separator, *value)]
    between, *texts = [str(conditional_escape(each) if autoescape else each) for each in shown]
    if sum(map(len, texts)) + len(between) * len(texts) > LARGEST:
        text = _("The template does too much: a joined list is too large.")
        raise TooCostly(Sentence(text))
    return mark_safe(between.join(texts)) if autoescape else between.join(texts)  # noqa: S308 - escaped above


@LIBRARY.filter
def date(value: Any, form: Any = "Y-m-d") -> str:
    """Format the date of an ISO 8601 text, since JSON has no dates."""
    moment = _parsed(value, parse_datetime) or _parsed(value, parse_date)
    return defaultfilters.date(moment, str(form)[:_LONGEST_FORMAT])


@LIBRARY.filter
def time(value: Any, form: Any = "H:i") -> str:
    """Format the time of an ISO 8601 text."""
    moment = _parsed(value, parse_datetime) or _parsed(value, parse_time)
    return defaultfilters.time(moment, str(form)[:_LONGEST_FORMAT])


@LIBRARY.filter
def floatformat(value: Any, digits: Any = -1) -> Any:
    try:
        is_usual = abs(float(value)) < _LARGEST_NUMBER and abs(int(digits)) <= _MOST_DIGITS
    except (TypeError, ValueError, OverflowError):
        return ""
    return defaultfilters.floatformat(float(value), int(digits)) if is_usual else value


def _parsed(value: Any, parse: Any) -> Any:
    try:
        return parse(value) if isinstance(value, str) else None
    except ValueError:
        return None
