"""People log in at a provider that is not ours: oidc-provider-mock, as it comes. It names nobody by
tid and oid, and gives no new ID token for a refresh token."""

import json
import os
import subprocess
import sys
from contextlib import suppress

import pytest
import requests
from django.contrib.auth.models import User
from django.core.cache import caches

from people.microsoft import provider
from tests.servers import free_port
from tests.waiting import PATIENCE, wait_until

from .steps import pass_time

pytestmark = pytest.mark.django_db
ALICE = {"sub": "alice", "name": "Alice Doe", "email": "alice@fabrikam.example"}


@pytest.fixture(scope="module")
def url():
    port = free_port()
    roles = {**ALICE, "roles": ["Operator"]}
    process = subprocess.Popen(
        [sys.executable, "-m", "oidc_provider_mock", "--port", str(port),
         "--user-claims", json.dumps(roles), "--user-claims", json.dumps({"sub": "bob"})],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )  # fmt: skip
    try:
        assert wait_until(lambda: answers(f"http://localhost:{port}"))
        yield f"http://localhost:{port}"
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def answers(url):
    with suppress(requests.ConnectionError):
        return requests.get(f"{url}/.well-known/openid-configuration", timeout=PATIENCE).ok
    return False


@pytest.fixture(autouse=True)
def at_this_provider(url, settings):
    settings.OIDC_ISSUER = url
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = "mail-connector", "its-secret"
    settings.CA_BUNDLE = ""
    return url


def sign_in(client, person):
    address = client.post("/login/microsoft/", {"next": "/"}).url
    answer = requests.post(address, data={"sub": person}, allow_redirects=False, timeout=PATIENCE)
    return client.get(answer.headers["Location"].partition("localhost:8000")[2])


def test_somebody_is_let_in_with_the_role_that_the_provider_gives(client):
    assert sign_in(client, "alice").url == "/"

    user = User.objects.get()
    assert [group.name for group in user.groups.all()] == ["Operator"]
    assert user.get_full_name() == "Alice Doe"
    assert client.get("/").status_code == 200


def test_somebody_without_a_role_is_refused(client):
    response = sign_in(client, "bob")

    assert response.status_code == 403
    assert "no role" in response.content.decode()


def test_they_go_on_for_four_hours_where_the_provider_renews_nothing(client):
    """It refuses the secret in a form at a renewal, although it says that it takes it."""
    sign_in(client, "alice")

    pass_time(client, hours=3)
    assert client.get("/").status_code == 200
    pass_time(client, hours=2)

    assert client.get("/").url == "/login/"


def take_its_own_method(url):
    """Let the description name the method that the provider takes indeed."""
    answer = provider.remembered_configuration() | {
        "token_endpoint_auth_methods_supported": ["client_secret_basic"]
    }
    caches["process"].set(f"oidc:{url}", answer)


def test_a_renewal_without_an_id_token_confirms_no_role(client, url):
    """By the method that it takes it answers, but names nobody and no role."""
    sign_in(client, "alice")
    take_its_own_method(url)

    pass_time(client, hours=5)

    assert client.get("/").url == "/login/"


def test_they_are_asked_after_by_the_method_that_the_provider_takes(client, url):
    sign_in(client, "alice")
    take_its_own_method(url)

    pass_time(client, minutes=16)
    assert client.get("/").status_code == 200
    requests.post(f"{url}/users/alice/revoke-tokens", timeout=PATIENCE)
    pass_time(client, minutes=16)

    assert client.get("/").url == "/login/"
