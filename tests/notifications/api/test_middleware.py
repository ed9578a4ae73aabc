"""Keys, limits and errors of the REST API."""

import io
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from notifications.models import ApiKey, Notification
from tests import factories
from tests.notifications.api.calls import MAIL, problem


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer mc_wrong", "Basic bWM6eA==", "Bearer \u00e9", "mc_wrong"]
)
def test_without_a_valid_key_nothing_is_shown(db, header):
    response = Client().get("/api/v1/messages", headers={"Authorization": header})

    problem(response, 401)
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_session_is_no_key(db):
    client = Client()
    client.force_login(factories.user())

    problem(client.get("/api/v1/messages"), 401)


@pytest.mark.parametrize("field", ["revoked_at", "expires_at"])
def test_a_revoked_or_expired_key_is_none(desk, field):
    assert desk.get("messages").status_code == 200

    ApiKey.objects.update(**{field: timezone.now() - timedelta(seconds=1)})

    problem(desk.get("messages"), 401)


def test_the_key_itself_is_not_kept(db):
    key, token = factories.api_key()

    kept = " ".join(str(value) for value in ApiKey.objects.values().get(pk=key.pk).values())
    assert token not in kept
    assert token.startswith(key.hint)


def test_the_last_use_is_kept(desk):
    desk.get("messages")

    assert ApiKey.objects.get().last_used_at is not None


def test_a_key_has_its_rate(desk, stopped_clock):
    ApiKey.objects.update(requests_a_minute=2)
    statuses = [desk.get("messages").status_code for _ in range(2)]
    refused = desk.get("messages")

    assert statuses == [200, 200]
    problem(refused, 429)
    assert 0 < int(refused.headers["Retry-After"]) <= 60


def test_the_rate_is_counted_by_the_minute(db, now):
    key, _token = factories.api_key(requests_a_minute=1)
    now = now.replace(second=30)

    counted = [
        ApiKey.objects.count_request(key.pk, now=now + timedelta(seconds=s)) for s in (0, 5, 40, 50)
    ]

    assert counted == [True, False, True, False]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("get", "nothing", 404),
        ("post", "nothing", 404),
        ("get", "messages/999", 404),
        ("get", "messages/abc", 422),
        ("get", "messages/99999999999999999999", 422),
        ("put", "messages", 405),
        ("delete", "messages/1", 405),
    ],
)
def test_every_error_is_a_problem(desk, method, path, status):
    response = getattr(desk.client, method)(f"/api/v1/{path}", headers=desk.headers())

    problem(response, status)
    if status == 405:
        assert "GET" in response.headers["Allow"]


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("text/plain", b"hello", 415),
        ("application/json", b"{", 400),
        ("application/json", b'{"subject": "\\ud800"}', 400),
        ("application/json", b"[" * 100_000, 400),
        ("multipart/form-data", b"hello", 400),
        ("multipart/form-data; boundary=x", b"hello", 422),
    ],
)
def test_a_body_that_cannot_be_read_is_a_problem(desk, content_type, body, status):
    response = desk.client.post(
        "/api/v1/messages", body, content_type=content_type, headers=desk.headers()
    )

    problem(response, status)
    assert not Notification.objects.exists()


class _NeverRead(io.BytesIO):
    def read(self, *_arguments):
        raise AssertionError("the body was read")


@pytest.mark.parametrize(
    ("content_type", "length", "is_there_a_way"),
    [
        ("application/json", 11 * 1024 * 1024, True),
        ("multipart/form-data; boundary=x", 200 * 1024 * 1024, False),
    ],
)
def test_too_large_is_refused_before_anything_is_read(desk, content_type, length, is_there_a_way):
    response = desk.client.generic(
        "POST",
        "/api/v1/messages",
        b"x",
        content_type=content_type,
        headers=desk.headers(),
        **{"CONTENT_LENGTH": str(length), "wsgi.input": _NeverRead()},
    )

    detail = problem(response, 413)["detail"]
    assert "the limit is" in detail
    assert ("can be sent as multipart/form-data" in detail) is is_there_a_way


def test_a_body_without_a_length_is_refused(desk):
    response = desk.client.generic(
        "POST",
        "/api/v1/messages",
        b"",
        content_type="application/json",
        headers=desk.headers(Transfer_Encoding="chunked"),
    )

    problem(response, 411)


def test_a_mistake_of_ours_is_a_problem_without_details(desk, monkeypatch, caplog):
    def broken(*_arguments, **_options):
        raise RuntimeError("s3cret")

    monkeypatch.setattr("notifications.outbox.enqueue", broken)

    told = problem(desk.post("messages", MAIL), 500)

    assert "s3cret" not in json.dumps(told)
    assert "s3cret" in caplog.text
