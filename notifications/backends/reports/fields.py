"""The fields of a delivery-status part (RFC 3464 2.1), as servers really write them. Pure.

The blocks should be separated by empty lines. Some servers write an empty line after each field,
some none at all, and some go on with a long field at the beginning of a line. So fields between
empty lines are a recipient only if they name one and say what became of it, in any order; what
counts else is the order of the fields: a recipient begins with a field that names one.
"""

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from notifications.backends.errors import line

from .report import Action, ReportedRecipient

# A message has at most 1000 recipients (Exchange Online limits).
MOST_BLOCKS = 2000
LONGEST_TEXT = 1000
_LONGEST_VALUE = 4000
_LONGEST_HOST = 255
_MOST_CODES = 50
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60})[ \t]*:(.*)", re.DOTALL)
_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,4})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")
# From the beginning of a word: else a long one would be tried from each of its letters.
_WORD = r'[^\s<>;:,"()\[\]]'
_ADDRESS = re.compile(
    rf'(?:"[^"@<>]{{1,100}}"|(?<!{_WORD}){_WORD}{{1,320}})@[^\s<>;:,"()@]{{1,255}}'
)
# As in "dns; mail.contoso.example"; some write "rfc/822".
_TYPE = re.compile(r"\s*[\w/-]+\s*;")
_X400 = re.compile(r"\bsmtp=([^;/]+)", re.I)
# Exchange writes an address outside the organization so, as one of its own.
_ENCAPSULATED = "imceasmtp-"
_HEX = re.compile(r"\+([0-9A-F]{2})")
_NAMING = ("final-recipient", "original-recipient")
_OTHER_NAMES = ("x-actual-recipient", "x-original-recipient")
_RESULT = ("action", "status")
_WORDS_OF = ("diagnostic-code", "remote-mta")
ID_NAMES = ("x-original-message-id", "original-message-id")
# All others are dropped as they are read: a report may have any number of them.
_READ = frozenset((*_NAMING, *_OTHER_NAMES, *_RESULT, *_WORDS_OF, *ID_NAMES, "reporting-mta"))
# What servers write in the place of the standard's words.
_FAILURES = ("failure", "fail", "undeliverable", "expired", "error", "bounced")
_ACTIONS = {each.value: each for each in Action} | dict.fromkeys(_FAILURES[:4], Action.FAILED)
_BY_CLASS = {"2": Action.DELIVERED, "4": Action.DELAYED, "5": Action.FAILED}

Block = dict[str, str]


def blocks(text: str) -> tuple[Block, list[Block]]:
    """Return the fields of the message, and those of each recipient, with names in lower case; of
    both no others than are read."""
    of_message: Block = {}
    found: list[Block] = []
    for group in _groups(text):
        is_next = _is_whole({name for name, _value in group}) and not _is_only_named(found)
        for name, value in group:
            if is_next or _begins(found, name):
                if len(found) == MOST_BLOCKS:
                    return of_message, found
                found.append({})
                is_next = False
            if len(found) <= 1:  # the message's own may stand in one group with the first
                of_message.setdefault(name, value)
            if found:
                found[-1].setdefault(name, value)
    return of_message, found


def recipients(found: Iterable[Block]) -> Iterator[ReportedRecipient]:
    """Yield what the blocks say; those that name no address or no action are left out."""
    for block in found:
        addresses = _addresses(block)
        code = _code(block)
        action = _action(block, code)
        if addresses and action:
            server = value_of_type(block.get("remote-mta", "")).lower()[:_LONGEST_HOST]
            yield ReportedRecipient(addresses, action, code, _words(block), server)


def value_of_type(value: str) -> str:
    """Return what stands behind the type of a field such as `dns; mail.contoso.example`."""
    typed = _TYPE.match(value)
    return (value[typed.end() :] if typed else value).strip()


def first_code(text: str) -> str:
    """Return the first enhanced status code of a text (RFC 3463) that tells of a failure, else the
    first of all, or ""."""
    found = [match.group() for match in islice(_CODE.finditer(text), _MOST_CODES)]
    return next((code for code in found if code[0] != "2"), found[0] if found else "")


def _groups(text: str) -> Iterator[list[tuple[str, str]]]:
    """Yield the fields between empty lines."""
    lines: list[str] = []
    for each in text.splitlines():
        if each.strip():
            lines.append(each)
        elif lines:
            yield [(name, value) for name, value in _fields(lines) if name in _READ]
            lines = []
    yield [(name, value) for name, value in _fields(lines) if name in _READ]


def _fields(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    name, value = "", ""
    for each in lines:
        is_more = each[:1] in (" ", "\t")
        begun = None if is_more else _FIELD.fullmatch(each)
        if begun:
            if name:
                yield name, line(value.strip(), _LONGEST_VALUE)
            name, value = begun[1].lower(), begun[2]
        elif name and len(value) < _LONGEST_VALUE:
            value += " " + each.strip()
    if name:
        yield name, line(value.strip(), _LONGEST_VALUE)


def _is_whole(names: Collection[str]) -> bool:
    return any(name in names for name in _NAMING) and any(name in names for name in _RESULT)


def _is_only_named(found: list[Block]) -> bool:
    return bool(found) and not any(name in found[-1] for name in _RESULT)


def _begins(found: list[Block], name: str) -> bool:
    """Say whether a field is the first of the next recipient."""
    if not found:
        return name in _NAMING or name in _RESULT
    before = list(found[-1])
    named = next((n for n, each in enumerate(before) if each in _NAMING), None)
    if named is None:
        return False
    if name in _NAMING:
        return name in found[-1] or any(each in _RESULT for each in before[named:])
    return name == "action" and name in found[-1]


def _addresses(block: Block) -> tuple[str, ...]:
    named = (block.get(name, "") for name in ("original-recipient", *_OTHER_NAMES, _NAMING[0]))
    found = [address for value in named for address in _spellings(value_of_type(value))]
    return tuple(dict.fromkeys(found))


def _spellings(value: str) -> Iterator[str]:
    """Yield the address as it stands there, and decoded from xtext (RFC 3461 4), in which a plus
    sign is written as `+2B`."""
    x400 = _X400.search(value)
    found = _ADDRESS.search(x400[1] if x400 else value) if "@" in value else None
    if not found:
        return
    address = found.group().lower().rstrip(".")
    decoded = _HEX.sub(lambda code: chr(int(code[1], 16)), found.group()).lower().rstrip(".")
    if decoded != address and decoded.isprintable():
        if decoded.startswith(_ENCAPSULATED):
            yield decoded.removeprefix(_ENCAPSULATED).rpartition("@")[0]
        yield decoded
    yield address


def _code(block: Block) -> str:
    """Prefer the server's own code where the status only says that it failed."""
    status = first_code(block.get("status", ""))
    if status and not status.endswith(".0.0"):
        return status
    return first_code(block.get("diagnostic-code", "")) or status


def _action(block: Block, code: str) -> Action | None:
    said = re.match(r"\s*([a-z]+)", block.get("action", "").lower())
    if said and said[1] in _ACTIONS:
        return _ACTIONS[said[1]]
    if code:
        return _BY_CLASS[code[0]]
    reply = _REPLY.search(block.get("diagnostic-code", "") or block.get("status", ""))
    if reply:
        return _BY_CLASS[reply[1]]
    return Action.FAILED if said and said[1] in _FAILURES else None


def _words(block: Block) -> str:
    said = value_of_type(block.get("diagnostic-code", "")) or block.get("status", "")
    return line(said, LONGEST_TEXT)
