"""Read $filter, $orderby, $select, $top and $skip, as far as mail clients use them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from exchange_emulator.graph import lookup
from exchange_emulator.graph.access import Call, RefusedError
from exchange_emulator.graph.properties import MESSAGE

_COLUMNS = {
    "internetMessageId": "message_id",
    "subject": "subject",
    "isDraft": "is_draft",
    "isRead": "is_read",
    "createdDateTime": "created_at",
    "lastModifiedDateTime": "modified_at",
    "receivedDateTime": "coalesce(sent_at, created_at)",
    "sentDateTime": "coalesce(sent_at, created_at)",
}
_TEXTS = ("internetMessageId", "subject")
_SWITCHES = ("isDraft", "isRead")
_DATES = tuple(name for name in _COLUMNS if name.endswith("DateTime"))
FOLDER = "parentFolderId"
_OPERATORS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}
_TERM = re.compile(r"(\w+)\s+(eq|ne|gt|ge|lt|le)\s+('(?:[^']|'')*'|[\w:.+-]+)\Z")
_STARTS = re.compile(r"startswith\(\s*(\w+)\s*,\s*('(?:[^']|'')*')\s*\)\Z", re.IGNORECASE)
_EXTENDED = re.compile(
    r"singleValueExtendedProperties/any\(\s*(\w+)\s*:\s*\1/id\s+eq\s+('(?:[^']|'')*')\s+and\s+"
    r"\1/value\s+eq\s+('(?:[^']|'')*')\s*\)\Z",
    re.IGNORECASE,
)
_EXTENDED_STARTS = re.compile(
    r"singleValueExtendedProperties/any\(\s*(\w+)\s*:\s*\1/id\s+eq\s+('(?:[^']|'')*')\s+and\s+"
    r"startswith\(\s*\1/value\s*,\s*('(?:[^']|'')*')\s*\)\s*\)\Z",
    re.IGNORECASE,
)
# A piece of a filter: a literal, a parenthesis, or the word between two terms.
_PIECE = re.compile(r"'(?:[^']|'')*'|[()]|\s+and\s+", re.IGNORECASE)
MOST = 1000
MOST_TERMS = 100


@dataclass(frozen=True)
class Query:
    where: str
    values: tuple[Any, ...]
    order: str
    top: int
    skip: int
    select: list[str]
    wants_count: bool


def read(call: Call, *, folder: str | None = None) -> Query:
    given = call.request.query_params
    check_options(call)
    where, values = condition(given["$filter"]) if "$filter" in given else ("1", ())
    values = tuple(
        lookup.folder_named(call, each) if isinstance(each, FolderName) else each for each in values
    )
    if folder is not None:
        where, values = f"folder = ? AND {where}", (folder, *values)
    return Query(
        where=where,
        values=values,
        order=_order(given.get("$orderby", "")),
        top=_number(given.get("$top", "10"), "$top", most=MOST),
        skip=_number(given.get("$skip", "0"), "$skip", most=10**9),
        select=selection(given.get("$select", "")),
        wants_count=given.get("$count", "").lower() == "true",
    )


_OPTIONS = frozenset(
    ("$filter", "$select", "$top", "$skip", "$orderby", "$count", "$expand", "$format")
)


def check_options(call: Call) -> None:
    """Refuse a system query option that is not known; ignore other parameters."""
    for name in call.request.query_params:
        if name.startswith("$") and name not in _OPTIONS:
            raise invalid(f"The query option '{name}' is not supported.")


def invalid(text: str) -> RefusedError:
    return RefusedError("BadRequest", text, 400)


def selection(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if name not in MESSAGE:
            raise invalid(
                f"Parsing OData Select and Expand failed: Could not find a property named '{name}' "
                "on type 'Microsoft.OutlookServices.Message'."
            )
    return names


def condition(text: str) -> tuple[str, tuple[Any, ...]]:
    """Turn a filter into SQL and its values; `and` may join terms."""
    parts, values = [], []
    terms = _split(_unwrapped(text.strip()))
    if len(terms) > MOST_TERMS:
        raise invalid("The filter is too complex.")
    for term in terms:
        sql, given = _term(term.strip())
        parts.append(sql)
        values += given
    return " AND ".join(parts), tuple(values)


def _split(text: str) -> list[str]:
    """Split at each `and` that stands neither in a literal nor in parentheses."""
    terms, start, depth = [], 0, 0
    for found in _PIECE.finditer(text):
        piece = found.group()
        if piece in "()":
            depth += 1 if piece == "(" else -1
        elif depth == 0 and not piece.startswith("'"):
            terms.append(text[start : found.start()])
            start = found.end()
    return [*terms, text[start:]]


def _unwrapped(text: str) -> str:
    """Remove parentheses around the whole filter."""
    inside = text[1:-1]
    is_whole = text.startswith("(") and text.endswith(")") and "(" not in inside
    return inside.strip() if is_whole else text


def _term(text: str) -> tuple[str, list[Any]]:
    for pattern, read_term in _TERMS:
        found = pattern.match(text)
        if found:
            return read_term(found)
    raise invalid("Invalid filter clause")


def _comparison(found: re.Match[str]) -> tuple[str, list[Any]]:
    name, operator, literal = found.groups()
    value = _value(name, operator, literal)
    column = "folder" if name == FOLDER else _COLUMNS[name]
    return f"{column} {_OPERATORS[operator]} ?", [value]


def _value(name: str, operator: str, literal: str) -> Any:
    """Return the literal as the property's type; raise BadRequest for another type."""
    if name in _DATES:
        return _instant(literal)
    if name in _SWITCHES and literal in ("true", "false") and operator in ("eq", "ne"):
        return int(literal == "true")
    if name in _TEXTS and literal.startswith("'"):
        return _literal(literal)
    if name == FOLDER and literal.startswith("'") and operator in ("eq", "ne"):
        return FolderName(_literal(literal))
    if name not in (FOLDER, *_COLUMNS):
        raise invalid(f"Could not find a property named '{name}' to filter on.")
    raise invalid(
        "A binary operator with incompatible types was detected. The operator "
        f"'{operator}' does not compare '{name}' with {literal}."
    )


