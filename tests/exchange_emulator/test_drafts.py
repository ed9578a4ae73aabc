"""Drafts of Graph: made, changed, sent, found again."""

import base64

from tests.exchange_emulator.test_sending import MIME, people, send_json

IMMUTABLE = {"Prefer": 'IdType="ImmutableId"'}
KEYS = [
    *("@odata.context", "@odata.etag", "id", "createdDateTime", "lastModifiedDateTime"),
    *("changeKey", "categories", "receivedDateTime", "sentDateTime", "hasAttachments"),
    *("internetMessageId", "subject", "bodyPreview", "importance", "parentFolderId"),
    *("conversationId", "conversationIndex", "isDeliveryReceiptRequested"),
    *("isReadReceiptRequested", "isRead", "isDraft", "webLink", "inferenceClassification"),
    *("body", "toRecipients", "ccRecipients", "bccRecipients", "replyTo", "flag"),
]


def draft(emulator, token, message=None, **headers):
    message = message or {"subject": "Draft", "toRecipients": people("ann@example.org")}
    answer = emulator.graph(token, "POST", "/me/messages", json=message, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()


def mime_draft(emulator, token, mime=MIME):
    answer = emulator.graph(
        token,
        "POST",
        "/me/messages",
        data=base64.b64encode(mime),
        headers={"Content-Type": "text/plain", **IMMUTABLE},
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def get(emulator, token, path, **options):
    return emulator.graph(token, "GET", path, **options)


def test_a_new_draft_has_the_keys_of_a_real_one_in_their_order(emulator, token):
    made = draft(emulator, token)
    assert list(made) == KEYS
    assert made["isDraft"] is True
    assert made["toRecipients"][0]["emailAddress"]["name"] == "ann@example.org"


def test_sender_and_from_appear_once_a_from_is_set(emulator, token):
    made = draft(emulator, token, {"from": people("it@contoso.example")[0]})
    assert made["from"] == made["sender"]


def test_the_location_of_a_draft_can_be_read(emulator, token):
    answer = emulator.graph(token, "POST", "/me/messages", json={"subject": "x"})
    headers = {"Authorization": f"Bearer {token}"}
    found = emulator.session.get(answer.headers["Location"], headers=headers)
    assert found.json()["id"] == answer.json()["id"]


def test_an_immutable_id_survives_the_move_to_sent_items(emulator, token):
    made = mime_draft(emulator, token)
    answer = emulator.graph(token, "POST", f"/me/messages/{made['id']}/send")
    assert answer.status_code == 202
    found = get(emulator, token, f"/me/messages/{made['id']}", headers=IMMUTABLE).json()
    assert found["isDraft"] is False
    assert found["id"] == made["id"] == emulator.messages()[0]["id"]
    assert found["internetMessageId"] == "<one@contoso.example>"
    assert emulator.messages()[0]["api"] == "graph-send"


def test_a_regular_id_is_gone_after_sending(emulator, token):
    made = draft(emulator, token)
    emulator.graph(token, "POST", f"/me/messages/{made['id']}/send")
    answer = get(emulator, token, f"/me/messages/{made['id']}")
    assert answer.status_code == 404
    assert answer.json()["error"]["code"] == "ErrorItemNotFound"


def test_ids_are_compared_with_case(emulator, token):
    made = draft(emulator, token)
    assert get(emulator, token, f"/me/messages/{made['id'].swapcase()}").status_code in (400, 404)


def test_what_was_never_an_id_is_malformed(emulator, token):
    answer = get(emulator, token, "/me/messages/nonsense")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "ErrorInvalidIdMalformed")


def test_the_sent_copy_is_found_by_its_message_id(emulator, token):
    made = mime_draft(emulator, token)
    emulator.graph(token, "POST", f"/me/messages/{made['id']}/send")
    query = {
        "$filter": "internetMessageId eq '<one@contoso.example>'",
        "$select": "id,sentDateTime,internetMessageId",
    }
    path = "/me/mailFolders/sentitems/messages"
    answer = get(emulator, token, path, params=query, headers=IMMUTABLE)
    [found] = answer.json()["value"]
    assert set(found) == {"@odata.etag", "id", "sentDateTime", "internetMessageId"}
    assert found["id"] == made["id"]
    query["$filter"] = "internetMessageId eq '<it''s another@contoso.example>'"
    assert get(emulator, token, path, params=query).json()["value"] == []


def test_a_patch_of_the_from_keeps_the_bytes_of_the_body(emulator, token):
    made = mime_draft(emulator, token)
    path = f"/me/messages/{made['id']}"
    change = {"from": people("it@contoso.example")[0], "subject": "Neu"}
    answer = emulator.graph(token, "PATCH", path, json=change)
    assert answer.status_code == 200
    assert answer.json()["from"]["emailAddress"]["address"] == "it@contoso.example"
    assert answer.json()["changeKey"] != made["changeKey"]
    emulator.graph(token, "POST", f"{path}/send")
    mime = emulator.mime(1)
    assert mime.endswith(b"\r\n\r\nGr\xfc\xdfe\r\n")
    assert b"Subject: Neu\r\n" in mime
    assert emulator.messages()[0]["from"] == "it@contoso.example"


def test_a_deleted_draft_is_gone(emulator, token):
    made = draft(emulator, token)
    path = f"/me/messages/{made['id']}"
    assert emulator.graph(token, "DELETE", path).status_code == 204
    assert get(emulator, token, path).status_code == 404


def test_drafts_need_the_permission_to_write_mail(emulator):
    token = emulator.sign_in(scopes=["Mail.Send"])["access_token"]
    answer = emulator.graph(token, "POST", "/me/messages", json={"subject": "x"})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "ErrorAccessDenied"


def test_a_message_that_was_sent_is_not_sent_again(emulator, token):
    made = mime_draft(emulator, token)
    path = f"/me/messages/{made['id']}/send"
    emulator.graph(token, "POST", path)
    assert emulator.graph(token, "POST", path).status_code == 400
    assert len(emulator.messages()) == 1


def test_the_mime_of_a_draft_can_be_read(emulator, token):
    made = draft(emulator, token, {"subject": "Ünï", "body": {"content": "text"}})
    answer = get(emulator, token, f"/me/messages/{made['id']}/$value")
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert made["internetMessageId"].encode() in answer.content


def test_lists_have_pages(emulator, token):
    for number in range(3):
        send_json(emulator, token, {"subject": f"Number {number}"})
    query = {"$top": "2", "$count": "true", "$orderby": "sentDateTime desc"}
    path = "/me/mailFolders/sentitems/messages"
    first = get(emulator, token, path, params=query).json()
    assert first["@odata.count"] == 3
    headers = {"Authorization": f"Bearer {token}"}
    second = emulator.session.get(first["@odata.nextLink"], headers=headers).json()
    subjects = [message["subject"] for message in first["value"] + second["value"]]
    assert subjects == ["Number 2", "Number 1", "Number 0"]
    assert "@odata.nextLink" not in second


def test_a_deleted_sent_copy_was_sent_all_the_same(emulator, token):
    made = mime_draft(emulator, token)
    path = f"/me/messages/{made['id']}"
    emulator.graph(token, "POST", f"{path}/send")
    assert emulator.graph(token, "DELETE", path).status_code == 204
    assert emulator.messages()[0]["subject"] == "Grüße"


def test_addresses_may_be_in_any_case(emulator, token):
    made = draft(emulator, token)
    assert get(emulator, token, f"/me/MESSAGES/{made['id']}").status_code == 200
    assert get(emulator, token, f"/ME/messages('{made['id']}')").status_code == 200
    assert get(emulator, token, "/me/mailfolders/SentItems").status_code == 200
