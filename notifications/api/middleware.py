"""Around the API: what is refused before it is read, and every error as a problem."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from mailconnector.web import body_size

from . import problems

PREFIX = "/api/"
_LOWEST_ERROR = 400
_REFUSED = {
    400: "The header Content-Length is not a number of bytes.",
    411: "Send the header Content-Length.",
    413: "The body is too large: the limit is {limit:,} bytes.",
}
_ADVICE = " Large attachments can be sent as multipart/form-data."


class ApiBoundary:
    """Middleware, the outermost: Django's own error pages are for browsers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        response = _refusal(request) or self.get_response(request)
        if response.status_code < _LOWEST_ERROR:
            return response
        if response.headers.get("Content-Type") == problems.CONTENT_TYPE:
            return response
        allowed = response.headers.get("Allow")
        headers = {"Allow": allowed} if allowed else {}
        return problems.answer(response.status_code, headers=headers)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """After LocaleMiddleware: programs compare texts, so the API speaks English to all."""
        if request.path_info.startswith(PREFIX):
            translation.activate("en")


def _refusal(request: HttpRequest) -> HttpResponse | None:
    limit = body_size.largest(request)
    status = body_size.refusal(request, limit=limit)
    if not status:
        return None
    is_json = status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and limit < settings.API_LARGEST_REQUEST
    text = _REFUSED[status].format(limit=limit) + (_ADVICE if is_json else "")
    return problems.answer(status, text)
