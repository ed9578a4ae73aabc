"""Check a request against the grammar, and complain in the words of .NET's XML reader."""

import base64
import re
from collections.abc import Callable
from datetime import datetime
from xml.etree.ElementTree import Element

from exchange_emulator.ews.grammar import MESSAGE, RULES, SINGLE, Rule
from exchange_emulator.ews.soap import MESSAGES, TYPES

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_PREFIXES = {MESSAGES: "m", TYPES: "t"}
_FIELD = re.compile(r"(\w+):[A-Z]\w*\Z")
_KNOWN_FIELDS = frozenset(word.strip("?*").removeprefix("t:") for word in MESSAGE.split())
_OTHER_FIELDS = frozenset(
    "EffectiveRights WebClientReadFormQueryString WebClientEditFormQueryString Flag StoreEntryId"
    " InstanceKey NormalizedBody EntityExtractionResult ResponseObjects PolicyTag ArchiveTag"
    " RetentionDate Preview RightsManagementLicenseData PredictedActionReasons IsClutter"
    " BlockStatus HasBlockedImages TextBody IconIndex SearchKey MentionedMe Attachments"
    " ApprovalRequestData VotingInformation ReminderMessageData".split()
)


# Clients ask for these properties, which mail does not have.
_OTHER_CLASSES = frozenset(["folder", "contacts", "task", "meeting", "meetingRequest", "postitem"])
_OTHER_PATHS = frozenset(
    f"calendar:{name}"
    for name in "Start End OriginalStart StartWallClock EndWallClock StartTimeZoneId EndTimeZoneId"
    " StartTimeZone EndTimeZone MeetingTimeZone TimeZone Duration When DateTimeStamp IsAllDayEvent"
    " LegacyFreeBusyStatus Location EnhancedLocation IsMeeting IsCancelled IsRecurring IsOrganizer"
    " IsOnlineMeeting IsResponseRequested MeetingRequestWasSent CalendarItemType MyResponseType"
    " Organizer RequiredAttendees OptionalAttendees Resources ConflictingMeetingCount"
    " AdjacentMeetingCount ConflictingMeetings AdjacentMeetings InboxReminders AppointmentReplyTime"
    " AppointmentSequenceNumber AppointmentState Recurrence FirstOccurrence LastOccurrence"
    " ModifiedOccurrences DeletedOccurrences ConferenceType AllowNewTimeProposal UID RecurrenceId"
    " MeetingWorkspaceUrl NetShowUrl JoinOnlineMeetingUrl OnlineMeetingSettings"
    " CalendarActivityData".split()
)


class SchemaError(ValueError):
    """Carry the violation of the schema as its text."""


def name_of(element: Element) -> str:
    """Return the name with the grammar's prefix; `?:` marks a foreign namespace."""
    namespace, _, local = element.tag.rpartition("}")
    return f"{_PREFIXES.get(namespace.lstrip('{'), '?')}:{local}"


def check(element: Element) -> None:
    """Raise SchemaError for a violation in the element or in anything below it."""
    name = name_of(element)
    rule = RULES.get(name, Rule(text="any"))
    _check_attributes(element, rule)
    children = list(element)
    if rule.one_of:
        _check_choice(element, children, rule.one_of.split())
    else:
        _check_sequence(element, children, rule.children.split())
    _check_text(element, children, rule)
    for child in children:
        check(child)


def _check_text(element: Element, children: list[Element], rule: Rule) -> None:
    where = f"'{name_of(element)}' element"
    if children or rule.children or rule.one_of:
        between = [element.text, *(child.tail for child in children)]
        if any((text or "").strip() for text in between):
            raise SchemaError(f"The {where} cannot contain text.")
    elif rule.text:
        _check_value(element.text or "", rule.text, f"{where}")


def _check_attributes(element: Element, rule: Rule) -> None:
    for name in rule.required:
        if name not in element.attrib:
            raise SchemaError(f"The required attribute '{name}' is missing.")
    for name, value in element.attrib.items():
        if name.startswith("{"):
            continue
        if name not in rule.attributes:
            raise SchemaError(f"The '{name}' attribute is not declared.")
        _check_value(value, rule.attributes[name], f"'{name}' attribute")


def _check_choice(element: Element, children: list[Element], allowed: list[str]) -> None:
    if not children:
        raise SchemaError(f"The element '{name_of(element)}' has incomplete content.")
    if _is_single(element) and len(children) > 1:
        raise _unexpected(element, children[1], [])
    for child in children:
        if name_of(child) not in allowed:
            raise _unexpected(element, child, allowed)


def _is_single(element: Element) -> bool:
    return name_of(element) in SINGLE


def _check_sequence(element: Element, children: list[Element], expected: list[str]) -> None:
    left = list(children)
    for word in expected:
        names = word.rstrip("?*").split("|")
        count = 0
        while left and name_of(left[0]) in names and (word.endswith("*") or not count):
            left.pop(0)
            count += 1
        if not count and not word.endswith(("?", "*")):
            if left:
                raise _unexpected(element, left[0], names)
            raise SchemaError(f"The element '{name_of(element)}' has incomplete content.")
    if left:
        raise _unexpected(element, left[0], [])


def _unexpected(parent: Element, child: Element, expected: list[str]) -> SchemaError:
    hint = f" List of possible elements expected: '{', '.join(expected)}'." if expected else ""
    return SchemaError(
        f"The element '{name_of(parent)}' has invalid child element '{name_of(child)}'.{hint}"
    )


def _check_value(value: str, kind: str, where: str) -> None:
    test = _KINDS.get(kind)
    good = test(value) if test else (not kind or value in kind.split())
    if not good:
        raise SchemaError(
            f"The {where} is invalid - The value '{value[:100]}' is invalid according to its "
            "datatype - The Enumeration constraint failed."
        )


def _is_field(text: str) -> bool:
    found = _FIELD.match(text)
    if found is None:
        return False
    if found[1] not in ("item", "message"):
        return found[1] in _OTHER_CLASSES or text in _OTHER_PATHS
    return text.partition(":")[2] in _KNOWN_FIELDS | _OTHER_FIELDS


def _is_instant(text: str) -> bool:
    try:
        return "T" in text and datetime.fromisoformat(text) is not None
    except ValueError:
        return False


def _is_base64(text: str) -> bool:
    try:
        return base64.b64decode("".join(text.split()), validate=True) is not None
    except ValueError:
        return False


_KINDS: dict[str, Callable[[str], bool]] = {
    "any": lambda _: True,
    "boolean": lambda text: text in ("true", "false", "1", "0"),
    "date and time": _is_instant,
    "GUID": lambda text: _GUID.fullmatch(text) is not None,
    "not empty": bool,
    "integer": lambda text: re.fullmatch(r"-?\d{1,9}", text, re.ASCII) is not None,
    "base64": _is_base64,
    "field": _is_field,
}
