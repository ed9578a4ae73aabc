"""The ways to Microsoft, and how each fails."""

import pytest
import trustme

from notifications.backends.errors import SendError, TransientError
from notifications.backends.microsoft import entra, entra_http
from notifications.backends.microsoft.ews import connections
from notifications.backends.microsoft.ews.backend import EwsBackend
from notifications.backends.microsoft.graph.backend import GraphBackend
from notifications.backends.microsoft.graph.http import GraphHttp
from tests import factories
from tests.exchange_emulator.emulator import CLIENT, DESK, SECRET, TENANT
from tests.waiting import PATIENCE


def login(base, ca, _seconds):
    application = entra.Application(CLIENT, SECRET, f"{base}/{TENANT}", ca)
    entra.begin_sign_in(
        application, scopes={"Mail.Send"}, redirect_uri=factories.REDIRECT_URI, state="s"
    )


def graph(base, ca, seconds):
    http = GraphHttp(f"{base}/v1.0", token=lambda: "token", verify=ca, timeout=(seconds, seconds))
    backend = GraphBackend(http, mailbox=DESK, by_draft=True)
    try:
        backend.check()
    finally:
        backend.close()


def ews(base, ca, _seconds):
    address = f"{base}/EWS/Exchange.asmx"
    backend = EwsBackend(address, mailbox=DESK, token=lambda: "token", verify=ca)
    try:
        backend.check()
    finally:
        backend.close()


@pytest.fixture(params=[login, graph, ews], ids=lambda way: way.__name__)
def fails(request, monkeypatch):
    """The answer of one way to Microsoft, which waits for so many seconds at the most."""
    for name in ("HTTPS_PROXY", "NO_PROXY", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)

    def attempt(base, ca=True, *, seconds=PATIENCE):
        monkeypatch.setattr(entra_http, "TIMEOUT", seconds)
        monkeypatch.setattr(connections, "_TIMEOUT", (seconds, seconds))
        with pytest.raises(SendError) as caught:
            request.param(base, ca, seconds)
        assert type(caught.value) is TransientError
        return caught.value.answer

    return attempt


@pytest.fixture
def authority(tmp_path):
    made = trustme.CA()
    made.path = str(tmp_path / "ca.pem")
    made.cert_pem.write_to_path(made.path)
    return made
