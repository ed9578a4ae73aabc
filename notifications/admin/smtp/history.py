"""Who changed what of the SMTP listener, in Django's own log of the administration."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import HttpRequest
from django.utils.translation import gettext as _

from notifications.models import SmtpClient, SmtpSettings

_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Change:
    """`changes` are sentences like "Largest message: 35 → 20"."""

    at: datetime
    who: str
    changes: list[str]


def note_settings(request: HttpRequest, row: SmtpSettings, before: dict[str, Any]) -> None:
    """Write down which settings have other values than `before`."""
    pairs = ((name, old, getattr(row, name)) for name, old in before.items())
    changed = {name: [old, new] for name, old, new in pairs if old != new}
    if changed:
        _note(request, row, json.dumps(changed))


def note_password(request: HttpRequest, row: SmtpClient) -> None:
    _note(request, row, [{"changed": {"fields": ["Password"]}}])


def recent() -> list[Change]:
    """Return the last changes of the listener's settings."""
    kind = ContentType.objects.get_for_model(SmtpSettings)
    rows = LogEntry.objects.filter(content_type=kind).select_related("user")
    return [
        Change(row.action_time, row.user.get_username(), _told(row.change_message))
        for row in rows.order_by("-pk")[:_SHOWN]
    ]


def _told(message: str) -> list[str]:
    changed = json.loads(message)
    return [
        f"{_label(name)}: {_shown(old)} → {_shown(new)}" for name, (old, new) in changed.items()
    ]


def _label(name: str) -> str:
    return str(SmtpSettings._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return str(value)


def _note(request: HttpRequest, row: SmtpClient | SmtpSettings, message: Any) -> None:
    who: int = request.user.pk  # type: ignore[assignment]
    LogEntry.objects.log_actions(who, [row], CHANGE, message, single_object=True)
