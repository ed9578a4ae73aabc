"""What one Save changed, in the page's words: for the history, and for the second of two people
who save at once. Secrets appear only as changed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from notifications.backends.microsoft import clouds
from notifications.message import charsets
from notifications.models import EmailSettings
from notifications.webhooks.call import shown_address

_LABELS: dict[str, str | Promise] = {
    "service": gettext_lazy("Choose e-mail service"),
    "from_address": gettext_lazy("'From' e-mail address"),
    "charset": gettext_lazy("Character set"),
    "plain_text_only": gettext_lazy("Send all e-mail messages in plain text format"),
    "limit_attachments": gettext_lazy("Limit the total size of attachments"),
    "attachment_limit_mb": gettext_lazy("Limit in megabytes"),
    "api": gettext_lazy("API"),
    "cloud": gettext_lazy("Cloud"),
    "tenant_id": gettext_lazy("Tenant ID"),
    "client_id": gettext_lazy("Client ID"),
    "credential": gettext_lazy("Credential"),
    "secret_expires_on": gettext_lazy("The secret expires on"),
    "delegation": gettext_lazy("'From' address delegation"),
    "protection": gettext_lazy("Protect against duplicates and send large attachments"),
    "messages_a_minute": gettext_lazy("Messages a minute"),
    "recipients_a_day": gettext_lazy("Recipients a day"),
    "doubt_policy": gettext_lazy("When it is not known whether a message went out"),
    "alarm_url": gettext_lazy("Webhook address"),
}
_SECRETS: dict[str, str | Promise] = {
    "credential_set_at": gettext_lazy("Client secret or certificate"),
    "alarm_secret_set_at": gettext_lazy("Signing secret"),
}
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
    """Between two rows of the settings or of their history."""
    return [*_of_account(before, after), *_of_fields(before, after), *_of_secrets(before, after)]


def _of_account(before: Any, after: Any) -> Iterator[Change]:
    label = _("Account")
    if before.account_address != after.account_address:
        yield Change(label, _shown(before.account_address), _shown(after.account_address))
    elif after.account_address and before.signed_in_at != after.signed_in_at:
        yield Change(label, "", _("Signed in again"))


def _of_fields(before: Any, after: Any) -> Iterator[Change]:
    for name, label in _LABELS.items():
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            yield Change(str(label), _text(name, old), _text(name, new))


def _of_secrets(before: Any, after: Any) -> Iterator[Change]:
    for name, label in _SECRETS.items():
        if getattr(before, name) != getattr(after, name):
            yield Change(str(label), "", _("changed"))


def _text(name: str, value: Any) -> str:
    if name == "alarm_url" and value:
        return shown_address(value)
    choices: Any = EmailSettings._meta.get_field(name)
    labels = _BY_VALUE.get(name) or dict(choices.flatchoices)
    return _(str(labels[value])) if value in labels else _shown(value)


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("on") if value else _("off")
    return _("empty") if value in (None, "") else str(value)
