"""What Graph refuses: unknown properties, wrong types, missing permissions."""

import re
import ssl
from http.client import HTTPSConnection
from urllib.parse import urlsplit

import pytest

from tests.exchange_emulator.emulator import DESK
from tests.exchange_emulator.test_attachments import attachment
from tests.exchange_emulator.test_drafts import draft, mime_draft
from tests.exchange_emulator.test_sending import people, send_json, send_mime

FILE = "#microsoft.graph.fileAttachment"


def refusal(answer, status=400):
    assert answer.status_code == status, answer.text
    return answer.json()["error"]


@pytest.mark.parametrize(
    "message",
    [
        {"charset": "iso-8859-1"},
        {"body": {"contentType": "markdown", "content": "x"}},
        {"body": {"contentType": "html", "text": "x"}},
        {"toRecipients": [{"address": "a@example.org"}]},
        {"toRecipients": {"emailAddress": {"address": "a@example.org"}}},
        {"toRecipients": "a@example.org"},
        {"isReadReceiptRequested": "true"},
        {"importance": "urgent"},
        {"subject": 42},
        {"categories": [1]},
        {"sentDateTime": "yesterday"},
        {"attachments": [{"name": "no type"}]},
        {"attachments": [{"@odata.type": FILE, "contentBytes": "not*base64"}]},
        {"attachments": [{"@odata.type": FILE, "path": "/etc"}]},
        {"attachments": [{"@odata.type": "#microsoft.graph.eventAttachment"}]},
        {"flag": {"flagStatus": "waving"}},
    ],
)
def test_a_message_against_the_metadata_is_refused(emulator, token, message):
    assert refusal(send_json(emulator, token, message))["code"] == "RequestBodyRead"
    answer = emulator.graph(token, "POST", "/me/messages", json=message)
    assert refusal(answer)["code"] == "RequestBodyRead"
    assert emulator.messages() == []


@pytest.mark.parametrize(
    ("headers", "text"),
    [
        ([{"name": "Foo", "value": "1"}], "The internet message header name 'Foo' should start"),
        ([], "between 1 and 5"),
        ([{"name": f"x-{n}", "value": "1"} for n in range(6)], "between 1 and 5"),
    ],
)
def test_internet_headers_have_rules(emulator, token, headers, text):
    error = refusal(send_json(emulator, token, {"internetMessageHeaders": headers}))
    assert error["code"].startswith("InvalidInternetMessageHeader")
    assert text in error["message"]


def test_own_headers_and_properties_arrive(emulator, token):
    property_id = "String {66f5a359-4659-4830-9070-00047ec6ac6e} Name Id"
    message = {
        "internetMessageHeaders": [{"name": "x-ticket", "value": "42"}],
        "singleValueExtendedProperties": [
            {"id": "String 0x1045", "value": "<mailto:stop@contoso.example>"},
            {"id": property_id, "value": "it's 42"},
        ],
        "importance": "High",
        "replyTo": people("answers@contoso.example"),
    }
    assert send_json(emulator, token, message).status_code == 202
    mime = emulator.mime(1)
    for line in (b"x-ticket: 42", b"Importance: high", b"Reply-To: ", b"List-Unsubscribe: <mailto"):
        assert line in mime
    query = (
        f"singleValueExtendedProperties/Any(ep: ep/id eq '{property_id}' "
        "and ep/value eq 'it''s 42')"
    )
    found = emulator.graph(token, "GET", "/me/messages", params={"$filter": query}).json()
    assert len(found["value"]) == 1


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff"])
def test_what_is_not_a_json_object_is_refused(emulator, token, body):
    headers = {"Content-Type": "application/json"}
    answer = emulator.graph(token, "POST", "/me/sendMail", data=body, headers=headers)
    assert refusal(answer)["code"] in ("BadRequest", "RequestBodyRead")


@pytest.mark.parametrize(
    ("kind", "status", "code"),
    [(None, 400, "BadRequest"), ("application/xml", 415, "UnsupportedMediaType")],
)
def test_a_body_has_to_say_that_it_is_json(emulator, token, kind, status, code):
    headers = {"Content-Type": kind} if kind else {}
    answer = emulator.graph(token, "POST", "/me/messages", data=b"{}", headers=headers)
    assert refusal(answer, status)["code"] == code


@pytest.mark.parametrize("body", [{}, {"message": None}, {"message": {}, "SaveIt": True}])
def test_send_mail_has_two_parameters(emulator, token, body):
    refusal(emulator.graph(token, "POST", "/me/sendMail", json=body))


