"""/healthz, /readyz and /metrics."""

import json
import logging
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from prometheus_client.parser import text_string_to_metric_families

from mailconnector import log_lines
from notifications import vault
from notifications.models import (
    Attempt,
    EmailSettings,
    MicrosoftAccount,
    QueueState,
    SmtpListener,
    SmtpSettings,
    Worker,
)
from tests import factories
from tests.servers import Redis

BEARER = {"authorization": "Bearer scrape-me"}


@pytest.fixture
def redis(settings, tmp_path):
    server = Redis(tmp_path)
    server.start()
    settings.REDIS_URL = server.url
    yield server
    server.stop()


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = "scrape-me"


def see_worker(now, **changes):
    values = {"version": "1", "key": vault.key_fingerprint(), "now": now}
    Worker.objects.saw("host:1", **values | changes)


def listens(now, **changes):
    made = {"name": "host:1", "started_at": now, "seen_at": now, "addresses": [["::", 25, False]]}
    SmtpListener.objects.create(**made | changes)


def values(response):
    """Each sample by its name and its labels' values."""
    families = text_string_to_metric_families(response.content.decode())
    return {
        (sample.name.removeprefix("mailconnector_"), *sample.labels.values()): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.mark.django_db
def test_a_process_with_its_database_is_healthy(client):
    response = client.get("/healthz", headers={"host": "10.0.0.7"})

    assert (response.status_code, response.json()) == (200, {"healthy": True, "missing": []})
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_without_its_database_it_is_not(client, monkeypatch):
    def refuse():
        raise OperationalError("no password for user mail at db.internal")

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/healthz")
    ready = client.get("/readyz")

    assert (response.status_code, response.json()["missing"]) == (503, ["database"])
    assert ready.status_code == 503
    assert "database" in ready.json()["missing"]
    assert "password" not in ready.content.decode()


@pytest.mark.django_db
def test_readiness_names_what_is_missing(client):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"ready": False, "missing": ["worker", "redis"]}


@pytest.mark.django_db
def test_with_everything_there_it_is_ready(client, redis, now):
    see_worker(now)
    while client.get("/readyz").json()["missing"] == ["redis"]:
        pass

    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"ready": True, "missing": []})


@pytest.mark.django_db
def test_an_address_that_redis_cannot_have_is_redis_missing(client, settings):
    settings.REDIS_URL = "redis+socket:///run/redis.sock?virtual_host=6"

    response = client.get("/readyz")

    assert response.status_code == 503
    assert "redis" in response.json()["missing"]


@pytest.mark.django_db
def test_a_listener_that_should_listen_and_does_not_is_missing(client, now):
    SmtpSettings.objects.made().update(is_on=True)
    assert "smtp" not in client.get("/readyz").json()["missing"]
    factories.smtp_client()
    assert "smtp" in client.get("/readyz").json()["missing"]
    listens(now)
    assert "smtp" not in client.get("/readyz").json()["missing"]


@pytest.mark.django_db
def test_metrics_tell_of_the_smtp_listeners(client, token, now):
    listens(now, connections=3, certificate_ends_at=now + timedelta(days=9, hours=1))
    listens(now, name="waits:2", addresses=[])

    found = values(client.get("/metrics", headers=BEARER))

    assert found["smtp_listeners",] == 1
    assert found["smtp_connections",] == 3
    assert found["smtp_certificate_days_left",] == 9


@pytest.mark.django_db
def test_a_worker_that_fell_silent_is_missing(client, redis, now):
    see_worker(now - timedelta(minutes=4))

    assert "worker" in client.get("/readyz").json()["missing"]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_they_are_read_only(client, path):
    assert client.post(path).status_code == 405


def test_without_a_token_there_are_no_metrics(client):
    assert client.get("/metrics", headers=BEARER).status_code == 404


@pytest.mark.parametrize(
    "header", ["", "Bearer ", "Bearer wrong", "Basic scrape-me", "scrape-me", "Bearer scrape-më"]
)
def test_metrics_want_the_token(client, token, header):
    response = client.get("/metrics", headers={"authorization": header})

    assert response.status_code == 401
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.django_db
def test_metrics_say_what_an_alarm_needs(client, token, unconnected, stopped_clock):
    now = stopped_clock
    see_worker(now)
    QueueState.objects.update_or_create(pk=1, defaults={"beat_seen_at": now, "paused_at": now})
    MicrosoftAccount.objects.update(
        state="blocked", rests_until=now + timedelta(minutes=2), rest_code="ErrorServerBusy"
    )
    EmailSettings.objects.update(secret_expires_on=now.date() + timedelta(days=12))
    factories.enqueue()
    for result, minutes in (("accepted", 1), ("accepted", 2), ("failed", 1), ("accepted", 9)):
        Attempt.objects.create(at=now - timedelta(minutes=minutes), result=result)

    response = client.get("/metrics", headers=BEARER)

    assert response.status_code == 200
    assert response.headers["Content-Type"].startswith("text/plain; version=")
    found = values(response)
    assert found["queue", "pending"] == 1
    assert found["queue", "failed"] == 0
    assert 0 <= found[("oldest_pending_seconds",)] < 60
    assert found["recent_attempts", "accepted"] == 2
    assert found["recent_attempts", "failed"] == 1
    assert found["recent_attempts", "deferred"] == 0
    assert found["account_state", "blocked"] == 1
    assert found["account_state", "connected"] == 0
    assert 60 < found[("resting_seconds",)] <= 120
    assert found[("paused",)] == 1
    assert found[("workers",)] == 1
    assert found[("beat_silent_seconds",)] < 60
    assert found[("credential_days_left",)] == 12
    assert found["obstacle", "blocked"] == 1
    assert "contoso" not in response.content.decode()


@pytest.mark.django_db
def test_a_scrape_asks_the_database_a_constant_number_of_times(client, token, unconnected, now):
    def queries():
        with CaptureQueriesContext(connection) as caught:
            client.get("/metrics", headers=BEARER)
        return len(caught)

    before = queries()
    for _ in range(20):
        factories.enqueue()
        Attempt.objects.create(at=now, result="accepted")

    assert queries() == before <= 10


def test_the_log_of_the_server_can_be_json_with_ids_as_fields():
    from pythonjsonlogger.json import JsonFormatter

    options = dict(log_lines.FORMATS["json"])
    options.pop("()")
    formatter = JsonFormatter(options.pop("format"), **options)
    record = logging.makeLogRecord(
        {"name": "notifications.queue.engine.outcomes", "levelname": "INFO",
         "msg": "Notification %s: %s", "args": (7, "failed"), "notification_id": 7, "attempt_id": 9}
    )  # fmt: skip

    line = json.loads(formatter.format(record))

    assert line["message"] == "Notification 7: failed"
    assert (line["notification_id"], line["attempt_id"]) == (7, 9)
    assert (line["level"], line["logger"]) == ("INFO", "notifications.queue.engine.outcomes")
    assert line["timestamp"].endswith("+00:00")


@pytest.mark.django_db(transaction=True)
def test_attempts_are_logged_by_ids_without_addresses(connected, emulator, caplog):
    from tests.notifications.queue.steps import SEND, drain

    caplog.set_level(logging.DEBUG, logger="notifications")
    emulator.fault(path=SEND, error_code="ErrorInvalidRecipients", status=400, count=1)
    row = factories.enqueue()

    drain()

    (record,) = [r for r in caplog.records if getattr(r, "attempt_id", None)]
    assert record.notification_id == row.pk
    assert record.attempt_id == Attempt.objects.get().pk
    assert "contoso" not in caplog.text
