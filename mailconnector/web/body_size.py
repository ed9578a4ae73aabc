"""How large the body of a request may be. It is judged by the headers: nothing has been read."""

from django.conf import settings
from django.http import HttpRequest

STRANGERS = 64 * 1024  # bytes from people who are not logged in
_MOST_DIGITS = 15


def largest(request: HttpRequest) -> int:
    """Return the limit for applications with a key and for people who are logged in."""
    if (request.content_type or "").startswith("multipart/"):
        return settings.API_LARGEST_REQUEST
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def refusal(request: HttpRequest, *, limit: int) -> int:
    """Return the status of the answer to a body that is not read, or 0."""
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length:
        # The end of a body in chunks is known only to whoever has read it.
        return 411 if request.META.get("HTTP_TRANSFER_ENCODING") else 0
    if not length.isdecimal() or len(length) > _MOST_DIGITS:
        return 400
    return 413 if int(length) > limit else 0
