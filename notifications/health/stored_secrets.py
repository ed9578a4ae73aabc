"""Everything that is sealed in the database: whether it can be read, and sealing it anew."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from notifications import vault
from notifications.models import ApiKey, EmailSettings, MicrosoftAccount, SignInDraft
from notifications.vault import UnreadableSecret

# A new column with a secret belongs here.
_COLUMNS: list[tuple[type[models.Model], str, str]] = [
    (EmailSettings, "client_secret", _("client secret")),
    (EmailSettings, "certificate", _("certificate")),
    (EmailSettings, "alarm_secret", _("secret of the alarm calls")),
    (MicrosoftAccount, "cache", _("sign-in of account {pk}")),
    (ApiKey, "callback_secret", _("callback secret of API key {pk}")),
    (SignInDraft, "form", _("unsaved form {pk}")),
    (SignInDraft, "flow", _("sign-in under way {pk}")),
]
# A form that is kept during a sign-in holds sealed secrets of its own.
_WITHIN = {"form": ("client_secret", "certificate", "alarm_secret")}


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many secrets are sealed with the first key now, and the names of those that no key
    opens."""

    resealed: int
    unreadable: list[str]


def unreadable() -> list[str]:
    """The names of the secrets that none of our keys opens."""
    return [name for name, *_column, sealed in _secrets() if not _is_readable(sealed)]


def rotate() -> Rotation:
    """Seal everything with the first key. May be run again, and while mail is sent: a row that
    somebody changes meanwhile was sealed by them."""
    resealed, lost = 0, []
    for name, model, pk, field, sealed in _secrets():
        try:
            fresh = _resealed(field, sealed)
        except UnreadableSecret:
            lost.append(name)
            continue
        rows: Any = model._default_manager
        resealed += rows.filter(pk=pk, **{field: sealed}).update(**{field: fresh})
    return Rotation(resealed, lost)


def _secrets() -> Iterator[tuple[str, type[models.Model], Any, str, str]]:
    for model, field, name in _COLUMNS:
        rows: Any = model._default_manager
        for pk, sealed in rows.exclude(**{field: ""}).values_list("pk", field):
            yield gettext(name).format(pk=pk), model, pk, field, sealed


def _is_readable(sealed: str) -> bool:
    try:
        vault.unseal(sealed)
    except UnreadableSecret:
        return False
    return True


def _resealed(field: str, sealed: str) -> str:
    if field not in _WITHIN:
        return _anew(sealed)
    kept = json.loads(vault.unseal(sealed))
    for name in _WITHIN[field]:
        if kept.get(name):
            kept[name] = _anew(kept[name])
    return vault.seal(json.dumps(kept))


def _anew(sealed: str) -> str:
    return vault.seal(vault.unseal(sealed))
