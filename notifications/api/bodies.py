"""Bodies of requests: JSON, or a form with JSON and files, which Django streams to disk."""

import io
from typing import Any, TypeVar

import pydantic
from django.http import HttpRequest

from notifications.outbox import NewFile

from .problems import Problem, field_errors
from .schemas import Delivery

PART, FILES = "message", "files"
_Body = TypeVar("_Body", bound=Delivery)


def read(request: HttpRequest, schema: type[_Body]) -> tuple[_Body, list[NewFile]]:
    """The body and its files, wherever they stand in it. Raises Problem."""
    if request.content_type == "application/json":
        body = _parse(request.body, schema)
        return body, _from_json(body)
    if request.content_type == "multipart/form-data":
        body = _parse(request.POST.get(PART, "{}").encode(errors="surrogatepass"), schema)
        return body, [*_from_json(body), *_from_form(request, body)]
    raise Problem(415, "Send application/json or multipart/form-data.")


def described(schema: type[Delivery], example: dict[str, Any]) -> dict[str, Any]:
    """Both kinds of body for the OpenAPI document, which django-ninja cannot know of."""
    json_schema = schema.model_json_schema()
    json_schema = _inlined(json_schema, json_schema.pop("$defs", {}))
    form = {
        "type": "object",
        "properties": {
            PART: {
                "type": "string",
                "description": "The JSON",
                "contentMediaType": "application/json",
            },
            FILES: {"type": "array", "items": {"type": "string", "format": "binary"}},
        },
        "required": [PART],
    }
    return {
        "required": True,
        "content": {
            "application/json": {"schema": json_schema, "example": example},
            "multipart/form-data": {"schema": form},
        },
    }


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:
    """Without references: the document has its definitions elsewhere."""
    if isinstance(schema, list):
        return [_inlined(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        return _inlined(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    return {name: _inlined(value, definitions) for name, value in schema.items()}


def _parse(text: bytes, schema: type[_Body]) -> _Body:
    try:
        return schema.model_validate_json(text)
    except pydantic.ValidationError as error:
        errors = field_errors(error)
        if error.errors(include_url=False)[0]["type"] == "json_invalid":
            raise Problem(400, f"The body is not JSON: {errors[0]['message']}.") from error
        raise Problem(422, "Some fields are not right.", errors=errors) from error


def _from_json(body: Delivery) -> list[NewFile]:
    return [
        NewFile(each.name, io.BytesIO(each.content), each.content_type, each.content_id)
        for each in body.attachments
    ]


def _from_form(request: HttpRequest, body: Delivery) -> list[NewFile]:
    files: list[Any] = request.FILES.getlist(FILES)
    return [
        NewFile(file.name, file, file.content_type or "", body.inline.get(file.name, ""))
        for file in files
    ]
