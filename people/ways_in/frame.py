"""What every page of a way in shows besides its own."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest


class Framed:
    """A view of allauth's within the pages' frame. `title` is the page's."""

    request: HttpRequest
    title: Any = ""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**context)  # type: ignore[misc]
        return {**admin.site.each_context(self.request), **found, "title": self.title}
