"""Everything that is sealed in the database: whether it can be read, and sealing it anew."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from notifications.models.rows import SingletonQuerySet
from notifications.models.sealed.address import SealedAddressField, sealed_addresses
from notifications.models.sealed.field import SealedField, sealed_fields
from notifications.vault import UnreadableSecret


@dataclass(frozen=True, slots=True)
class Rotation:
    """How many secrets are sealed with the first key now, and the names of those that no key
    opens."""

    resealed: int
    unreadable: list[str]


def unreadable() -> list[str]:
    """The names of the secrets that none of our keys opens, and that a person can enter again."""
    everything: list[tuple[SealedField | SealedAddressField, Any]] = [*_secrets(), *_addresses()]
    return [
        _name(field, row)
        for field, row in everything
        if not _is_history(row) and not field.is_readable(row)
    ]


def rotate() -> Rotation:
    """Seal everything with the first key. May be run again, and while mail is sent: a row that
    somebody changes meanwhile was sealed by them."""
    resealed, lost = 0, []
    for field, row in _secrets():
        try:
            fresh = field.resealed(row)
        except UnreadableSecret:
            lost.append(_name(field, row))
            continue
        before = {"pk": row.pk, field.name: getattr(row, field.name)}
        resealed += _rows(field).filter(**before).update(**{field.name: fresh})
    for address, row in _addresses():
        if address.is_readable(row):
            resealed += address.reseal(row)
        elif not _is_history(row):
            lost.append(_name(address, row))
    return Rotation(resealed, lost)


def _secrets() -> Iterator[tuple[SealedField, Any]]:
    """Each secret of each model there is, with its row."""
    for model in apps.get_models():
        for field in sealed_fields(model):
            for row in _rows(field).exclude(**{field.name: ""}).only(field.name):
                yield field, row


def _addresses() -> Iterator[tuple[SealedAddressField, Any]]:
    """Each address of a webhook, those of the settings' history among them."""
    for model in apps.get_models():
        for field in sealed_addresses(model):
            for row in _rows(field).exclude(**{field.name: ""}).only(field.name):
                yield field, row


def _is_history(row: Any) -> bool:
    """Say whether the row is an entry of simple_history, which nobody can change any more."""
    return hasattr(row, "instance_type")


def _rows(field: SealedField | SealedAddressField) -> Any:
    return field.model._default_manager.all()


def _name(field: SealedField | SealedAddressField, row: Any) -> str:
    if isinstance(_rows(field), SingletonQuerySet):
        return str(field.verbose_name)
    return _("%(secret)s of %(model)s %(number)s") % {
        "secret": field.verbose_name,
        "model": row._meta.verbose_name,
        "number": row.pk,
    }
