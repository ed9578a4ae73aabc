"""Lists of rows that nobody edits by hand, and limits on what a list may be asked for."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from notifications.models.rows import row_number

_LONGEST_SEARCH, _MOST_WORDS = 500, 10


class StrictLookups:
    """A list that can be filtered only by what its filters offer. Django takes any column, shown or
    not: `?html__startswith=` would tell the body of a sensitive message letter by letter."""

    # Links of our own pages filter by these columns, too.
    linked_columns: tuple[str, ...] = ()

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        column, _sign, _rest = lookup.partition("__")
        try:
            self.model._meta.get_field(column)  # type: ignore[attr-defined]
        except FieldDoesNotExist:
            pass  # it is a filter's own parameter
        else:
            offered = [*map(_column, self.list_filter), *self.linked_columns]  # type: ignore[attr-defined]
            if column not in offered:
                return False
        return bool(super().lookup_allowed(lookup, value, request))  # type: ignore[misc]

    def response_action(
        self, request: HttpRequest, queryset: Any, *place: Any
    ) -> HttpResponse | None:
        """Refuse rows without a number, for which Django would ask the database."""
        chosen = request.POST.getlist("_selected_action")
        if all(row_number(pk) is not None for pk in chosen):
            response: HttpResponse | None = super().response_action(request, queryset, *place)  # type: ignore[misc]
            return response
        messages.error(request, _("Choose rows of this list."))
        return None

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[Any, bool]:
        """Search for the first ten words; each word is one more condition on each column."""
        words = search_term[:_LONGEST_SEARCH].split()[:_MOST_WORDS]
        found: tuple[Any, bool] = super().get_search_results(  # type: ignore[misc]
            request, queryset, " ".join(words)
        )
        return found


def _column(list_filter: Any) -> str:
    """Return the column of an entry of list_filter, which is a name, a name with a class, or a
    class with its parameter."""
    name = list_filter[0] if isinstance(list_filter, tuple | list) else list_filter
    name = name if isinstance(name, str) else getattr(name, "parameter_name", "") or ""
    return str(name).partition("__")[0]


class ReadOnlyAdmin(StrictLookups, ModelAdmin):
    """A list to look at; actions and buttons are all that changes a row."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Forbid changes, so that pages of single rows open for reading."""
        return False
