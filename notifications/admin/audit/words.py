"""What an event says, in words: the object that it is about, and what more is known."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from django.apps import apps
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from notifications.admin.message.content import TABS
from notifications.audit.record import ranges
from notifications.counts import Counted
from notifications.models import AuditEvent

# What people call the models that an act can concern, and the choices of the filter.
KINDS: dict[str, Any] = {
    "notifications.notification": _("Notification"),
    "notifications.attempt": _("Outgoing Notifications Log"),
    "notifications.queuestate": _("Notification Queue"),
    "notifications.emailsettings": _("E-mail > Settings"),
    "notifications.microsoftaccount": _("Mailbox"),
    "notifications.emailtemplate": _("E-mail Notification"),
    "notifications.emaillayout": _("Layout"),
    "notifications.apikey": _("API key"),
    "notifications.smtpsettings": _("E-mail > SMTP"),
    "notifications.smtpclient": _("SMTP client"),
    "notifications.smtpsession": _("SMTP session"),
    "notifications.alarmchannel": _("Alarm channel"),
    "notifications.heartbeat": _("Heartbeat"),
    "notifications.suppression": _("Suppression list"),
    "notifications.retention": _("Retention"),
    "auth.user": _("User"),
    "auth.group": _("Group"),
    "people.loginrules": _("Log-in"),
    "notifications.auditevent": _("Audit trail"),
}
# There is one of each.
_ALONE = frozenset(
    f"notifications.{name}"
    for name in ("emailsettings", "smtpsettings", "queuestate", "heartbeat", "retention")
)
# Why something was refused; those who refuse by reasons of their own add them.
REASONS = {
    "unknown": _("unknown key"),
    "revoked": _("revoked key"),
    "expired": _("expired key"),
    "network": _("not from this network"),
    "may not send": _("the key may not send"),
    "may not read": _("the key may not read"),
}
_RECIPIENTS = {
    "original": _("to the original recipients"),
    "me": _("to themselves"),
    "other": _("to another address"),
}
# The values of a message, by their names in the queue.
_VALUES = {
    "from_": _("From"),
    "to": _("To"),
    "cc": _("Cc"),
    "bcc": _("Bcc"),
    "reply_to": _("Reply-To"),
    "subject": _("Subject"),
    "priority": _("Priority"),
    "html": _("HTML body"),
    "text": _("Text alternative"),
    "attachments": _("Attachments"),
}
# What of a sensitive message somebody has looked at.
_READ = {**TABS, "edit": _("Edit and send again")}
_OF_LANGUAGE = re.compile(r"(Subject|HTML body|Text alternative) (\([\w-]+\))")  # "Subject (de)"
_ANSWERS = {"moved": _("Moved"), "restored": _("Restored"), "copied": _("Copy")}


def kind_of(event: AuditEvent) -> str:
    """Return what people call the object's kind."""
    if event.object_type in KINDS:
        return str(KINDS[event.object_type])
    try:
        return str(apps.get_model(event.object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return event.object_type


def object_of(event: AuditEvent) -> str:
    if event.object_type == AuditEvent.MESSAGE and event.object_number is None:
        count = event.details.get("messages", 0)
        text = ngettext("%(n)s notification", "%(n)s notifications", count)
        return text % {"n": Counted(count)}
    has_number = event.object_number and event.object_type not in _ALONE
    name = event.object_name or (str(event.object_number) if has_number else "")
    return " ".join(part for part in (kind_of(event), name) if part)


def details_of(event: AuditEvent, *, with_messages: bool = False) -> str:
    """Say what else is known; `with_messages` reads their numbers, which may be many."""
    parts = [part for name in event.details for part in _part(name, event.details[name])]
    if with_messages and event.messages:
        parts.append(ranges(event.messages))
    return "; ".join(parts)


def _part(name: str, value: Any) -> Iterator[str]:
    if name in _PARTS:
        if told := str(_PARTS[name](value)):
            yield told
    elif name != "messages":  # their numbers are told apart, and the object tells how many
        yield f"{name}: {value}"


def _labels(fields: list[str]) -> str:
    """Labels stand in English, and are the program's own texts: so they can be translated."""
    return ", ".join(map(_label, fields))


def _label(label: str) -> str:
    """Translate a label, without the language that those of a template's other languages end in."""
    if found := _OF_LANGUAGE.fullmatch(label):
        return f"{gettext(found[1])} {found[2]}"
    return str(_VALUES[label]) if label in _VALUES else gettext(label) if label else ""


def _values(values: dict[str, Any]) -> str:
    return ", ".join(f"{_label(label)}: {value}" for label, value in values.items())


def _day(moment: str) -> str:
    return date_format(localtime(datetime.fromisoformat(moment)), "DATE_FORMAT")


def _count(count: int) -> str:
    return ngettext("%(n)s entry", "%(n)s entries", count) % {"n": Counted(count)}


def _length(length: int) -> str:
    text = ngettext("%(n)s character was typed", "%(n)s characters were typed", length)
    return text % {"n": length}


_PARTS: dict[str, Callable[[Any], Any]] = {
    "fields": _labels,
    "values": _values,
    "names": ", ".join,
    "method": str,
    "count": _count,
    "length": _length,
    "reason": lambda reason: REASONS.get(reason, reason),
    "to": lambda to: _RECIPIENTS.get(to, to),
    "answer": lambda answer: _ANSWERS.get(answer, answer),
    "copy": lambda number: gettext("new notification %(number)s") % {"number": number},
    "attachment": lambda number: gettext("attachment %(number)s") % {"number": number},
    "part": lambda part: _READ.get(part, part),
    "file": lambda file: file,
    "version": lambda number: gettext("version %(number)s") % {"number": number},
    "role": lambda pair: " → ".join(gettext(each) if each else "…" for each in pair),
    "filters": ", ".join,
    "before": lambda before: gettext("before %(date)s") % {"date": _day(before)},
    "is_complete": lambda is_complete: "" if is_complete else gettext("not complete yet"),
}
