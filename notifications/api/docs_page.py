"""The documentation page, made from the OpenAPI document: no scripts, nothing from elsewhere."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from ninja import NinjaAPI


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    summary: str
    description: str
    parameters: list[dict[str, Any]]
    body: str
    fields: list[tuple[str, str, str]]
    statuses: list[tuple[str, str]]


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


def _operations(document: dict[str, Any]) -> Iterator[Operation]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            content = (
                operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            )
            yield Operation(
                method=method.upper(),
                path=path,
                summary=operation["summary"],
                description=operation.get("description", ""),
                parameters=operation.get("parameters", []),
                body=json.dumps(content["example"], indent=2) if content else "",
                fields=_fields(content.get("schema", {})),
                statuses=[
                    (str(status), response["description"])
                    for status, response in sorted(
                        operation["responses"].items(), key=lambda pair: str(pair[0])
                    )
                ],
            )


def _fields(schema: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Name, type and description of each field of a body."""
    return [
        (name, _type(field), field.get("description", ""))
        for name, field in schema.get("properties", {}).items()
    ]


def _type(field: dict[str, Any]) -> str:
    if "anyOf" in field:
        return " or ".join(_type(each) for each in field["anyOf"])
    if "enum" in field:
        return " | ".join(map(str, field["enum"]))
    return str(field.get("format") or field.get("type") or field.get("$ref", "").rpartition("/")[2])
