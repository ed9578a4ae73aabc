"""A person's way to the emulator's sign-in page and back, without a browser."""

import base64
import json
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import requests

from notifications.backends.microsoft.clouds import PRACTICE_LOGIN_CLIENT_ID, PRACTICE_TENANT_ID
from tests.waiting import PATIENCE

ADMINISTRATOR, OPERATOR = "admin@contoso.example", "alex@contoso.example"
AUDITOR, NO_ROLE = "audit@contoso.example", "servicedesk@contoso.example"


def use(emulator, settings):
    """Let people sign in at the emulator of the tests."""
    settings.OIDC_ISSUER = f"{emulator.https}/{PRACTICE_TENANT_ID}/v2.0"


def begin(client, *, target="/", **options):
    """Click "Sign in with Microsoft"; return the address that the browser is sent to."""
    response = client.post("/login/microsoft/", {"next": target, **options})
    assert response.status_code == 302, response.content.decode()
    return response.url


def choose(address, account):
    """Choose an account on the emulator's page; return the path with which it leads back."""
    answer = requests.post(
        address, data={"account": account}, allow_redirects=False, timeout=PATIENCE
    )
    assert answer.status_code == 302, answer.text
    back = urlsplit(answer.headers["Location"])
    assert back.netloc == "localhost:8000"
    return f"{back.path}?{back.query}"


def sign_in(client, account, **options):
    return client.get(choose(begin(client, **options), account))


def assign(emulator, account, *roles):
    asked = {"client_id": PRACTICE_LOGIN_CLIENT_ID, "address": account, "roles": roles}
    answer = requests.post(f"{emulator.http}/_emulator/roles", json=asked, timeout=PATIENCE)
    assert answer.status_code == 201, answer.text


def token_of(**claims):
    """Return an ID token with these claims, as a sign-in service would give it over TLS."""
    now = int(time.time())
    whole = {"iat": now, "nbf": now, "exp": now + 3600, "aud": PRACTICE_LOGIN_CLIENT_ID, **claims}
    parts = ({"alg": "RS256", "typ": "JWT", "kid": "x"}, whole)
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in parts]
    return b".".join([*texts, b"c2lnbmF0dXJl"]).decode()


def answer_at_the_token_endpoint(emulator, **answer):
    """Have the next answer of the token endpoint be this one, or one with this status."""
    status = answer.pop("status", 200)
    body = {"token_type": "Bearer", "access_token": "x", "expires_in": 3600, **answer}
    emulator.fault(
        path="*/token", count=1, status=status, body=json.dumps(body),
        headers={"Content-Type": "application/json"},
    )  # fmt: skip


def pass_time(client, **time):
    """Let time pass for what the session knows of the sign-in service."""
    session = client.session
    kept = session["microsoft"]
    earlier = timedelta(**time).total_seconds()
    session["microsoft"] = {
        name: value - earlier if name.endswith("_at") else value for name, value in kept.items()
    }
    session.save()


def refusal(response):
    assert response.status_code == 403
    return " ".join(response.content.decode().split())


def claims_for(emulator, address, **claims):
    """Return what an ID token says that would let in: an answer to `address`. None leaves out."""
    good = {
        "iss": f"{emulator.https}/{PRACTICE_TENANT_ID}/v2.0",
        "tid": PRACTICE_TENANT_ID,
        "oid": "0f0f0f0f-0000-4000-8000-000000000001",
        "sub": "a-subject",
        "name": "Mallory",
        "preferred_username": "mallory@contoso.example",
        "nonce": parse_qs(urlsplit(address).query)["nonce"][0],
        "roles": ["Administrator"],
    }
    return {name: value for name, value in {**good, **claims}.items() if value is not None}


def answered(client, emulator, *, again="", **claims):
    """Sign in, with an ID token of these claims in place of the emulator's."""
    address = begin(client, **({"again": again} if again else {}))
    path = choose(address, OPERATOR)
    token = token_of(**claims_for(emulator, address, **claims))
    answer_at_the_token_endpoint(emulator, id_token=token, refresh_token="1.x")
    return client.get(path)
