"""Who an answer is from: what a proxy, a filter or a login page says in Microsoft's place is no
verdict on the message and none on the account, whatever its status."""

import pytest

from notifications.backends.errors import (
    AuthError,
    PermanentError,
    ThrottledError,
    TransientError,
    UnknownOutcomeError,
)
from notifications.backends.explanations.explain import explain
from tests import factories
from tests.notifications.backends.harness import EwsHarness, GraphHarness

PAGE = "<html><head><style>b{}</style></head><body>Blocked by <b>proxy</b></body></html>"
NO_IDS = {"request-id": "", "client-request-id": "", "Content-Type": "text/html"}
# The request that stores the draft, and the one that asks to send it.
GRAPH = {
    "store": {"path": "/v1.0/me/messages", "method": "POST"},
    "send": {"path": "/v1.0/me/messages/*/send"},
}
EWS = {
    "store": {"path": "/ews/*", "operation": "CreateItem"},
    "send": {"path": "/ews/*", "operation": "SendItem"},
}
SOMEBODYS = [
    (status, PAGE, NO_IDS)
    for status in (200, 201, 202, 204, 302, 400, 401, 403, 404, 405, 410, 411, 413, 415, 422, 429,
                   440, 449, 451, 456, 500, 502, 503, 504, 507, 511)
] + [
    (400, '{"error": "blocked"}', NO_IDS),
    (403, '{"error": {"code": "Forbidden", "message": "by policy"}}', NO_IDS),
    (403, '{"error": {"code": ["a"], "message": "by policy"}}', {}),
    (403, '{"error": {"code": "no code of Graph", "message": "by policy"}}', {}),
    (403, "[]", {}),
    (403, "", NO_IDS),
    (403, PAGE, {"Content-Type": "text/html"}),
    (404, "<?xml version='1.0'?><Error/>", NO_IDS),
    (200, '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>', NO_IDS),
]  # fmt: skip


@pytest.fixture(params=["graph", "ews"])
def harness(request, emulator):
    harness = EwsHarness(emulator) if request.param == "ews" else GraphHarness(emulator, True)
    harness.requests = EWS if request.param == "ews" else GRAPH
    yield harness
    harness.backend.close()


@pytest.fixture
def graph(emulator):
    harness = GraphHarness(emulator, by_draft=True)
    yield harness
    harness.backend.close()


@pytest.fixture
def ews(emulator):
    harness = EwsHarness(emulator)
    yield harness
    harness.backend.close()


def failure(backend, kind, **options):
    with pytest.raises(kind) as caught:
        backend.send(factories.message(), checkpoint=lambda _reference: None, **options)
    assert type(caught.value) is kind
    return caught.value


@pytest.mark.parametrize("somebodys", SOMEBODYS)
@pytest.mark.parametrize("step", ["store", "send"])
def test_an_answer_that_is_not_microsofts_is_no_verdict(harness, emulator, somebodys, step):
    status, body, headers = somebodys
    emulator.fault(**harness.requests[step], status=status, body=body, headers=headers)
    kind = TransientError if step == "store" else UnknownOutcomeError

    answer = failure(harness.backend, kind).answer

    assert (answer.status, answer.code) == (status, "UnexpectedAnswer")
    assert answer.message.startswith(f"HTTP {status}")
    explanation = explain(answer)
    is_foreign = "didn't come from Microsoft" in explanation.happened
    assert is_foreign == (status < 500)
    assert "couldn't confirm whether this message was sent" not in explanation.happened


def test_the_first_words_of_whoever_answered_are_kept(harness, emulator):
    headers = NO_IDS | {"Location": "https://login.example/portal?token=secret"}
    emulator.fault(**harness.requests["store"], status=302, body=PAGE, headers=headers)

    answer = failure(harness.backend, TransientError).answer

    said = "HTTP 302, text/html, to https://login.example, Blocked by proxy"
    assert answer.message == said


@pytest.mark.parametrize("step", ["store", "send"])
def test_a_proxy_that_asks_for_a_password_is_named(harness, emulator, step):
    emulator.fault(**harness.requests[step], status=407, body=PAGE, headers=NO_IDS)

    assert failure(harness.backend, TransientError).answer.code == "ProxyNeedsPassword"


@pytest.mark.parametrize("status", [200, 203, 403, 404])
def test_a_doubt_stays_one_until_microsoft_itself_is_asked(harness, emulator, status):
    references = []
    harness.meets("dropped after")
    message = factories.message()
    with pytest.raises(UnknownOutcomeError):
        harness.backend.send(message, checkpoint=references.append)
    emulator.fault(path="/*", status=status, body=PAGE, headers=NO_IDS)

    with pytest.raises(TransientError) as caught:
        harness.backend.settle(references[0], message_id=message.message_id)

    assert caught.value.answer.code == "UnexpectedAnswer"


@pytest.mark.parametrize("body", ['{"isDraft": "yes"}', "{}", "[1]", "null", "[" * 5000, "\x00"])
def test_json_of_another_form_is_an_unexpected_answer(graph, emulator, body):
    references = []
    graph.meets("dropped after")
    with pytest.raises(UnknownOutcomeError):
        graph.backend.send(factories.message(), checkpoint=references.append)
    emulator.fault(path="/v1.0/me/*", method="GET", status=200, body=body)

    with pytest.raises(TransientError) as caught:
        graph.backend.settle(references[0], message_id="<a@contoso.example>")

    assert caught.value.answer.code == "UnexpectedAnswer"


