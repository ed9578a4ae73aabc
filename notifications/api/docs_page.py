"""The reference of the API, made from the OpenAPI document: no scripts, nothing from elsewhere."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_safe
from ninja import NinjaAPI

_NO_ID = re.compile("[^a-z0-9]+")
_METHODS = ("get", "post", "put", "patch", "delete")
_MARKS = (
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
    (re.compile(r"\*(\w[^*]*)\*"), r"<em>\1</em>"),
)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a body or an answer, or a parameter."""

    name: str
    type: str
    description: SafeString
    place: str = ""
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    status: str
    description: SafeString
    example: str
    fields: list[Field]

    @property
    def is_good(self) -> bool:
        return self.status.startswith("2")


@dataclass(frozen=True, slots=True)
class Operation:
    id: str
    method: str
    path: str
    summary: str
    description: SafeString
    parameters: list[Field]
    body: str
    fields: list[Field]
    answers: list[Answer]


def page(api: NinjaAPI) -> Callable[[HttpRequest], HttpResponse]:
    @require_safe
    def docs(request: HttpRequest) -> HttpResponse:
        document = api.get_openapi_schema()
        context = {
            "info": document["info"],
            "operations": list(_operations(document)),
            "base": request.build_absolute_uri("/api/v1"),
        }
        return render(request, "notifications/api_docs.html", context)

    return docs


def marked_up(text: str) -> SafeString:
    """Render the little Markdown that our descriptions have: code, emphasis and paragraphs."""
    html = str(escape(" ".join(text.split())))
    for pattern, replacement in _MARKS:
        html = pattern.sub(replacement, html)
    return mark_safe(html)  # noqa: S308 - escaped above, and what is put in are tags without values


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    definitions = document["components"]["schemas"]
    for path, methods in document["paths"].items():
        for method in filter(methods.__contains__, _METHODS):
            operation = methods[method]
            body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            yield Operation(
                id=_NO_ID.sub("-", f"{method}{path}").strip("-"),
                method=method.upper(),
                path=path,
                summary=operation["summary"],
                description=marked_up(operation.get("description", "")),
                parameters=[_parameter(each) for each in operation.get("parameters", [])],
                body=_pretty(body.get("example")),
                fields=list(_fields(body.get("schema", {}), definitions)),
                answers=list(_answers(operation["responses"], definitions)),
            )


def _parameter(parameter: dict[str, Any]) -> Field:
    schema = parameter["schema"]
    told = parameter.get("description") or schema.get("description", "")
    return Field(
        parameter["name"],
        _type(schema),
        marked_up(told),
        place=parameter["in"],
        is_required=parameter.get("required", False),
    )


def _answers(responses: dict[Any, Any], definitions: dict[str, Any]) -> Iterator[Answer]:
    for status, response in sorted(responses.items(), key=lambda pair: str(pair[0])):
        content: dict[str, Any] = next(iter(response.get("content", {}).values()), {})
        yield Answer(
            str(status),
            marked_up(response["description"]),
            _pretty(content.get("example")),
            list(_fields(content.get("schema", {}), definitions)),
        )


def _fields(schema: dict[str, Any], definitions: dict[str, Any]) -> Iterator[Field]:
    """Yield each field of a body or an answer; of a list those of its entries."""
    schema = _resolved(schema.get("items", schema), definitions)
    required = schema.get("required", [])
    for name, field in schema.get("properties", {}).items():
        told = marked_up(field.get("description", ""))
        yield Field(name, _type(field), told, is_required=name in required)


def _resolved(schema: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = definitions[schema["$ref"].rpartition("/")[2]]
    return found


def _pretty(example: Any) -> str:
    return "" if example is None else json.dumps(example, indent=2, ensure_ascii=False)


def _type(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_type(each) for each in field["anyOf"])
    if "enum" in field:
        return " | ".join(map(str, field["enum"]))
    if field.get("type") == "array":
        return f"list of {_type(field.get('items', {})) or 'values'}"
    return str(field.get("format") or field.get("type") or field.get("$ref", "").rpartition("/")[2])
