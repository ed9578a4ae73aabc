"""What one Save changed, in the page's words: for the history, and for the second of two people
who save at once. Secrets appear only as changed."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from django.utils.translation import gettext as _

from notifications.backends.microsoft import clouds
from notifications.message import charsets
from notifications.models import EmailSettings
from notifications.models.sealed.field import sealed_fields
from notifications.models.settings import SettingsValues

_SECRETS = sealed_fields(EmailSettings)
_NOT_SHOWN = {"last_cloud", *(s.name for s in _SECRETS)}
_SHOWN = [f.name for f in fields(SettingsValues) if f.name not in _NOT_SHOWN]
# Each once: one moment may be that of several secrets.
_SET_AT = list(dict.fromkeys(secret.set_at for secret in _SECRETS))
_BY_VALUE = {
    "charset": {each.name: each.label for each in (*charsets.COMMON, *charsets.MORE)},
    "cloud": {key: cloud.label for key, cloud in clouds.REAL_CLOUDS.items()},
}


@dataclass(frozen=True, slots=True)
class Change:
    """`old` and `new` are texts; `old` is "" where there is only something to say about `new`."""

    label: str
    old: str
    new: str


def changes(before: Any, after: Any) -> list[Change]:
    """Compare two rows of the settings or of their history."""
    return [*_of_account(before, after), *_of_fields(before, after), *_of_secrets(before, after)]


def _of_account(before: Any, after: Any) -> Iterator[Change]:
    label = EmailSettings.label("account_address")
    if before.account_address != after.account_address:
        yield Change(label, _shown(before.account_address), _shown(after.account_address))
    elif after.account_address and before.signed_in_at != after.signed_in_at:
        yield Change(label, "", _("Signed in again"))


def _of_fields(before: Any, after: Any) -> Iterator[Change]:
    for name in _SHOWN:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Change(EmailSettings.label(name), _text(name, old), _text(name, new))


def _of_secrets(before: Any, after: Any) -> Iterator[Change]:
    for name in _SET_AT:
        if getattr(before, name) != getattr(after, name):
            yield Change(EmailSettings.label(name), "", _("changed"))


def _text(name: str, value: Any) -> str:
    choices: Any = EmailSettings._meta.get_field(name)
    labels = _BY_VALUE.get(name) or dict(choices.flatchoices)
    return _(str(labels[value])) if value in labels else _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return _("empty") if value in (None, "") else str(value)
