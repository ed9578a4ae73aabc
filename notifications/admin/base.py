"""Lists of rows that nobody edits by hand, and limits on what a list may be asked for."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.admin import FieldListFilter
from django.contrib.admin.utils import get_fields_from_path
from django.core.paginator import Paginator
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

from notifications.models.rows import row_number

_LONGEST_SEARCH, _MOST_WORDS = 500, 10
_FILTER_OF_FIELD: Any = FieldListFilter.create


def pages_of(template: str) -> type[Paginator]:  # type: ignore[type-arg]
    """Make a paginator of a list, whose template says how many rows there are of what."""
    return type("Pages", (Paginator,), {"template_name": template})


class StrictLookups:
    """A list that takes only the parameters that its filters make. Django takes any column, shown
    or not, and any comparison: `?html__startswith=` would tell the body of a sensitive message
    letter by letter, and `__regex` can keep the server busy for hours."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        return lookup in _made_by_filters(self, request)

    def response_action(
        self, request: HttpRequest, queryset: Any, *place: Any
    ) -> HttpResponse | None:
        """Refuse rows without a number, for which Django would ask the database."""
        chosen = request.POST.getlist("_selected_action")
        if all(row_number(pk) is not None for pk in chosen):
            response: HttpResponse | None = super().response_action(request, queryset, *place)  # type: ignore[misc]
            return response
        messages.error(request, _("Select rows in this list."))
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


def _made_by_filters(admin: Any, request: HttpRequest | None) -> set[str]:
    """Return the parameters of all filters, which are built as Django's ChangeList builds them."""
    found: set[str] = set()
    for entry in admin.get_list_filter(request):
        if callable(entry):
            made = entry(request, {}, admin.model, admin)
        else:
            path, make = entry if isinstance(entry, tuple | list) else (entry, _FILTER_OF_FIELD)
            field = get_fields_from_path(admin.model, path)[-1]
            made = make(field, request, {}, admin.model, admin, field_path=path)
        found.update(made.expected_parameters())
    return found


class RefusedForms:
    """A ModelAdmin that answers 422 to a form with errors, as our other pages do."""

    def changeform_view(self, request: HttpRequest, *place: Any, **more: Any) -> HttpResponse:
        response: HttpResponse = super().changeform_view(request, *place, **more)  # type: ignore[misc]
        context = getattr(response, "context_data", None) or {}
        if request.method == "POST" and context.get("errors"):
            response.status_code = HTTPStatus.UNPROCESSABLE_ENTITY
        return response


class ShownOnce:
    """A ModelAdmin whose new row is answered with a page of its secret, whichever button was
    pressed: there is one that saves."""

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        buttons = {"show_save_and_add_another": False, "show_save_and_continue": False}
        extra = {**(extra_context or {}), **buttons}
        response: HttpResponse = super().add_view(request, form_url, extra)  # type: ignore[misc]
        return response


class FormOfActor:
    """A ModelAdmin whose form knows as `actor` who fills it in."""

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any
    ) -> Any:
        made = super().get_form(request, obj, change=change, **more)  # type: ignore[misc]
        return type("OfActor", (made,), {"actor": request.user})


class ReadOnlyAdmin(StrictLookups, ModelAdmin):
    """A list to look at; actions and buttons are all that changes a row."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Forbid changes, so that pages of single rows open for reading."""
        return False

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Show what the list shows: Django's page of a row would show every column."""
        return self.list_display

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.list_display

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Show one row. It has no history: nobody changes it."""
        extra = {**(extra_context or {}), "show_history": False}
        return super().change_view(request, object_id, form_url, extra)
