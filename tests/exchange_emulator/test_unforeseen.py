"""A bug of the emulator is an answer in its service's shape, and a traceback on stderr."""

import asyncio
import json

import pytest

from exchange_emulator import application, seed, world

BROKEN = [
    ("GET", "/v1.0/me", "signer"),
    ("POST", "/EWS/Exchange.asmx", "signer"),
    ("POST", "/contoso.example/oauth2/v2.0/token", "directory"),
    ("GET", "/_emulator/limits", "limits"),
]


def ask(app, method, path):
    """(status, body) of one request, straight through the application's interface."""
    sent = []

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message):
        sent.append(message)

    headers = [(b"authorization", b"Bearer a.b.c")]
    scope = {"type": "http", "method": method, "path": path, "headers": headers}
    scope |= {"query_string": b"", "root_path": "", "scheme": "http", "server": ("localhost", 80)}
    asyncio.run(app(scope, receive, send))
    return sent[0]["status"], b"".join(each.get("body", b"") for each in sent).decode()


@pytest.mark.parametrize(("method", "path", "part"), BROKEN)
def test_a_bug_is_answered_and_the_connection_stays(tmp_path, caplog, method, path, part):
    made = world.create(tmp_path, seed.build(seed.PRACTICE))
    setattr(made, part, None)
    status, body = ask(application.build(made), method, path)
    made.connection.close()
    assert status == 500
    assert "AttributeError" in caplog.text
    if path.startswith("/EWS"):
        assert "ErrorInternalServerError" in body
    else:
        assert json.loads(body)["error"]
