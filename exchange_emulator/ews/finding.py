"""Carry out FindItem: restrictions, order and pages."""

from typing import Any
from xml.etree.ElementTree import Element

from exchange_emulator.ews import elements, lookup, rendering, responses
from exchange_emulator.ews.access import Call
from exchange_emulator.mail.errors import MailError

_COLUMNS = {
    "message:InternetMessageId": "message_id",
    "item:Subject": "subject",
    "item:IsDraft": "is_draft",
    "message:IsRead": "is_read",
    "item:DateTimeCreated": "created_at",
    "item:DateTimeReceived": "coalesce(sent_at, created_at)",
    "item:DateTimeSent": "coalesce(sent_at, created_at)",
    "item:LastModifiedTime": "modified_at",
}
_OPERATORS = {
    "IsEqualTo": "=",
    "IsNotEqualTo": "<>",
    "IsGreaterThan": ">",
    "IsGreaterThanOrEqualTo": ">=",
    "IsLessThan": "<",
    "IsLessThanOrEqualTo": "<=",
}
_MODES = {"FullString": "{}", "Prefixed": "{}%"}
MOST_TERMS = 500
LONGEST = 10_000
Condition = tuple[str, list[Any]]


def find_item(call: Call, operation: Element) -> str:
    shape_element = elements.child(operation, "ItemShape")
    wanted = (
        rendering.Shape()
        if shape_element is None
        else rendering.shape(shape_element, for_list=True)
    )

    def find(folder_element: Element) -> str:
        return _find(call, operation, folder_element, wanted)

    return responses.each("FindItem", elements.children(operation, "ParentFolderIds"), find)


def _find(call: Call, operation: Element, folder_element: Element, wanted: rendering.Shape) -> str:
    owner, folder = lookup.folder(call, folder_element)
    where, values = "folder = ?", [folder]
    restriction = elements.child(operation, "Restriction")
    if restriction is not None and sum(1 for _ in restriction.iter()) > MOST_TERMS:
        raise MailError("ErrorRestrictionTooComplex", "The restriction has too many terms.")
    for each in elements.children(operation, "Restriction"):
        sql, more = condition(each)
        where, values = f"{where} AND {sql}", values + more
    limit, offset = _page(operation)
    boxes = call.world.mailboxes
    found = boxes.search(
        owner.address, where=where, values=tuple(values), order=_order(operation), limit=limit,
        offset=offset,
    )  # fmt: skip
    total = boxes.count(owner.address, where=where, values=tuple(values))
    end = offset + len(found)
    listed = "".join(rendering.render(call, item, wanted) for item in found)
    has_view = elements.child(operation, "IndexedPageItemView") is not None
    paging = f'IndexedPagingOffset="{end}" ' if has_view else ""
    return (
        f'<m:RootFolder {paging}TotalItemsInView="{total}" '
        f'IncludesLastItemInRange="{"true" if end >= total else "false"}">'
        f"<t:Items>{listed}</t:Items></m:RootFolder>"
    )


def condition(element: Element) -> Condition:
    """Turn a search expression into SQL and its values."""
    name = elements.local(element)
    if name in ("And", "Or"):
        parts = [condition(each) for each in element]
        joined = f" {name.upper()} ".join(sql for sql, _ in parts)
        return f"({joined})", [value for _, values in parts for value in values]
    if name == "Not":
        sql, values = condition(element[0])
        return f"NOT ({sql})", values
    if name == "Exists":
        return "1", []
    column = _column(element)
    if name == "Contains":
        return _contains(element, column)
    constant = element.find(".//{*}Constant")
    if constant is None:
        raise _invalid("A comparison of two properties is not supported.")
    return f"{column} {_OPERATORS[name]} {_operand(column)}", [_value(column, constant)]


def _contains(element: Element, column: str) -> Condition:
    constant = element.find(".//{*}Constant")
    text = "" if constant is None else constant.attrib["Value"]
    if len(text) > LONGEST:
        raise MailError("ErrorRestrictionTooComplex", "The text to search for is too long.")
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    pattern = _MODES.get(element.attrib.get("ContainmentMode", ""), "%{}%").format(escaped)
    return f"{column} LIKE ? ESCAPE '\\'", [pattern]


def _column(element: Element) -> str:
    uri = element.find(".//{*}FieldURI")
    named = "" if uri is None else uri.attrib["FieldURI"]
    if named not in _COLUMNS:
        raise _invalid(f"The property '{named}' cannot be searched.")
    return _COLUMNS[named]


def _operand(column: str) -> str:
    return "strftime('%s', ?) + 0.0" if column.endswith("_at") or "_at," in column else "?"


def _value(column: str, constant: Element) -> Any:
    value = constant.attrib["Value"]
    if column in ("is_draft", "is_read"):
        return int(elements.is_true(value.lower()))
    return value


def _invalid(text: str) -> MailError:
    return MailError("ErrorUnsupportedPathForQuery", text)


def _order(operation: Element) -> str:
    orders = []
    for each in elements.children(operation, "SortOrder"):
        way = "DESC" if each.attrib["Order"] == "Descending" else "ASC"
        orders.append(f"{_column(each)} {way}")
    return ", ".join([*orders, "key DESC"])


def _page(operation: Element) -> tuple[int, int]:
    """Return (most entries, offset)."""
    view = elements.child(operation, "IndexedPageItemView")
    if view is None:
        return 1000, 0
    return int(view.attrib.get("MaxEntriesReturned", "1000")), int(view.attrib["Offset"])