@pytest.mark.parametrize(
    "body",
    [{}, [], {"id": 5}, {"id": ""}, {"id": "x" * 5000}, r'{"id": "\ud800"}', {"id": "a\0b"}],
)
def test_a_draft_without_a_usable_id_is_tried_again(graph, emulator, body):
    emulator.fault(**GRAPH["store"], status=201, body=body)

    assert failure(graph.backend, TransientError).answer.code == "UnexpectedAnswer"


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (401, "", "InvalidAuthenticationToken"),
        (401, {"error": {"code": "unauthenticated", "message": "x"}}, "unauthenticated"),
    ],
)
def test_a_refused_token_is_graphs_whatever_its_code(graph, emulator, status, body, code):
    emulator.fault(**GRAPH["store"], status=status, body=body)

    error = failure(graph.backend, AuthError)

    assert error.answer.code == code
    assert error.is_of_token


@pytest.mark.parametrize("body", ["", "Too many requests", PAGE])
def test_graphs_gateway_is_believed_a_pause_without_json(graph, emulator, body):
    emulator.fault(**GRAPH["send"], status=429, body=body, retry_after="120, 7")

    error = failure(graph.backend, ThrottledError)

    assert error.retry_after.total_seconds() == 120


def test_an_error_is_graphs_by_the_id_in_its_body_alone(graph, emulator):
    inner = {"date": "2026-11-28T10:00:00", "request-id": "64b252a3-29be-47da-b265-b5066c009a5c"}
    error = {"code": "ErrorSendAsDenied", "message": "m", "innerError": inner}
    emulator.fault(**GRAPH["send"], status=403, body={"error": error}, headers=NO_IDS)

    assert failure(graph.backend, PermanentError).answer.code == "ErrorSendAsDenied"


@pytest.mark.parametrize(
    ("diagnostics", "code", "words"),
    [
        ('2000008;reason="The token contains not enough scope."', "2000008", "missing"),
        ('2000005; reason="The user has no mailbox.";error_category="x"', "2000005", "missing"),
        ("", "EwsBlocked", "Web Services"),
    ],
)
def test_a_403_of_ews_is_told_by_its_reason(ews, emulator, diagnostics, code, words):
    headers = {"X-FEServer": "EMULATOR"}
    if diagnostics:
        headers["x-ms-diagnostics"] = diagnostics
    emulator.fault(path="/ews/*", status=403, body="", headers=headers)

    answer = failure(ews.backend, AuthError).answer

    assert answer.code == code
    assert answer.message in diagnostics
    assert bool(answer.message) == bool(diagnostics)
    explanation = explain(answer)
    assert words in explanation.why + explanation.happened


def test_the_reason_of_a_refused_token_is_kept_as_microsofts_words(ews, emulator):
    headers = {"x-ms-diagnostics": '2000002;reason="The token has expired.";error_category="t"'}
    emulator.fault(path="/ews/*", status=401, body="", headers=headers)

    error = failure(ews.backend, AuthError)

    assert error.is_of_token
    assert error.answer.message == "The token has expired."


@pytest.mark.parametrize(
    "inside",
    ["", "<m:SendItemResponse><m:ResponseMessages/></m:SendItemResponse>", "<s:Fault/>"],
)
def test_xml_of_exchange_that_names_no_success_is_a_doubt(ews, emulator, inside):
    body = (
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages">'
        f"<s:Body>{inside}</s:Body></s:Envelope>"
    )
    emulator.fault(**EWS["send"], status=200, body=body)

    assert failure(ews.backend, UnknownOutcomeError).answer.code == "UnexpectedAnswer"


UPLOAD = {"path": "/api/v2.0/*", "method": "PUT"}


@pytest.mark.parametrize(
    ("status", "code"),
    [(401, "InvalidAudience"), (403, "ErrorAccessDenied"), (401, "InvalidAuthenticationToken"),
     (404, "ErrorItemNotFound"), (410, "Gone"), (416, "ErrorInvalidRange")],
)  # fmt: skip
def test_a_refused_upload_concerns_its_address_and_a_new_session_helps(
    graph, emulator, status, code
):
    error = {"error": {"code": code, "message": "The audience claim value is invalid 'aud'."}}
    emulator.fault(**UPLOAD, status=status, body=error, count=1)
    message = factories.message(files=(factories.file(content=b"x" * 4_000_000),))
    references = []

    with pytest.raises(TransientError) as caught:
        graph.backend.send(message, checkpoint=references.append)

    assert caught.value.answer.code == "UploadRefused"
    assert code in caught.value.answer.message
    graph.backend.send(message, resume=references[0], checkpoint=lambda _reference: None)
    assert len(graph.arrived()) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [(200, PAGE), (201, PAGE), (200, {"nextExpectedRanges": ["0-"]}), (403, PAGE), (401, PAGE),
     (200, {"nextExpectedRanges": "5"}), (200, {"nextExpectedRanges": [10**30]}), (200, [])],
)  # fmt: skip
def test_an_upload_that_gets_no_further_ends(graph, emulator, status, body):
    emulator.fault(path="/api/v2.0/*", status=status, body=body, headers=NO_IDS)
    message = factories.message(files=(factories.file(content=b"x" * 4_000_000),))

    with pytest.raises(TransientError):
        graph.backend.send(message, checkpoint=lambda _reference: None)

    assert graph.arrived() == []


@pytest.mark.parametrize(
    "url", [None, 5, "", "http://outlook.example/", "https://[::1", "https:///x", "https://ü/"]
)
def test_an_address_that_is_none_is_not_called(graph, emulator, url):
    emulator.fault(path="*/createUploadSession", status=201, body={"uploadUrl": url})
    message = factories.message(files=(factories.file(content=b"x" * 4_000_000),))

    with pytest.raises(TransientError) as caught:
        graph.backend.send(message, checkpoint=lambda _reference: None)

    assert caught.value.answer.code == "UnexpectedAnswer"
