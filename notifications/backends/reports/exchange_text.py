"""What Exchange writes for people, where a report has no status part. Pure.

Since 2007 it is "Diagnostic information for administrators", in the reader's language: the address
in a line of its own, below it perhaps the server, and the server's answer. Versions before wrote
the address with the time, and the answer below. So what is looked for has no language: an address,
and a code (RFC 3463), or the mark of such a version, in the lines that belong to it.
"""

import re
from collections.abc import Iterator

from notifications.backends.errors import line

from . import fields
from .report import Action, ReportedRecipient

_MOST_LINES = 5000
_LINES_BELOW = 6
_LONGEST_LINE = 1000
_ADDRESS = r"<?([^\s<>;:,\"()\[\]]{1,200}@[^\s<>;:,\"()@]{1,255})>?"
_ALONE = re.compile(rf"\s*{_ADDRESS}(?:<mailto:[^<>]*>)?\s*")
_AND_TIME = re.compile(rf"\s*{_ADDRESS}\s[^@]{{0,60}}\d:\d\d.*")
# Exchange 2003 and before; then the code may be missing.
_OLD = "MSEXCH:"
# As in "550 5.1.10 …", "#5.1.1 smtp;550 …", "#550 5.1.1 …".
_ANSWER = re.compile(r"(?:[45]\d\d[ -]+|#)[45]\.\d{1,3}\.\d{1,4}(?![\d.])")


def recipients(text: str) -> Iterator[ReportedRecipient]:
    """Yield the recipients that did not get the message, each once."""
    lines = [each[:_LONGEST_LINE] for each in text.splitlines()[:_MOST_LINES]]
    known: set[str] = set()
    for number, each in enumerate(lines):
        named = _named(each)
        if not named or named in known:
            continue
        words = " ".join(_below(lines[number + 1 : number + 1 + _LINES_BELOW]))
        answer = _ANSWER.search(words)
        if answer:
            words = words[answer.start() :].strip(" #<>'")
        elif _OLD not in words:
            continue
        known.add(named)
        code = fields.first_code(answer.group()) if answer else ""
        yield ReportedRecipient((named,), Action.FAILED, code, line(words, fields.LONGEST_TEXT))


def _named(text: str) -> str:
    found = _ALONE.fullmatch(text) or _AND_TIME.fullmatch(text)
    return found[1].lower() if found else ""


def _below(lines: list[str]) -> Iterator[str]:
    """Yield the lines up to the next empty one, or the next address."""
    for each in lines:
        if not each.strip() or _named(each):
            return
        yield each.strip()
