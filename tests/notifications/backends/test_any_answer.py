"""Whatever comes back, of any status, form, header and length: a receipt or a declared error, in
words that every column and log takes."""

import json
import uuid
from contextlib import closing

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from notifications.backends.base import AccountInfo, Outcome, Receipt
from notifications.backends.errors import SendError
from notifications.backends.explanations.explain import explain
from notifications.backends.microsoft import entra
from notifications.backends.microsoft.ews.backend import EwsBackend
from notifications.backends.microsoft.graph.backend import GraphBackend
from notifications.backends.microsoft.graph.http import GraphHttp
from tests import factories
from tests.answering import answering, http

GUID = str(uuid.UUID(int=7))
ISSUER = f"https://localhost/{GUID}/v2.0"
NAMES = (
    "error code message innerError request-id id isDraft value uploadUrl nextExpectedRanges from "
    "emailAddress address error_description trace_id correlation_id access_token refresh_token "
    "id_token expires_in scope client_info issuer token_endpoint authorization_endpoint"
).split()
VALUES = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
    | st.sampled_from(["ErrorSendAsDenied", "AADSTS700082: x", "invalid_grant", "C" * 300, "\ud800",
                       "a\0b", "https://localhost:1/x", "x.e30.y", "x.W10.y", "0-", GUID, ISSUER])
)  # fmt: skip
TREES = st.recursive(
    VALUES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)
    ),
    max_leaves=12,
)
XML = st.builds(
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages" '
    'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><s:Body>{}</s:Body>'
    "</s:Envelope>".format,
    st.lists(
        st.sampled_from([
            "<m:CreateItemResponse>", "</m:CreateItemResponse>", "<m:ResponseMessages>",
            "</m:ResponseMessages>", '<m:CreateItemResponseMessage ResponseClass="Success">',
            '<m:CreateItemResponseMessage ResponseClass="Error">', "<s:Fault>", "</s:Fault>",
            "</m:CreateItemResponseMessage>", "<m:ResponseCode>NoError</m:ResponseCode>",
            "<m:ResponseCode>ErrorSendAsDenied</m:ResponseCode>", "<m:ResponseCode/>", "<m:Items/>",
            '<m:Items><t:Message><t:ItemId Id="a" ChangeKey="b"/></t:Message></m:Items>',
            "<m:MessageText>\u202ewords</m:MessageText>", "<detail/>", "&undefined;", "\x00",
            '<m:MessageXml><t:Value Name="BackOffMilliseconds">x</t:Value></m:MessageXml>',
            "<m:ResponseCode>" + "E" * 500 + "</m:ResponseCode>",
        ]),
        max_size=12,
    ).map("".join),
)  # fmt: skip
BODIES = st.one_of(
    TREES.map(lambda tree: json.dumps(tree).encode()),
    XML.map(lambda text: text.encode(errors="replace")),
    st.binary(max_size=300),
    st.sampled_from([b"", b"[" * 100_000, b"<html>" * 20_000, b"9" * 5000, b"\xff\xfe", b"{}"]),
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "request_id": st.sampled_from([GUID, "r" * 500, "\xff"]),
        "x_ms_ests_server": st.just("2.1"),
        "X_FEServer": st.just("X"),
        "x_ms_diagnostics": st.sampled_from(['2000008;reason="a"', "9" * 500, '2000000;reason="']),
        "Content_Type": st.sampled_from(["text/xml", "text/html; charset=nonsense", "\xff"]),
        "Content_Encoding": st.sampled_from(["gzip", "br", "nonsense"]),
        "Location": st.sampled_from(["https://x/y?token=z", "//[", "x" * 500]),
        "Retry_After": st.sampled_from(["7", "0,120", "nan", "1e999", "-5", "soon", "," * 500]),
        "X_CasErrorCode": st.just("CAS error: x"),
        "WWW_Authenticate": st.just('Bearer realm=""'),
    },
)
STATUSES = st.sampled_from(
    [200, 201, 202, 204, 206, 300, 301, 302, 304, 400, 401, 403, 404, 407, 408, 409, 410, 413, 416,
     418, 429, 451, 500, 502, 503, 504, 507, 599, 600, 999]
)  # fmt: skip
ANSWERS = st.one_of(
    st.builds(
        lambda status, body, headers: http(status, body, **headers), STATUSES, BODIES, HEADERS
    ),
    st.sampled_from(
        [
            b"",
            b"\x16\x03",
            b"HTTP/1.1 ",
            b"HTTP/1.1 42 ?\r\n\r\n",
            b"HTTP/1.1 101 Switch\r\n\r\n",
            b"HTTP/1.1 200 OK\r\n",
            b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nshort",
            b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70_000 + b"\r\n\r\n",
        ]
    ),
)

