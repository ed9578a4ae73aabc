"""Room on Python's stack for a whole page (ADR 17)."""

from collections.abc import Callable
from types import FunctionType

from django.http import HttpRequest, HttpResponse

_View = Callable[[HttpRequest], HttpResponse]
# Values of eight bytes. Python looks for a chunk of twice the size, so as much is left for a page,
# which needs a tenth of it.
_ROOM = 16 * 1024


def _answer(view: _View, request: HttpRequest) -> HttpResponse:
    return view(request)


# The same function, of which Python believes that it needs much of the stack for itself.
_answer_with_room = FunctionType(_answer.__code__.replace(co_stacksize=_ROOM), globals())


class OneChunk:
    """Keep the frames of a page in one chunk of Python's stack. A loop of a template that runs
    just where a chunk ends would get and give back memory from the system with every call."""

    def __init__(self, get_response: _View) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response: HttpResponse = _answer_with_room(self._get_response, request)
        return response
