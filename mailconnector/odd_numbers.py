"""A number that no database column can hold is the sender's mistake: 400, not a server error."""

from collections.abc import Callable

from django.core.paginator import InvalidPage
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.translation import gettext as _


class OddNumbersMiddleware:
    """Django's own forms pass such numbers on: SQLite overflows, PostgreSQL is out of range."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OverflowError | DataError | InvalidPage):
            return HttpResponseBadRequest(_("A number in this request is too large."))
        # Unfold's search takes any text for the number of a page.
        match = request.resolver_match
        if isinstance(exception, ValueError) and match and match.view_name == "admin:search":
            return HttpResponseBadRequest(_("The page in this request is not a number."))
        return None
