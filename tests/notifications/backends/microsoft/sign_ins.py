"""Sign-ins at the emulator whose answers a test chooses."""

import base64
import hashlib
import json

from django.utils import timezone

from notifications.backends.microsoft import entra
from tests import factories
from tests.exchange_emulator.emulator import CLIENT, DESK, SECRET, TENANT

CONFIGURATION = "*/.well-known/openid-configuration"
OTHER = "5d9e2a7c-0000-4e0a-9a43-c0a7050e0001"
PRIVATE = "9188040d-6c67-4c5b-b112-36a304b66dad"
PAGE = "<html><title>Sign in to the network</title></html>"
DOMAIN = "contoso.example"


def application(emulator, tenant=TENANT):
    return entra.Application(CLIENT, SECRET, f"{emulator.https}/{tenant}", emulator.ca)


def begin(app):
    return entra.begin_sign_in(
        app, scopes={"Mail.Send"}, redirect_uri=factories.REDIRECT_URI, state="s"
    )


def encoded(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class SignIn:
    """A sign-in that has come back from Microsoft's page, and whose token a test makes."""

    def __init__(self, emulator, tenant=TENANT):
        self.emulator, self.app = emulator, application(emulator, tenant)
        self.flow = begin(self.app)
        now = int(timezone.now().timestamp())
        self.claims = {
            "aud": CLIENT,
            "iss": f"{emulator.https}/{TENANT}/v2.0",
            "tid": TENANT,
            "oid": "6f7c8d9e-aaaa-bbbb-cccc-c0a7050e0003",
            "sub": "subject",
            "preferred_username": DESK,
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "nonce": hashlib.sha256(self.flow["nonce"].encode()).hexdigest(),
        }

    def finish(self, changes=None, **fields):
        claims = self.claims | (changes or {})
        claims = {name: value for name, value in claims.items() if value is not ...}
        body = {
            "token_type": "Bearer",
            "scope": "Mail.Send openid profile",
            "expires_in": 3600,
            "access_token": "access",
            "refresh_token": "refresh",
            "id_token": f"{encoded({'alg': 'RS256'})}.{encoded(claims)}.signature",
            "client_info": encoded({"uid": "u", "utid": "t"}),
        } | fields
        return self.finish_with(200, body)

    def finish_with(self, status, body, **headers):
        self.emulator.fault(path="*/token", status=status, body=body, headers=headers)
        answer = {"code": "code", "state": "s"}
        return entra.finish_sign_in(self.app, self.flow, answer, now=timezone.now())
