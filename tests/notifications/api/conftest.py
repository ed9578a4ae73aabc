"""A key, and requests with it."""

import json

import pytest
from django.test import Client

from tests import factories


class Caller:
    """An application with its key."""

    def __init__(self, token):
        self.token = token
        self.client = Client(enforce_csrf_checks=True, raise_request_exception=False)

    def get(self, path, **query):
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers())

    def post(self, path, body=None, **headers):
        return self.client.post(
            f"/api/v1/{path}",
            json.dumps(body or {}),
            content_type="application/json",
            headers=self.headers(**headers),
        )

    def post_form(self, path, **parts):
        return self.client.post(f"/api/v1/{path}", parts, headers=self.headers())

    def headers(self, **more):
        extra = {name.replace("_", "-"): value for name, value in more.items()}
        return {"Authorization": f"Bearer {self.token}"} | extra


@pytest.fixture
def desk(db):
    """A key that may send."""
    return Caller(factories.api_key(name="Service desk")[1])


@pytest.fixture
def auditor(db):
    """A key that may read."""
    return Caller(factories.api_key(name="Auditor", may_send=False, may_read=True)[1])


@pytest.fixture
def other(db):
    return Caller(factories.api_key(name="Other")[1])