# A redirect whose body is not what it says: requests would read it twice.
NO_BROTLI = http(302, b"<html>" * 20_000, Content_Encoding="br", Location="https://x/y")


def any_answer(examples):
    return settings(
        max_examples=examples,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


@pytest.fixture
def server(tmp_path):
    with answering(tmp_path) as server:
        yield server


def draft(**fields):
    body = {"id": "AAMk", "@odata.context": "https://graph/$metadata", **fields}
    return http(201, json.dumps(body).encode(), request_id=GUID)


def is_declared(act):
    """Whether it ends in a declared outcome, whose words are bounded."""
    try:
        outcome = act()
    except SendError as error:
        answer = error.answer
        for text, longest in (
            (answer.code, 100),
            (answer.message, 2000),
            (answer.request_id, 100),
            (answer.client_request_id, 100),
        ):
            assert len(text) <= longest
            assert text.isprintable()
        assert explain(answer).happened
        return True
    return isinstance(outcome, Receipt | Outcome | AccountInfo | dict | entra.SignedIn)


def graph_of(server):
    graph = GraphHttp(f"{server.url}/v1.0", token=lambda: "token", verify=server.ca)
    return closing(GraphBackend(graph, mailbox="a@b.example", by_draft=True))


def ignore(_reference):
    """Nothing is kept here."""


@any_answer(80)
@given(answer=ANSWERS)
@pytest.mark.parametrize("step", ["POST /v1.0/me/messages HTTP", "/send", "GET ", "DELETE "])
def test_graph(server, step, answer):
    server.answers = {step: answer, "POST /v1.0/me/messages HTTP": draft()}

    with graph_of(server) as backend:
        assert is_declared(lambda: backend.send(factories.message(), checkpoint=ignore))
        assert is_declared(lambda: backend.settle("AAMk", message_id="<a@b.example>"))
        assert is_declared(lambda: backend.settle("", message_id="<a@b.example>"))
        assert is_declared(backend.check)


@any_answer(25)
@given(answer=ANSWERS)
@pytest.mark.parametrize("step", ["createUploadSession", "PUT ", "GET /upload"])
def test_an_upload(server, step, answer):
    session = json.dumps({"uploadUrl": f"{server.url}/upload"}).encode()
    server.answers = {
        step: answer,
        "POST /v1.0/me/messages HTTP": draft(),
        "createUploadSession": http(201, session, request_id=GUID),
    }
    file = factories.file(content=b"x" * 3_000_001)

    with graph_of(server) as backend:
        message = factories.message(files=(file,))
        assert is_declared(lambda: backend.send(message, checkpoint=ignore))


@any_answer(100)
@given(answer=ANSWERS)
@example(answer=NO_BROTLI)
def test_ews(server, answer):
    server.answers = {"asmx": answer}
    url = f"{server.url}/EWS/Exchange.asmx"
    backend = EwsBackend(url, mailbox="a@b.example", token=lambda: "token", verify=server.ca)

    with closing(backend):
        assert is_declared(lambda: backend.send(factories.message(), checkpoint=ignore))
        given = {"resume": "AAMkAAAA CQAAAAAA", "checkpoint": ignore}
        assert is_declared(lambda: backend.send(factories.message(), **given))
        assert is_declared(lambda: backend.settle("AAMkAAAA CQAAAAAA", message_id="<a@b.example>"))
        assert is_declared(backend.check)


@any_answer(150)
@given(answer=ANSWERS)
@example(answer=NO_BROTLI)
@pytest.mark.parametrize("step", ["openid-configuration", "/token"])
def test_the_sign_in_service(server, step, answer):
    document = {
        "issuer": f"{server.url}/{GUID}/v2.0",
        "authorization_endpoint": f"{server.url}/{GUID}/authorize",
        "token_endpoint": f"{server.url}/{GUID}/token",
    }
    server.answers = {
        step: answer,
        "openid-configuration": http(200, json.dumps(document).encode()),
    }
    application = entra.Application("client", "secret", f"{server.url}/{GUID}", server.ca)
    flow = {"auth_uri": "x", "state": "s", "code_verifier": "v" * 43, "nonce": "n",
            "redirect_uri": factories.REDIRECT_URI, "scope": ["Mail.Send"]}  # fmt: skip

    assert is_declared(
        lambda: entra.begin_sign_in(
            application, scopes={"Mail.Send"}, redirect_uri=factories.REDIRECT_URI, state="s"
        )
    )
    back = {"code": "code", "state": "s"}
    assert is_declared(
        lambda: entra.finish_sign_in(application, dict(flow), back, now=timezone.now())
    )
