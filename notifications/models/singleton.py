"""The queryset of a model that has only one row."""

from typing import Self, TypeVar

from django.db import models

_Row = TypeVar("_Row", bound=models.Model)


class SingletonQuerySet(models.QuerySet[_Row]):
    """The one row of a model; a constraint of the model keeps its primary key at 1."""

    def current(self) -> _Row:
        """The row. Until somebody has changed something it is one with the defaults, unsaved."""
        return self.filter(pk=1).first() or self.model(pk=1)

    def made(self) -> Self:
        """The row for an UPDATE; it is made with the defaults the first time."""
        self.get_or_create(pk=1)
        return self.filter(pk=1)
