"""The fields of a delivery-status part (RFC 3464 2.1), as servers really write them. Pure.

The blocks should be separated by empty lines. Some servers write an empty line after each field,
some none at all, and some go on with a long field at the beginning of a line. So what counts is
the order of the fields: a recipient begins with a field that names one.
"""

import re
from collections.abc import Iterable, Iterator

from notifications.backends.errors import line

from .report import Action, ReportedRecipient

# A message has at most 1000 recipients (Exchange Online limits).
MOST_BLOCKS = 2000
LONGEST_TEXT = 1000
_LONGEST_VALUE = 4000
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]{0,60})[ \t]*:(.*)", re.DOTALL)
_CODE = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,4})(?![\d.])")
_REPLY = re.compile(r"(?<![\d.])([45])\d\d(?![\d.])")
_ADDRESS = re.compile(r'[^\s<>;:,"()\[\]]{1,320}@[^\s<>;:,"()@]{1,255}')
_TYPE = re.compile(r"\s*[\w-]+\s*;")
_HEX = re.compile(r"\+([0-9A-F]{2})")
# Both fields of an address begin a block, in either order.
_NAMING = ("final-recipient", "original-recipient")
_OTHER_NAMES = ("x-actual-recipient", "x-original-recipient")
_BY_CLASS = {"2": Action.DELIVERED, "4": Action.DELAYED, "5": Action.FAILED}

Block = dict[str, str]


def blocks(text: str) -> tuple[Block, list[Block]]:
    """Return the fields of the message, and those of each recipient, with names in lower case."""
    of_message: Block = {}
    found: list[Block] = []
    current = of_message
    for name, value in _fields(text):
        if name in _NAMING and _begins(current, name, is_first=current is of_message):
            if len(found) == MOST_BLOCKS:
                break
            current = {}
            found.append(current)
        current.setdefault(name, value)
    return of_message, found


def recipients(found: Iterable[Block]) -> Iterator[ReportedRecipient]:
    """Yield what the blocks say; those that name no address or no action are left out."""
    for block in found:
        addresses = _addresses(block)
        code = _code(block)
        action = _action(block, code)
        if addresses and action:
            yield ReportedRecipient(addresses, action, code, _words(block))


def value_of_type(value: str) -> str:
    """Return what stands behind the type of a field such as `dns; mail.contoso.example`."""
    return _TYPE.sub("", value, count=1).strip()


def first_code(text: str) -> str:
    """Return the first enhanced status code of a text (RFC 3463), or ""."""
    found = _CODE.search(text)
    return ".".join(found.groups()) if found else ""


def _fields(text: str) -> Iterator[tuple[str, str]]:
    name, value = "", ""
    for each in text.splitlines():
        is_more = each[:1] in (" ", "\t")
        begun = None if is_more else _FIELD.fullmatch(each)
        if begun:
            if name:
                yield name, line(value.strip(), _LONGEST_VALUE)
            name, value = begun[1].lower(), begun[2]
        elif name and each.strip() and len(value) < _LONGEST_VALUE:
            value += " " + each.strip()
    if name:
        yield name, line(value.strip(), _LONGEST_VALUE)


def _begins(current: Block, name: str, *, is_first: bool) -> bool:
    """Say whether a field that names a recipient is that of the next one."""
    return is_first or name in current or "action" in current or "status" in current


def _addresses(block: Block) -> tuple[str, ...]:
    named = (block.get(name, "") for name in ("original-recipient", *_OTHER_NAMES, _NAMING[0]))
    found = [address for value in named for address in _spellings(value_of_type(value))]
    return tuple(dict.fromkeys(found))


def _spellings(value: str) -> Iterator[str]:
    """Yield the address as it stands there, and decoded from xtext (RFC 3461 4), in which a plus
    sign is written as `+2B`."""
    found = _ADDRESS.search(value)
    if not found:
        return
    address = found.group().lower().rstrip(".")
    decoded = _HEX.sub(lambda code: chr(int(code[1], 16)), found.group()).lower().rstrip(".")
    if decoded != address and decoded.isprintable():
        yield decoded
    yield address


def _code(block: Block) -> str:
    """Prefer the server's own code where the status only says that it failed."""
    status = first_code(block.get("status", ""))
    if status and not status.endswith(".0.0"):
        return status
    return first_code(block.get("diagnostic-code", "")) or status


def _action(block: Block, code: str) -> Action | None:
    words = re.findall(r"[a-z]+", block.get("action", "").lower())
    known = [Action(word) for word in words[:1] if word in Action.__members__.values()]
    if known:
        return known[0]
    if code:
        return _BY_CLASS[code[0]]
    reply = _REPLY.search(block.get("diagnostic-code", ""))
    return _BY_CLASS[reply[1]] if reply else None


def _words(block: Block) -> str:
    said = value_of_type(block.get("diagnostic-code", "")) or block.get("status", "")
    return line(said, LONGEST_TEXT)
