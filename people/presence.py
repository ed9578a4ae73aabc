"""Who is at work: a session whose person was away for long has ended."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from mailconnector.login import caller_of

_GRAIN = timedelta(minutes=1)
# A page that reads itself again now and then says so (queue_refresh.js): nobody may be there.
_BY_ITSELF = "fetch"


class Presence:
    """Middleware: note who was here, once a minute at most."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        if request.headers.get("X-Requested-With") != _BY_ITSELF and request.user.is_authenticated:
            self._note(request)
        return response

    @staticmethod
    def _note(request: HttpRequest) -> None:
        session: Any = request.session
        now = timezone.now()
        if session.last_seen_at and now - session.last_seen_at < _GRAIN:
            return
        address = caller_of(request)
        session.rows().note_presence(
            address=str(address) if address else None,
            browser=request.headers.get("User-Agent", ""),
            now=now,
        )
