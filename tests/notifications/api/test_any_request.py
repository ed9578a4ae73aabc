"""Requests that schemathesis makes from the OpenAPI document: no server error, whatever comes."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings

from mailconnector.wsgi import application
from notifications.models import Notification
from tests import factories

schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application)


@pytest.fixture
def token(db, monkeypatch):
    factories.template(name="Closed", to="{{ email }}", subject="{{ ticket.number }}")
    Notification.objects.filter(pk=factories.enqueue().pk).update(status="failed")
    return factories.api_key(may_read=True, requests_a_minute=0)[1]


@pytest.fixture(autouse=True)
def one_connection():
    """The end of a request would close the connection that the test's transaction is on."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(max_examples=150, suppress_health_check=list(HealthCheck), derandomize=True)
def test_no_request_is_a_server_error(case, token):
    if "name" in case.path_parameters and case.meta.generation.mode.value == "positive":
        case.path_parameters["name"] = "Closed"

    response = case.call(headers={"Authorization": f"Bearer {token}"})

    assert response.status_code < 500, response.text
    if response.status_code >= 400:
        assert response.headers["content-type"][0] == "application/problem+json"