def _instant(literal: str) -> float:
    try:
        at = datetime.fromisoformat(literal)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError) as error:
        raise invalid(f"The literal {literal} is no Edm.DateTimeOffset.") from error


class FolderName(str):
    """Mark a folder's id or well-known name in a filter, which is still to be looked up."""

    __slots__ = ()


def _starts_with(found: re.Match[str]) -> tuple[str, list[Any]]:
    name, literal = found.groups()
    if name not in _TEXTS:
        raise invalid(f"startswith does not apply to the property '{name}'.")
    value = _literal(literal)
    return f"substr({_COLUMNS[name]}, 1, ?) = ?", [len(value), value]


def _extended(found: re.Match[str]) -> tuple[str, list[Any]]:
    _, name, value = found.groups()
    return (
        "content IN (SELECT contents.key FROM contents, json_each(contents.properties,"
        " '$.singleValueExtendedProperties') AS extended"
        " WHERE lower(json_extract(extended.value, '$.id')) = lower(?)"
        " AND json_extract(extended.value, '$.value') = ?)",
        [_literal(name), _literal(value)],
    )


def _extended_starts(found: re.Match[str]) -> tuple[str, list[Any]]:
    _, name, value = found.groups()
    start = _literal(value)
    return (
        "content IN (SELECT contents.key FROM contents, json_each(contents.properties,"
        " '$.singleValueExtendedProperties') AS extended"
        " WHERE lower(json_extract(extended.value, '$.id')) = lower(?)"
        " AND substr(json_extract(extended.value, '$.value'), 1, ?) = ?)",
        [_literal(name), len(start), start],
    )


_TERMS: list[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[str, list[Any]]]]] = [
    (_EXTENDED, _extended),
    (_EXTENDED_STARTS, _extended_starts),
    (_STARTS, _starts_with),
    (_TERM, _comparison),
]


def _literal(text: str) -> str:
    """Return the text of a string, inside which OData doubles quotes."""
    return text[1:-1].replace("''", "'")


def _order(text: str) -> str:
    if not text:
        return "coalesce(sent_at, created_at) DESC, key DESC"
    name, _, direction = text.strip().partition(" ")
    if name not in _COLUMNS or direction.strip().lower() not in ("", "asc", "desc"):
        raise invalid(f"Could not order by '{text}'.")
    way = "DESC" if direction.strip().lower() == "desc" else "ASC"
    return f"{_COLUMNS[name]} {way}, key {way}"


def _number(text: str, name: str, *, most: int) -> int:
    if not text.isdecimal() or len(text) > len(str(most)) or int(text) > most:
        raise invalid(f"Invalid value '{text}' for {name} query option.")
    return int(text)