@pytest.mark.parametrize(
    "query",
    [
        {"$filter": "colour eq 'red'"},
        {"$filter": "internetMessageId eq"},
        {"$select": "colour"},
        {"$top": "many"},
        {"$top": "1001"},
        {"$orderby": "colour"},
        {"$filter": "isRead eq maybe"},
        {"$serch": "typo"},
    ],
)
def test_a_query_that_makes_no_sense_is_refused(emulator, token, query):
    refusal(emulator.graph(token, "GET", "/me/messages", params=query))


def test_a_patch_is_validated_and_knows_what_was_sent(emulator, token):
    made = mime_draft(emulator, token)
    path = f"/me/messages/{made['id']}"
    refusal(emulator.graph(token, "PATCH", path, json={"colour": "red"}))
    emulator.graph(token, "POST", f"{path}/send")
    refusal(emulator.graph(token, "PATCH", path, json={"subject": "late"}))
    answer = emulator.graph(token, "PATCH", path, json={"isRead": False})
    assert answer.json()["isRead"] is False


@pytest.mark.parametrize(
    ("token_text", "message"),
    [("nonsense", "IDX14100"), ("a.b.c", "ignature"), ("", "empty")],
)
def test_a_bad_token_is_challenged(emulator, token_text, message):
    answer = emulator.graph(token_text, "GET", "/me")
    error = refusal(answer, 401)
    assert error["code"] == "InvalidAuthenticationToken"
    assert message in error["message"]
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm=""')
    assert "PoP" in answer.headers["WWW-Authenticate"]


def test_the_clients_request_id_comes_back(emulator, token):
    headers = {"client-request-id": "11111111-2222-3333-4444-555555555555"}
    answer = emulator.graph(token, "GET", "/me/messages/nonsense", headers=headers)
    inner = answer.json()["error"]["innerError"]
    assert answer.headers["client-request-id"] == headers["client-request-id"]
    assert inner["client-request-id"] == headers["client-request-id"]
    assert inner["request-id"] == answer.headers["request-id"]
    assert "x-ms-ags-diagnostic" in answer.headers


def test_sending_a_draft_needs_a_length(emulator, token):
    made = draft(emulator, token)
    address = urlsplit(emulator.https)
    context = ssl.create_default_context(cafile=emulator.ca)
    connection = HTTPSConnection(address.hostname, address.port, context=context)
    connection.putrequest("POST", f"/v1.0/me/messages/{made['id']}/send")
    connection.putheader("Authorization", f"Bearer {token}")
    connection.endheaders()
    assert connection.getresponse().status == 411
    connection.close()


def test_me_is_the_account_that_signed_in(emulator, token):
    me = emulator.graph(token, "GET", "/me").json()
    assert me["userPrincipalName"] == me["mail"] == "servicedesk@contoso.example"
    selected = emulator.graph(token, "GET", "/me", params={"$select": "id,proxyAddresses"}).json()
    assert "smtp:desk@contoso.example" in selected["proxyAddresses"]


def test_users_are_found_by_address_and_id(emulator, token):
    me = emulator.graph(token, "GET", "/me").json()
    for named in (me["id"], "servicedesk%40contoso.example", "desk@contoso.example"):
        assert emulator.graph(token, "GET", f"/users/{named}").json()["id"] == me["id"]
        answer = emulator.graph(token, "GET", f"/users/{named}/mailFolders/inbox")
        assert answer.status_code == 200


def test_other_users_and_their_mail_are_out_of_reach(emulator, token):
    error = refusal(emulator.graph(token, "GET", "/users/alex@contoso.example"), 403)
    assert error["code"] == "Authorization_RequestDenied"
    error = refusal(emulator.graph(token, "GET", "/users/nobody@contoso.example"), 404)
    assert error["code"] == "Request_ResourceNotFound"
    path = "/users/alex@contoso.example/messages"
    assert refusal(emulator.graph(token, "GET", path), 403)["code"] == "ErrorAccessDenied"
    path = "/users/nobody@contoso.example/messages"
    error = refusal(emulator.graph(token, "GET", path), 404)
    assert error["code"] == "ErrorInvalidUser"
    assert error["message"] == "The requested user 'nobody@contoso.example' is invalid."


def test_a_mailbox_may_be_disabled(emulator, token):
    emulator.fault(kind="mailbox-disabled")
    error = refusal(send_json(emulator, token, {}), 404)
    assert error["code"] == "MailboxNotEnabledForRESTAPI"


