"""The reference: a valid OpenAPI document with true examples, and a page that shows all of it."""

import pytest
from django.test import Client
from openapi_schema_validator import OAS31Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from notifications.api.docs_page import marked_up


@pytest.fixture(scope="module")
def document():
    return Client().get("/api/v1/openapi.json").json()


def operations(document):
    return [
        (f"{method} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def contents(document):
    """Each body and answer: its name, its schema, its example."""
    for name, operation in operations(document):
        bodies = {"body": operation.get("requestBody", {}), **operation["responses"]}
        for place, described in bodies.items():
            for kind, content in described.get("content", {}).items():
                yield f"{name} {place} {kind}", content


def validator(schema, document):
    resource = Resource(contents=document, specification=DRAFT202012)
    registry = Registry().with_resource("urn:document", resource)
    whole = {"$id": "urn:document", "components": document["components"], **schema}
    return OAS31Validator(whole, registry=registry)


def test_each_schema_is_one(document):
    for schema in document["components"]["schemas"].values():
        OAS31Validator.check_schema(schema)
    for _name, content in contents(document):
        OAS31Validator.check_schema(content["schema"])


def test_each_answer_has_an_example_that_is_true(document):
    for name, content in contents(document):
        if "multipart" in name:
            continue
        assert "example" in content, name
        wrong = list(validator(content["schema"], document).iter_errors(content["example"]))
        assert not wrong, (name, wrong)


def test_each_operation_says_what_each_answer_means(document):
    for name, operation in operations(document):
        told = {each["description"] for each in operation["responses"].values()}
        assert len(told) == len(operation["responses"]), name
        assert {"401", "403", "429"} <= set(operation["responses"]), name


def test_the_page_shows_answers_with_examples_and_no_marks(document):
    text = Client().get("/api/v1/docs").content.decode()

    assert "Retry-After" in text
    assert "&quot;message_id&quot;" in text
    assert "The message is being sent or has left the queue." in text
    assert "`" not in text
    assert "*read*" not in text
    for _name, operation in operations(document):
        assert operation["summary"] in text


def test_a_description_is_escaped_before_it_is_marked_up():
    assert (
        marked_up("`<b>` and *more*  <i>") == "<code>&lt;b&gt;</code> and <em>more</em> &lt;i&gt;"
    )
