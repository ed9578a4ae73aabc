"""Times as the clock on the viewer's wall has them. pages.js leaves the browser's zone in a
cookie; without it times are in UTC."""

from collections.abc import Callable
from zoneinfo import ZoneInfo, available_timezones

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

COOKIE = "mailconnector_timezone"


class TimeZoneMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response
        self._known = available_timezones()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name = request.COOKIES.get(COOKIE, "")
        if name not in self._known:
            return self._get_response(request)
        with timezone.override(ZoneInfo(name)):
            return self._get_response(request)
