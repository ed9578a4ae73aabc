"""Around the API: what is refused before it is read, and every error as a problem."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation

from . import problems

_PREFIX = "/api/"
_LOWEST_ERROR = 400


class ApiBoundary:
    """Middleware, the outermost: Django's own error pages are for browsers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(_PREFIX):
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
        if request.path_info.startswith(_PREFIX):
            translation.activate("en")


def _refusal(request: HttpRequest) -> HttpResponse | None:
    """By the headers alone: nothing of the body has been read."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if request.META.get("HTTP_TRANSFER_ENCODING") and not length:
        return problems.answer(411, "Send the header Content-Length.")
    if length and not length.isdecimal():
        return problems.answer(400, "The header Content-Length is not a number.")
    is_form = (request.content_type or "").startswith("multipart/")
    largest = settings.API_LARGEST_REQUEST if is_form else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if length and int(length) > largest:
        advice = "" if is_form else " Send large attachments as multipart/form-data."
        return problems.answer(
            413, f"The request has {int(length):,} bytes, the limit is {largest:,}.{advice}"
        )
    return None
