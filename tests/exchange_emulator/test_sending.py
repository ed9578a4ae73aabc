"""Sending through Graph: what arrives, where the copies are, under whose name."""

import base64

import pytest

DESK = "servicedesk@contoso.example"
MIME = (
    b"From: Contoso Service Desk <servicedesk@contoso.example>\r\n"
    b"To: Ann <ann@example.org>\r\nBcc: quiet@example.org\r\n"
    b"Subject: =?iso-8859-1?Q?Gr=FC=DFe?=\r\nMessage-ID: <one@contoso.example>\r\n"
    b"Date: Mon, 01 Jan 2001 00:00:00 +0000\r\nX-Ticket: 42\r\nAuto-Submitted: auto-generated\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
    b"Content-Transfer-Encoding: 8bit\r\n\r\nGr\xfc\xdfe\r\n"
)


def people(*addresses):
    return [{"emailAddress": {"address": address}} for address in addresses]


def send_mime(emulator, token, mime):
    return emulator.graph(
        token,
        "POST",
        "/me/sendMail",
        data=base64.b64encode(mime),
        headers={"Content-Type": "text/plain"},
    )


def send_json(emulator, token, message, **parameters):
    message = {"subject": "Hello", "toRecipients": people("ann@example.org"), **message}
    body = {"message": message, **parameters}
    return emulator.graph(token, "POST", "/me/sendMail", json=body)


def test_mime_arrives_with_its_own_charset_and_message_id(emulator, token):
    answer = send_mime(emulator, token, MIME)
    assert (answer.status_code, answer.content) == (202, b"")
    assert answer.headers["Content-Length"] == "0"
    assert "Content-Type" not in answer.headers
    assert answer.headers["request-id"] == answer.headers["client-request-id"]
    [message] = emulator.messages()
    assert message["n"] == 1
    assert message["message_id"] == "<one@contoso.example>"
    assert message["subject"] == "Grüße"
    assert message["recipients"] == ["ann@example.org", "quiet@example.org"]
    assert message["bcc"] == ["quiet@example.org"]
    assert message["api"] == "graph-sendmail"
    assert message["mailbox"] == message["from"] == message["sender"] == DESK
    mime = emulator.mime(1)
    assert mime.endswith(b"\r\n\r\nGr\xfc\xdfe\r\n")
    assert b"charset=iso-8859-1" in mime
    assert b"X-Ticket: 42" in mime


def test_exchange_hides_the_bcc_and_writes_its_own_date(emulator, token):
    send_mime(emulator, token, MIME)
    mime = emulator.mime(1).lower()
    assert b"bcc:" not in mime
    assert b"2001" not in mime
    assert b"auto-submitted" not in mime


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n"])
def test_mime_may_have_any_line_ends_and_folded_base64(emulator, token, line_end):
    body = base64.encodebytes(MIME.replace(b"\r\n", line_end))
    answer = emulator.graph(
        token, "POST", "/me/sendMail", data=body, headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 202
    assert b"\r\nX-Ticket: 42\r\n" in emulator.mime(1)


def test_mime_that_is_not_base64_is_refused(emulator, token):
    answer = emulator.graph(
        token, "POST", "/me/sendMail", data="not*base64", headers={"Content-Type": "text/plain"}
    )
    assert answer.status_code == 400
    error = answer.json()["error"]
    assert error["code"] == "ErrorMimeContentInvalidBase64String"
    assert error["message"] == "Invalid base64 string for MIME content."


def test_mail_without_recipients_is_refused(emulator, token):
    answer = send_json(emulator, token, {"toRecipients": []})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "ErrorInvalidRecipients"
    assert emulator.messages() == []


def test_bcc_alone_is_enough(emulator, token):
    message = {"toRecipients": [], "bccRecipients": people("quiet@example.org")}
    assert send_json(emulator, token, message).status_code == 202


def test_one_bad_address_refuses_the_whole_message(emulator, token):
    answer = send_json(emulator, token, {"toRecipients": people("ann@example.org", "bad")})
    assert answer.status_code == 400
    assert "'bad' is not resolved" in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("address", "sender"),
    [("it@contoso.example", "it@contoso.example"), ("facilities@contoso.example", DESK)],
)
def test_the_right_on_the_mailbox_decides_the_sender(emulator, token, address, sender):
    assert send_json(emulator, token, {"from": people(address)[0]}).status_code == 202
    [message] = emulator.messages()
    assert (message["from"], message["sender"]) == (address, sender)
    assert (b"Sender:" in emulator.mime(1)) == (sender != address)


@pytest.mark.parametrize("address", ["ceo@contoso.example", "nobody@elsewhere.example"])
def test_a_foreign_from_without_a_right_is_refused(emulator, token, address):
    answer = send_json(emulator, token, {"from": people(address)[0]})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "ErrorSendAsDenied"
    assert emulator.messages() == []


def test_the_right_needs_the_permission_mail_send_shared_too(emulator):
    token = emulator.sign_in(scopes=["Mail.Send"])["access_token"]
    answer = send_json(emulator, token, {"from": people("it@contoso.example")[0]})
    assert answer.json()["error"]["code"] == "ErrorSendAsDenied"


def test_an_alias_becomes_the_primary_address(emulator, token):
    send_json(emulator, token, {"from": people("desk@contoso.example")[0]})
    assert emulator.messages()[0]["from"] == DESK


def test_a_copy_is_saved_unless_it_is_not_wanted(emulator, token):
    for choice in (True, "true", False, "false"):
        assert send_json(emulator, token, {}, saveToSentItems=choice).status_code == 202
    folder = emulator.graph(token, "GET", "/me/mailFolders/sentitems").json()
    assert folder["totalItemCount"] == 2
    assert len(emulator.messages()) == 4
    assert len({message["id"] for message in emulator.messages()}) == 4


def test_parameters_may_be_capitalised_as_in_the_metadata(emulator, token):
    body = {"Message": {"subject": "x", "toRecipients": people("a@example.org")}}
    body["SaveToSentItems"] = False
    assert emulator.graph(token, "POST", "/me/sendMail", json=body).status_code == 202


def test_an_internal_recipient_finds_the_mail_in_the_inbox(emulator, token):
    send_json(emulator, token, {"toRecipients": people("alex@contoso.example")})
    alex = emulator.sign_in("alex@contoso.example")["access_token"]
    [found] = emulator.graph(alex, "GET", "/me/mailFolders/inbox/messages").json()["value"]
    assert found["subject"] == "Hello"
    assert found["isDraft"] is False
    assert found["sender"]["emailAddress"]["address"] == DESK
    path = f"/me/messages/{found['id']}?$select=internetMessageHeaders"
    headers = emulator.graph(alex, "GET", path).json()["internetMessageHeaders"]
    assert {"name": "Subject", "value": "Hello"} in headers
