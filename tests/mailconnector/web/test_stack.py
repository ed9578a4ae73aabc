"""However deep a loop of a page runs, its calls do not get memory from the system each time."""

from http import HTTPStatus
from resource import RUSAGE_SELF, getrusage

from django.http import HttpResponse
from django.test import RequestFactory

from mailconnector.web.stack import OneChunk

CALLS = 200
DEEPEST = 400  # calls within each other, more than fit into one of Python's chunks


def called(first=1, second=2):
    return first, second


def new_pages(depth):
    """Count the pages of memory that a loop gets anew which runs so deep in the stack."""
    if depth:
        return new_pages(depth - 1)
    before = getrusage(RUSAGE_SELF).ru_minflt
    for _ in range(CALLS):
        called()
    return getrusage(RUSAGE_SELF).ru_minflt - before


def test_a_loop_of_a_page_gets_no_memory_with_each_call():
    found = []

    def view(_request):
        found.extend(new_pages(depth) for depth in range(DEEPEST))
        return HttpResponse(status=HTTPStatus.NO_CONTENT)

    response = OneChunk(view)(RequestFactory().get("/"))
    assert response.status_code == HTTPStatus.NO_CONTENT
    assert len(found) == DEEPEST
    assert max(found) < CALLS
