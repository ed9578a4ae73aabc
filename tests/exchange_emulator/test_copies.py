"""What was sent stays what it was: copies are independent, nothing goes twice."""

import base64
import re

from tests.exchange_emulator.emulator import DESK
from tests.exchange_emulator.test_attachments import attachment, begin
from tests.exchange_emulator.test_drafts import IMMUTABLE, draft, mime_draft
from tests.exchange_emulator.test_ews import SIMPLE, code, create, get, item_id, post, send
from tests.exchange_emulator.test_sending import people, send_json

FILE = "<t:FileAttachment><t:Name>a</t:Name><t:Content>aGk=</t:Content></t:FileAttachment>"


def newest(emulator, token, folder):
    path = f"/me/mailFolders/{folder}/messages"
    return emulator.graph(token, "GET", path, headers=IMMUTABLE).json()["value"][0]


def find_items(emulator, token, folder="sentitems"):
    return post(
        emulator,
        token,
        '<m:FindItem Traversal="Shallow"><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape>'
        f'</m:ItemShape><m:ParentFolderIds><t:DistinguishedFolderId Id="{folder}"/>'
        "</m:ParentFolderIds></m:FindItem>",
    )


def update_body(emulator, token, item, disposition="SaveOnly"):
    return post(
        emulator,
        token,
        f'<m:UpdateItem ConflictResolution="AlwaysOverwrite" MessageDisposition="{disposition}">'
        f"<m:ItemChanges><t:ItemChange>{item}<t:Updates><t:SetItemField>"
        '<t:FieldURI FieldURI="item:Body"/><t:Message><t:Body BodyType="Text">new</t:Body>'
        "</t:Message></t:SetItemField></t:Updates></t:ItemChange></m:ItemChanges></m:UpdateItem>",
    )


def test_a_change_to_the_recipients_copy_leaves_the_senders_and_what_was_sent(emulator, token):
    send_json(emulator, token, {"toRecipients": people("alex@contoso.example")})
    before = emulator.mime(1)
    alex = emulator.sign_in("alex@contoso.example")["access_token"]
    path = f"/me/messages/{newest(emulator, alex, 'inbox')['id']}"
    change = {"importance": "high", "categories": ["x"], "flag": {"flagStatus": "flagged"}}
    assert emulator.graph(alex, "PATCH", path, json=change).json()["importance"] == "high"
    sent = newest(emulator, token, "sentitems")
    assert (sent["importance"], sent["categories"]) == ("normal", [])
    assert emulator.mime(1) == before


def test_a_new_body_of_a_sent_item_is_not_one_of_what_was_sent(emulator, ews_token):
    create(emulator, ews_token, SIMPLE, "SendAndSaveCopy")
    before = emulator.mime(1)
    item = item_id(find_items(emulator, ews_token))
    assert code(update_body(emulator, ews_token, item)) == "NoError"
    assert emulator.mime(1) == before != b""
    assert ">new<" in get(emulator, ews_token, item, "AllProperties").text


def test_an_attachment_to_a_sent_item_is_not_one_of_what_was_sent(emulator, ews_token):
    create(emulator, ews_token, SIMPLE, "SendAndSaveCopy")
    before = emulator.mime(1)
    item = item_id(find_items(emulator, ews_token))
    parent = item.replace("t:ItemId", "m:ParentItemId")
    files = (
        f"<m:CreateAttachment>{parent}<m:Attachments>{FILE}</m:Attachments></m:CreateAttachment>"
    )
    assert code(post(emulator, ews_token, files)) == "NoError"
    assert emulator.mime(1) == before


def test_an_item_that_was_sent_is_not_sent_again_through_ews(emulator, ews_token):
    create(emulator, ews_token, SIMPLE, "SendAndSaveCopy")
    item = item_id(find_items(emulator, ews_token))
    assert code(send(emulator, ews_token, item)) == "ErrorInvalidOperation"
    answer = update_body(emulator, ews_token, item, "SendAndSaveCopy")
    assert code(answer) == "ErrorInvalidOperation"
    assert len(emulator.messages()) == 1