@pytest.mark.parametrize(
    "message",
    [
        {"subject": "two\nlines", "toRecipients": people("ann@example.org")},
        {"toRecipients": people("müller@example.org")},
        {"toRecipients": [{"emailAddress": {"address": "a@b.example", "name": "A\r\nBcc: x@y.z"}}]},
        {"attachments": [{"@odata.type": FILE, "name": '\r\n"ü', "contentType": "ü"}]},
        {"internetMessageHeaders": [{"name": "x-a", "value": "1\r\nEvil: 2"}]},
        {"internetMessageId": "<a>\r\nEvil: 2"},
        {"singleValueExtendedProperties": [{"id": "String 0x1045", "value": "a\r\nEvil: 2"}]},
        {"subject": None, "isRead": None, "internetMessageId": None},
    ],
)
def test_odd_texts_never_become_headers_of_their_own(emulator, token, message):
    assert send_json(emulator, token, message).status_code == 202
    head = emulator.mime(1).partition(b"\r\n\r\n")[0].lower()
    assert b"\nevil:" not in head
    assert b"\nbcc:" not in head


@pytest.mark.parametrize(
    "mime",
    [
        b"To: ann@example.org",
        b"To: m\xfcller@example.org, ann@example.org\nSubject: \xff\n\n\xff",
        b"To: =?bogus?B?xx?= <ann@example.org>\nSubject: =?utf-8?B?//8=?=\n\n",
        b"To: ann@example.org\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n--x--",
        b"To: ann@example.org\nContent-Type: text/plain; charset=bogus\n\n\xff",
        b"To: ann@example.org\nContent-Type: message/rfc822\n\nSubject: x\n\nb",
        b"To: ann@example.org\nContent-Type: message/delivery-status\n\nA: b\n\nC: d",
        b"To: ann@example.org\nContent-Type: \xff/\xff\n\nx",
        b"From: \nTo: ann@example.org\nMessage-ID: \n\nx",
    ],
)
def test_odd_mime_is_taken_and_can_be_looked_at(emulator, token, mime):
    assert send_mime(emulator, token, mime).status_code == 202
    page = emulator.session.get(f"{emulator.http}/mailboxes/ann@example.org").text
    here = re.search(r'href="(/mailboxes/[^"]+/\d+)"', page)[1]
    for path in ("", "/source", "/headers", "/body"):
        assert emulator.session.get(emulator.http + here + path).status_code == 200


@pytest.mark.parametrize(
    "text",
    [
        "subject eq 5",
        "isRead eq 'x'",
        "isRead gt true",
        "createdDateTime gt 'x'",
        "createdDateTime gt 2020-13-01T00:00:00Z",
        "parentFolderId gt 'inbox'",
        "startswith(isRead, 'x')",
    ],
)
def test_a_filter_compares_values_of_one_type(emulator, token, text):
    refusal(emulator.graph(token, "GET", "/me/messages", params={"$filter": text}))


def test_a_filter_may_be_in_parentheses_and_name_a_folder_in_both_ways(emulator, token):
    send_json(emulator, token, {"toRecipients": people(DESK)})
    inbox = emulator.graph(token, "GET", "/me/mailFolders/inbox").json()["id"]
    for folder in ("inbox", "Inbox", inbox):
        query = {"$filter": f"(isRead eq false AND parentFolderId eq '{folder}')"}
        answer = emulator.graph(token, "GET", "/me/messages", params=query)
        assert [each["subject"] for each in answer.json()["value"]] == ["Hello"]
    query = {"$filter": "createdDateTime ge 2020-01-01T00:00:00Z and isDraft eq false"}
    answer = emulator.graph(token, "GET", "/me/messages", params=query)
    assert len(answer.json()["value"]) == 2


def test_lists_expand_what_one_message_does(emulator, token):
    draft(emulator, token, {"attachments": [attachment()]})
    refusal(emulator.graph(token, "GET", "/me/messages", params={"$expand": "foo"}))
    answer = emulator.graph(token, "GET", "/me/messages", params={"$expand": "attachments"})
    assert [each["name"] for each in answer.json()["value"][0]["attachments"]] == ["a.txt"]


@pytest.mark.parametrize(
    "message", [{"categories": None}, {"toRecipients": [{"emailAddress": None}]}]
)
def test_what_the_metadata_does_not_let_be_null_is_refused(emulator, token, message):
    refusal(emulator.graph(token, "POST", "/me/messages", json=message))


def test_no_line_of_a_header_is_too_long(emulator, token):
    many = people(*(f"person.number.{number}@long-domain.example" for number in range(60)))
    send_json(emulator, token, {"toRecipients": many})
    head = emulator.mime(1).partition(b"\r\n\r\n")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 998
    assert head.count(b"<person.number.") == 60
