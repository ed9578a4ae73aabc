"""A secret at rest: the field knows how it is opened, and a model is asked for its secrets."""

import json
from typing import TYPE_CHECKING, Any

from django.db import models

from notifications import vault

if TYPE_CHECKING:
    _Text = models.TextField[str, str]
else:
    # Django's fields take no types when the program runs.
    _Text = models.TextField


class SealedField(_Text):
    """A text that was sealed (vault.py) before it is put into the row. A loaded row has it
    sealed as well: it is opened only where it is used. It is sealed for the name of the field, so
    that no other column takes it, but for values and a history under the same name.

    `set_at` names the field of the same row that keeps the moment of the secret's last change,
    because a history cannot keep the secret. `holds` is a model: the secret is then a JSON object
    that may have sealed fields of that model under their names, sealed a second time by it.
    """

    def __init__(
        self,
        *args: Any,
        set_at: str = "",
        holds: type[models.Model] | None = None,
        **options: Any,
    ) -> None:
        # No form that is made from a model may show it or take it as it was typed.
        super().__init__(*args, **options | {"editable": False})
        self.set_at, self.holds = set_at, holds

    def deconstruct(self) -> Any:
        """Tell migrations of a TextField: the database knows nothing else, and no migration has
        to import this module for ever."""
        name, _path, arguments, options = super().deconstruct()
        del options["editable"]
        return name, "django.db.models.TextField", arguments, options

    def get_db_prep_save(self, value: Any, connection: Any) -> Any:
        """Raises ValueError where a secret would be stored as it is."""
        if isinstance(value, str) and value and not vault.is_sealed(value):
            raise ValueError(f"{self}: a secret has to be sealed before it is stored.")
        return super().get_db_prep_save(value, connection)

    def seal(self, secret: str) -> str:
        return vault.seal(secret, self.name)

    def open(self, holder: object) -> str:
        """The secret of a row, or of values that have it under the same name. Raises
        vault.UnreadableSecret."""
        return vault.unseal(getattr(holder, self.name), self.name)

    def is_readable(self, holder: object) -> bool:
        """Say whether this installation has the key. An empty secret is readable."""
        try:
            self.open(holder)
        except vault.UnreadableSecret:
            return False
        return True

    def resealed(self, stored: str) -> str:
        """The same secret, sealed with the first key. Raises vault.UnreadableSecret."""
        secret = vault.unseal_even_unbound(stored, self.name)
        if self.holds:
            secret = _with_resealed_parts(secret, sealed_fields(self.holds))
        return self.seal(secret)


def sealed_fields(model: type[models.Model]) -> list[SealedField]:
    """The secrets of a model, in the order of the model."""
    return [field for field in model._meta.fields if isinstance(field, SealedField)]


def _with_resealed_parts(text: str, parts: list[SealedField]) -> str:
    held = json.loads(text)
    for part in parts:
        if held.get(part.name):
            held[part.name] = part.resealed(held[part.name])
    return json.dumps(held)
