"""Lists of rows that nobody edits by hand."""

from typing import Any

from django.db.models import Model
from django.http import HttpRequest
from unfold.admin import ModelAdmin


class ReadOnlyAdmin(ModelAdmin):
    """To look at; what may be done with a row are actions and buttons."""

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
