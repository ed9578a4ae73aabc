"""Times in the viewer's zone."""

import pytest
from django.http import HttpResponse
from django.utils import timezone

from mailconnector.web.middleware import COOKIE, TimeZoneMiddleware


@pytest.mark.parametrize(
    ("cookie", "zone"),
    [
        ("Europe/Berlin", "Europe/Berlin"),
        ("", "UTC"),
        ("Europe/Atlantis", "UTC"),
        ("../../etc/passwd", "UTC"),
    ],
)
def test_the_zone_of_the_browser_is_used_for_the_request_only(rf, cookie, zone):
    request = rf.get("/")
    request.COOKIES[COOKIE] = cookie
    middleware = TimeZoneMiddleware(
        lambda _request: HttpResponse(timezone.get_current_timezone_name())
    )

    assert middleware(request).content.decode() == zone
    assert timezone.get_current_timezone_name() == "UTC"
