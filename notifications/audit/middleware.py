"""What no page of ours tells itself: a new password of one's own, on Django's page, and what
somebody who is logged in may not do."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from mailconnector.login import changes_own_password
from notifications.models.audit.act import Act

from .actors import person
from .record import Target, record
from .refusals import refused


class Told:
    """Middleware, after all that answer in place of a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], places: Any, names: Any
    ) -> HttpResponse | None:
        if not changes_own_password(request):
            return None
        user: Any = request.user
        with transaction.atomic():
            response = view(request, *places, **names)
            if response.headers.get("Location") == reverse("admin:password_change_done"):
                record(Act.PASSWORD_CHANGED, person(request), Target.of(user))
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        if isinstance(exception, PermissionDenied) and request.user.is_authenticated:
            refused(Act.DENIED, person(request), Target(name=request.path), method=request.method)
