"""A form whose person had to prove again who they are: it is kept in their session, whose data is
sealed, and sent when they have. It has passed the check against forgery already."""

import secrets

from django.http import HttpRequest, QueryDict
from django.utils.datastructures import MultiValueDict

_KEPT, _NAME = "kept_form", "kept"
_LARGEST = 100_000  # characters


def keep(request: HttpRequest) -> str:
    """Keep what was sent, instead of what was kept before; return the address that sends it."""
    query = request.GET.copy()
    query.pop(_NAME, None)
    form = request.POST.urlencode()
    if len(form) <= _LARGEST:
        query[_NAME] = secrets.token_urlsafe(8)
        request.session[_KEPT] = {"token": query[_NAME], "path": request.path, "form": form}
    return f"{request.path}?{query.urlencode()}" if query else request.path


def send(request: HttpRequest) -> None:
    """Turn a request for the address of a kept form into the one that was sent, once."""
    kept = request.session.get(_KEPT)
    if not kept or request.method != "GET" or request.path != kept["path"]:
        return
    if request.GET.get(_NAME) != kept["token"]:
        return
    del request.session[_KEPT]
    request.method = "POST"
    request.POST = QueryDict(kept["form"])
    request._files = MultiValueDict()  # type: ignore[attr-defined]
