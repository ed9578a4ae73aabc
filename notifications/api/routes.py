"""The addresses of the API, and what its exceptions become."""

from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.urls import path, re_path
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from . import docs_page, email_notifications, log, messages, problems, suppressions
from .key_auth import KeyAuth
from .problems import Problem

api = NinjaAPI(
    title="Mail Connector",
    version="1",
    description="Queue notifications, run E-mail Notifications, ask what became of them.",
    urls_namespace="api",
    auth=KeyAuth(),
    docs_url=None,
)
api.add_router("", messages.router)
api.add_router("", email_notifications.router)
api.add_router("", log.router)
api.add_router("", suppressions.router)


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {"field": ".".join(map(str, each["loc"])), "message": each["msg"]} for each in error.errors
    ]
    return problems.answer(422, "Some parameters are not right.", errors=errors)


@api.exception_handler(HttpError)
def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    return problems.answer(error.status_code, str(error))


def _unreadable(_request: HttpRequest, _error: object) -> HttpResponse:
    return problems.answer(400)


@api.exception_handler(Problem)
def _problem(_request: HttpRequest, problem: Problem) -> HttpResponse:
    return problems.answer(
        problem.status, problem.detail, errors=problem.errors, headers=problem.headers
    )


api.add_exception_handler(Http404, lambda _request, _error: problems.answer(404))
api.add_exception_handler(RequestDataTooBig, lambda _request, _error: problems.answer(413))
api.add_exception_handler(UnreadablePostError, lambda _request, _error: problems.answer(408))
for _kind in (MultiPartParserError, SuspiciousOperation):
    api.add_exception_handler(_kind, _unreadable)


@csrf_exempt
def _nothing_here(_request: HttpRequest, *_arguments: Any) -> HttpResponse:
    """Else the pages' own catch-all would answer with a login."""
    return problems.answer(404)


urlpatterns = [
    path("v1/docs", docs_page.page(api), name="api_docs"),
    path("v1/", api.urls),
    re_path(r"^", _nothing_here),
]
