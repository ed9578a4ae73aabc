"""One name for whoever lets applications in by their User-Agent."""

import pytest
from django.utils import timezone

import mailconnector
from notifications.backends.errors import Answer, SendError
from notifications.backends.explanations.explain import explain
from notifications.backends.microsoft import entra
from notifications.backends.microsoft.ews.backend import EwsBackend
from notifications.backends.microsoft.graph.backend import GraphBackend
from notifications.backends.microsoft.graph.http import GraphHttp
from notifications.health.checklist import microsoft_facts
from notifications.webhooks import call
from tests import factories
from tests.answering import answering, http


@pytest.fixture
def server(tmp_path):
    with answering(tmp_path) as server:
        yield server


def by_graph(server):
    graph = GraphHttp(f"{server.url}/v1.0", token=lambda: "token", verify=server.ca)
    GraphBackend(graph, mailbox="a@b.example", by_draft=True).check()


def by_ews(server):
    url = f"{server.url}/EWS/Exchange.asmx"
    EwsBackend(url, mailbox="a@b.example", token=lambda: "token", verify=server.ca).check()


def by_sign_in(server):
    application = entra.Application("client", "secret", f"{server.url}/tenant", server.ca)
    entra.begin_sign_in(
        application, scopes={"Mail.Send"}, redirect_uri=factories.REDIRECT_URI, state="s"
    )


@pytest.mark.parametrize("way", [by_graph, by_ews, by_sign_in])
def test_microsofts_services_see_one_user_agent(server, way):
    with pytest.raises(SendError):
        way(server)

    (head,) = server.heard
    assert f"\r\nUser-Agent: MailConnector/{mailconnector.__version__}\r\n" in head


def test_the_checklist_and_callbacks_use_it_too(server, settings):
    settings.CLOUD, settings.CA_BUNDLE = "emulator", server.ca
    settings.CALLBACKS_TO_PRIVATE_ADDRESSES = True
    server.answers["/hook"] = http(200)

    microsoft_facts._reach(f"{server.url}/v1.0")
    call.call(
        f"{server.url}/hook", b"{}", event_id="1", secret="whsec_c2VjcmV0", now=timezone.now()
    )

    assert len(server.heard) == 2
    for head in server.heard:
        assert f"\r\nUser-Agent: MailConnector/{mailconnector.__version__}\r\n" in head


def test_the_advice_for_an_access_policy_names_it():
    assert 'Add="MailConnector/*"' in explain(Answer(code="ExtensionError")).what_to_do
