"""Lists of rows that nobody edits by hand."""

from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin

_LONGEST_NUMBER = 19  # digits that fit into a BigAutoField


class ReadOnlyAdmin(ModelAdmin):
    """To look at; what may be done with a row are actions and buttons."""

    def response_action(self, request: HttpRequest, queryset: Any) -> Any:
        """Django would ask the database for whatever was sent as a row's number."""
        chosen = request.POST.getlist("_selected_action")
        if all(pk.isascii() and pk.isdecimal() and len(pk) < _LONGEST_NUMBER for pk in chosen):
            return super().response_action(request, queryset)
        self.message_user(request, _("Choose rows of this list."), messages.ERROR)
        return None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Pages of single rows are opened for reading."""
        return False

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Django offers actions to those who may change; ours check their own permissions."""
        return super().get_actions(request)
