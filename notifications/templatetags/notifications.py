"""Filters for the templates of the pages, those of settings_ui included."""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import template
from django.template.defaultfilters import truncatechars
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain, is_throttling, is_unclear
from notifications.backends.powershell import is_command
from notifications.i18n import shown
from notifications.mailbox.account_state import rest_answer, shown_trouble
from notifications.message.addresses import bare_address, split_addresses
from notifications.models import ConnectionEvent
from notifications.models.attempt import Result
from notifications.models.event import EventKind
from notifications.models.notification import shown_subject
from notifications.models.status import RESTARTABLE, Status

register = template.Library()
register.filter("log_subject", shown_subject)
_CONNECTING = re.compile(
    "<(/?)(iframe|frame|frameset|fencedframe|portal|object|embed|applet|link|meta|base)"
    r"(?=[\s/>\0]|$)",
    re.IGNORECASE,
)
# Of two attributes with one name the first counts.
_LINKS = re.compile(r"<(a|area)(?=[\s/>\0])", re.IGNORECASE)
_BREAKS = re.compile(r"([.+])(?=\w)")  # before these signs of an address a line may end
_FITS = 30  # an address of so many characters fits into a line everywhere
_LONGEST_LINE, _LONGEST_DETAIL = 200, 600  # characters
_COMMAND = re.compile(r"(Add|Get|Grant|New|Remove|Set)-[A-Z][A-Za-z]+ ")  # of PowerShell
# By the name of the action. Failed ones have Retry, which can be followed.
_MEANT_FOR = {
    "retry": (Status.FAILED,),
    "send_now": (Status.PENDING,),
    "mark_as_sent": (Status.UNCONFIRMED,),
    "send_again": (Status.UNCONFIRMED,),
    "delete": RESTARTABLE,
}
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@register.filter
def inert(html: str) -> str:
    """Take out of a message what makes a browser connect, for a frame that shows it. The page's
    policy forbids to load, but Chromium connects to the server of a frame before it looks there,
    which tells a sender who opens their mail, and when.

    It works on the text, so that no second reading of broken HTML has to agree with a browser's:
    a tag's name is never written in another way.
    """
    return _LINKS.sub(r'<\1 href="javascript:;" ping=""', _CONNECTING.sub(r"<\1not-shown-\2", html))


@register.filter
def with_breaks(text: object) -> SafeString:
    """Let a line end at the signs of a long address, and never within a word of it."""
    words = (
        _BREAKS.sub(r"<wbr>\1", word).replace("@", "@<wbr>") if len(word) > _FITS else word
        for word in escape(str(text)).split(" ")
    )
    return mark_safe(" ".join(words))  # noqa: S308 - escaped, and only marks are added


@register.filter
def only_address(text: str) -> str:
    """Return the address without its display name."""
    return bare_address(one_line(text))


@register.filter
def in_lines(text: str) -> list[dict[str, Any]]:
    """Return a text line by line. A command for PowerShell is told from the others, and has an id
    by which a button copies it."""
    return [
        {"text": line, "command": f"command-{secrets.token_hex(4)}" if is_command(line) else ""}
        for line in text.split("\n")
    ]


@register.filter
def one_line(text: object) -> str:
    """Cut a text for a list. A browser lays out all of a line, however little of it is seen."""
    line = str(text)
    # Django's filter takes its time to find that nothing is to be cut.
    return line if len(line) <= _LONGEST_LINE else truncatechars(line, _LONGEST_LINE)


@register.filter
def stored_text(text: str) -> str:
    """Say a stored sentence in the reader's language: `{{ entry.error|stored_text }}`."""
    return shown(text, _)


@dataclass(frozen=True, slots=True)
class Step:
    text: str
    is_command: bool


@register.filter
def steps(what_to_do: str) -> list[Step]:
    """Tell the lines that are ready commands from those that are read."""
    return [Step(line, bool(_COMMAND.match(line))) for line in what_to_do.splitlines() if line]


@register.filter
def duration(value: timedelta) -> str:
    """Write a duration in one or two units: `0.4 s`, `3 min 20 s`, `2 days 5 h`."""
    seconds = value.total_seconds()
    if seconds < _MINUTE:
        return _("%(seconds).1f s") % {"seconds": seconds}
    days, rest = divmod(int(seconds), _DAY)
    hours, minutes = rest // _HOUR, rest % _HOUR // _MINUTE
    if days:
        text = ngettext("%(days)d day %(hours)d h", "%(days)d days %(hours)d h", days)
        return text % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes}
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest % _MINUTE}


@register.filter
def first_recipient(recipients: str) -> str:
    """Return the first of the log's recipients; a comma in a quoted name does not separate."""
    first, *others = split_addresses(recipients)
    return f"{first} +{len(others)}" if others else first


@register.filter
def first_address(recipients: str) -> str:
    """Return the same without the display name."""
    first, *others = split_addresses(recipients)
    address = bare_address(one_line(first))
    return f"{address} +{len(others)}" if others else address


@register.filter
def status_label(status: str) -> str:
    return str(Status(status).label)


@register.filter
def result_label(result: str) -> str:
    """`get_result_display`, which Django looks up anew for each row of a list."""
    return str(Result(result).label)


@register.filter
def allowed_statuses(action: str) -> str:
    """Name the statuses that a bulk action of the queue is meant for."""
    return " ".join(_MEANT_FOR.get(action, ()))


@register.filter
def event_state(event: ConnectionEvent) -> str:
    """Say the state of a lost sign-in as its code means it."""
    return str(shown_trouble(event.state, event.code).label)


@register.filter
def event_cause(event: ConnectionEvent) -> str:
    """Explain the code of a lost sign-in in a sentence, "" without one."""
    return explain(Answer(code=event.code), translate=_).happened if event.code else ""


@register.filter
def event_detail(event: ConnectionEvent) -> str:
    """Return Microsoft's own words, cut only where they are absurdly long."""
    return truncatechars(event.detail, _LONGEST_DETAIL)


@register.filter
def rest_cause(event: ConnectionEvent) -> str:
    """Say what made a mailbox rest, unless Microsoft had asked for a pause or said nothing."""
    if event.kind not in (EventKind.THROTTLED, EventKind.RESTED):
        return ""
    answer = rest_answer(event.code)
    if is_throttling(answer) or is_unclear(answer):
        return ""
    return explain(answer, translate=_).happened


@register.filter
def item(mapping: Mapping[str, str], key: str) -> str:
    """`mapping[key]`, "" where it has none."""
    return mapping.get(key, "")
