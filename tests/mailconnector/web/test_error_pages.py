"""Error pages look like the product, say what to do, and need nothing that may be broken."""

import pytest
from django.db import DatabaseError
from django.test import Client

from tests import factories

TOO_MUCH = "x" * (10 * 1024 * 1024 + 1)


@pytest.fixture
def client(db):
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(factories.user())
    return client


def shown(response, status):
    text = response.content.decode()
    assert response.status_code == status
    assert "Mail Connector</title>" in text
    assert "mailconnector/error.css" in text
    assert "<script" not in text
    assert " style=" not in text
    assert 'href="/"' in text
    return text


def test_a_page_that_does_not_exist(client):
    assert "This page does not exist" in shown(client.get("/nothing/here/"), 404)


def test_a_form_without_its_token_says_how_to_go_on(client):
    text = shown(client.post("/settings/email/", {}), 403)

    assert "reload the page and submit the form again" in text
    assert "MAILCONNECTOR_PUBLIC_URL" in text
    assert "CSRF cookie not set." in text


def test_another_address_of_the_site_says_which_one_is_right(client):
    text = shown(client.get("/", headers={"host": "mail.elsewhere.example"}), 400)

    assert "Wrong address" in text
    assert "MAILCONNECTOR_PUBLIC_URL" in text


def test_too_large_a_form_says_the_limit(client):
    client.cookies["csrftoken"] = "x" * 32
    response = client.post("/settings/email/", {"from_address": TOO_MUCH})

    assert "10.0\xa0MB" in shown(response, 413)


def test_too_many_fields_are_a_request_that_cannot_be_read(client):
    client.cookies["csrftoken"] = "x" * 32
    response = client.post("/settings/email/", {f"f{n}": "x" for n in range(1001)})

    assert "couldn&#x27;t be read" in shown(response, 400)


def test_a_mistake_of_ours_is_told_with_the_time_and_without_the_database(
    client, monkeypatch, django_assert_num_queries
):
    def fails(_request):
        raise DatabaseError("the server has gone away")

    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", fails)

    with django_assert_num_queries(0):
        text = shown(client.get("/settings/email/"), 500)

    assert "no notification is lost" in text
    assert "UTC" in text
    assert "gone away" not in text


def test_an_address_of_the_api_stays_json(client):
    response = client.get("/api/v1/nothing")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
