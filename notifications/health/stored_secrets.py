"""Everything that is sealed in the database: whether it can be read, and sealing it anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from notifications.models.rows import SingletonQuerySet
from notifications.models.sealed.address import SealedAddressField
from notifications.models.sealed.field import SealedField
from notifications.vault import UnreadableSecret


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many secrets are sealed with the first key now, and the names of those that no key
    opens."""

    resealed: int
    unreadable: list[str]


def unreadable() -> list[str]:
    """The names of the secrets that none of our keys opens, and that a person can enter again."""
    return [
        _name(field, row)
        for field, row in _secrets()
        if not _is_history(row) and not field.is_readable(row)
    ]


def rotate() -> Rotation:
    """Seal everything with the first key, for its column. May be run again, and while mail is
    sent: a row that somebody changes meanwhile was sealed by them."""
    resealed, lost = 0, []
    for field, row in _secrets():
        try:
            fresh = field.resealed(row.stored)
        except UnreadableSecret:
            if not _is_history(row):
                lost.append(_name(field, row))
            continue
        same = _rows(field).filter(pk=row.pk, stored=row.stored)
        resealed += same.update(**{field.name: fresh})
    return Rotation(resealed, lost)


def _secrets() -> Iterator[tuple[SealedField | SealedAddressField, Any]]:
    """Each secret of each model there is, the settings' history among them, with its row. What
    the database has of it is the row's `stored`."""
    for model in apps.get_models():
        for field in model._meta.fields:
            if isinstance(field, SealedField | SealedAddressField):
                for row in _rows(field).exclude(stored="").only(field.name):
                    yield field, row


def _is_history(row: Any) -> bool:
    """Say whether the row is an entry of simple_history, which nobody can change any more."""
    return hasattr(row, "instance_type")


def _rows(field: SealedField | SealedAddressField) -> Any:
    return field.model._default_manager.annotate(stored=Cast(field.name, TextField()))


def _name(field: SealedField | SealedAddressField, row: Any) -> str:
    if isinstance(row._meta.default_manager.all(), SingletonQuerySet):
        return str(field.verbose_name)
    return _("%(secret)s of %(model)s %(number)s") % {
        "secret": field.verbose_name,
        "model": row._meta.verbose_name,
        "number": row.pk,
    }