def test_an_item_in_the_outbox_goes_once_through_ews(emulator, ews_token):
    emulator.limits(delivery_delay=30)
    send(emulator, ews_token, item_id(create(emulator, ews_token, SIMPLE)))
    waiting = item_id(find_items(emulator, ews_token, "outbox"))
    assert code(send(emulator, ews_token, waiting)) == "NoError"
    assert code(update_body(emulator, ews_token, waiting)) == "ErrorInvalidRequest"
    assert code(update_body(emulator, ews_token, waiting, "SendOnly")) == "ErrorInvalidRequest"
    move = (
        '<m:MoveItem><m:ToFolderId><t:DistinguishedFolderId Id="drafts"/></m:ToFolderId>'
        f"<m:ItemIds>{waiting}</m:ItemIds></m:MoveItem>"
    )
    assert code(post(emulator, ews_token, move)) == "ErrorInvalidRequest"
    assert len(emulator.messages()) == 1


def test_an_item_deleted_from_the_outbox_is_no_draft_and_does_not_come_back(emulator, ews_token):
    emulator.limits(delivery_delay=30)
    send(emulator, ews_token, item_id(create(emulator, ews_token, SIMPLE)))
    waiting = item_id(find_items(emulator, ews_token, "outbox"))
    gone = f'<m:DeleteItem DeleteType="MoveToDeletedItems"><m:ItemIds>{waiting}</m:ItemIds>'
    assert code(post(emulator, ews_token, f"{gone}</m:DeleteItem>")) == "NoError"
    emulator.advance(31)
    deleted = item_id(find_items(emulator, ews_token, "deleteditems"))
    assert code(send(emulator, ews_token, deleted)) == "ErrorInvalidOperation"


def test_a_message_in_the_outbox_cannot_change_any_more(emulator, token):
    emulator.limits(delivery_delay=30)
    path = f"/me/messages/{mime_draft(emulator, token)['id']}"
    emulator.graph(token, "POST", f"{path}/send")
    before = emulator.mime(1)
    answers = [
        emulator.graph(token, "PATCH", path, json={"subject": "late"}),
        emulator.graph(token, "POST", f"{path}/attachments", json=attachment()),
        begin(emulator, token, {"id": path.rpartition("/")[2]}),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 400]
    emulator.advance(31)
    assert emulator.mime(1) == before
    assert newest(emulator, token, "sentitems")["subject"] == "Grüße"


def test_an_upload_session_is_for_drafts_only(emulator, token):
    made = mime_draft(emulator, token)
    emulator.graph(token, "POST", f"/me/messages/{made['id']}/send")
    assert begin(emulator, token, made).status_code == 400


def test_a_full_mailbox_takes_no_attachments_either(emulator, token):
    made = draft(emulator, token)
    emulator.fault(kind="mailbox-full", mailbox=DESK)
    path = f"/me/messages/{made['id']}/attachments"
    answer = emulator.graph(token, "POST", path, json=attachment())
    assert answer.json()["error"]["code"] == "ErrorQuotaExceeded"


def test_the_mime_of_what_was_sent_stays_the_same_when_it_is_opened(emulator, ews_token):
    create(emulator, ews_token, SIMPLE, "SendAndSaveCopy")
    item = item_id(find_items(emulator, ews_token))
    page = emulator.session.get(f"{emulator.http}/mailboxes/ann@example.org").text
    emulator.advance(1800)
    here = emulator.http + re.search(r'href="(/mailboxes/[^"]+/\d+)"', page)[1]
    emulator.session.get(here)
    raw = emulator.session.get(f"{here}/raw")
    assert raw.content == emulator.mime(1)
    assert mime_of(emulator, ews_token, item) == emulator.mime(1)


def mime_of(emulator, token, item):
    answer = post(
        emulator,
        token,
        "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:IncludeMimeContent>true"
        f"</t:IncludeMimeContent></m:ItemShape><m:ItemIds>{item}</m:ItemIds></m:GetItem>",
    )
    found = re.search(r"<t:MimeContent[^>]*>([^<]+)<", answer.text)[1]
    return base64.b64decode(found)
