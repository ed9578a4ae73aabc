"""Rights as a table: to tick in a form, or to read."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib.auth.models import Group, Permission
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _

from .right_names import AREAS, key_of, split


@dataclass(frozen=True, slots=True)
class Cell:
    """One right: `value` is what a form sends for it."""

    label: Any
    is_given: bool
    value: str


class RightsTable(forms.CheckboxSelectMultiple):
    """Boxes for the rights that the form may give, under the areas that they are about."""

    template_name = "notifications/rights_boxes.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        chosen = {str(each) for each in value or ()}
        choices: Any = self.choices
        offered = {key_of(each.instance): str(each) for each, _label in choices if each}
        context["areas"] = [
            (area, [Cell(label, offered[key] in chosen, offered[key]) for label, key in found])
            for area, rights in AREAS
            if (
                found := [
                    (label, split(right)) for right, label in rights if split(right) in offered
                ]
            )
        ]
        return context


class RightsField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    widget = RightsTable


def as_text(permissions: Iterable[Permission]) -> str:
    """Return the table of what somebody has, to read."""
    return compared({"": permissions})


def of_groups(groups: Iterable[Group]) -> str:
    """Return the table of what each group may do. Its permissions were read together."""
    return compared({group.name: group.permissions.all() for group in groups})


def compared(owners: dict[str, Iterable[Permission]]) -> str:
    has = {name: {key_of(each) for each in rights} for name, rights in owners.items()}
    areas = [
        (area, [(label, [split(right) in has[name] for name in has]) for right, label in rights])
        for area, rights in AREAS
    ]
    return render_to_string(
        "notifications/rights_table.html",
        {"areas": areas, "owners": list(has), "title": _("Rights")},
    )
