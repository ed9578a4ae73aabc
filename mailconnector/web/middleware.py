"""Middleware for every request: what browsers are told, the size of bodies, the viewer's time zone,
and odd numbers."""

from collections.abc import Callable
from http import HTTPStatus
from zoneinfo import ZoneInfo, available_timezones

from django.core.paginator import InvalidPage
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.api.middleware import PREFIX as API_PREFIX

from . import body_size, error_pages

_NOT_NEEDED = (
    "accelerometer", "autoplay", "camera", "display-capture", "fullscreen", "geolocation",
    "gyroscope", "magnetometer", "microphone", "midi", "payment", "usb",
)  # fmt: skip
PERMISSIONS_POLICY = ", ".join(f"{feature}=()" for feature in _NOT_NEEDED)


class BrowserPolicies:
    """Tell browsers what Django and django-csp do not: the features that no page of ours needs, and
    to keep nothing, because almost every answer is for one person or application. Static files
    say themselves how long they are kept."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS_POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        match = request.resolver_match
        if match and match.view_name == "account_logout" and request.method == "POST":
            response.headers["Clear-Site-Data"] = '"cache", "storage"'
        return response


class BodySizes:
    """Refuse a body by its headers before anything reads it: Django would put the files of a form
    on the disk, of any size and from anybody. The API does so itself, by its own limits."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.startswith(API_PREFIX):
            return self._get_response(request)
        limit = body_size.STRANGERS
        status = body_size.refusal(request, limit=limit)
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and request.user.is_authenticated:
            limit = body_size.largest(request)
            status = body_size.refusal(request, limit=limit)
        if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
            return error_pages.too_large(limit)
        return error_pages.unreadable(status) if status else self._get_response(request)


class OddNumbersMiddleware:
    """Answer 400 to a number that no database column can hold. Django's own forms let it through:
    SQLite then overflows, and PostgreSQL reports it out of range."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, OverflowError | DataError | InvalidPage):
            return HttpResponseBadRequest(_("A number in this request is too large."))
        # Unfold's search takes any text as a page number.
        match = request.resolver_match
        if isinstance(exception, ValueError) and match and match.view_name == "admin:search":
            return HttpResponseBadRequest(_("The page number in this request isn't a number."))
        return None


COOKIE = "mailconnector_timezone"


class TimeZoneMiddleware:
    """Show times in the browser's zone, which pages.js keeps in a cookie; without it in UTC."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._known = available_timezones()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = request.COOKIES.get(COOKIE, "")
        if name not in self._known:
            return self._get_response(request)
        with timezone.override(ZoneInfo(name)):
            return self._get_response(request)
