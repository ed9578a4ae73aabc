"""EWS on the wire: what exchangelib does not show."""

import base64
import re

import pytest

from tests.exchange_emulator.emulator import DESK, EWS
from tests.exchange_emulator.test_sending import MIME

NAMESPACES = (
    'xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types" '
    'xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
)
TO = (
    "<t:ToRecipients><t:Mailbox><t:EmailAddress>ann@example.org</t:EmailAddress></t:Mailbox>"
    "</t:ToRecipients>"
)
SIMPLE = f'<t:Subject>x</t:Subject><t:Body BodyType="Text">t</t:Body>{TO}'


def post(emulator, token, operation, *, path="/EWS/Exchange.asmx", header=""):
    body = f"<s:Body>{operation}</s:Body>"
    envelope = f"<s:Envelope {NAMESPACES}>{header}{body}</s:Envelope>"
    return emulator.session.post(
        f"{emulator.https}{path}",
        data=envelope.encode(),
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "text/xml; charset=utf-8",
            "X-AnchorMailbox": DESK,
        },
    )


def create(emulator, token, message, disposition="SaveOnly", **options):
    attribute = f' MessageDisposition="{disposition}"' if disposition else ""
    items = f"<m:Items><t:Message>{message}</t:Message></m:Items>"
    return post(emulator, token, f"<m:CreateItem{attribute}>{items}</m:CreateItem>", **options)


def item_id(answer):
    return re.search(r"<t:ItemId [^>]+/>", answer.text)[0]


def get(emulator, token, item, shape="IdOnly"):
    return post(
        emulator,
        token,
        f"<m:GetItem><m:ItemShape><t:BaseShape>{shape}</t:BaseShape></m:ItemShape>"
        f"<m:ItemIds>{item}</m:ItemIds></m:GetItem>",
    )


def send(emulator, token, item):
    return post(
        emulator,
        token,
        f'<m:SendItem SaveItemToFolder="true"><m:ItemIds>{item}</m:ItemIds></m:SendItem>',
    )


def code(answer):
    return re.search(r"ResponseCode[^>]*>(\w+)<", answer.text)[1]


def test_saved_mime_is_sent_by_its_id(emulator, ews_token):
    mime = base64.b64encode(MIME).decode()
    made = create(emulator, ews_token, f"<t:MimeContent>{mime}</t:MimeContent>")
    assert code(made) == "NoError"
    assert 'MajorVersion="15" MinorVersion="20"' in made.text
    assert made.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert made.headers["x-EwsHandler"] == "CreateItem"
    sent = send(emulator, ews_token, item_id(made))
    assert code(sent) == "NoError"
    assert "Gr\xfc\xdfe".encode("latin-1") in emulator.mime(1)


def test_a_draft_says_so_until_it_is_sent(emulator, ews_token):
    item = item_id(create(emulator, ews_token, SIMPLE))
    assert "<t:IsDraft>true</t:IsDraft>" in get(emulator, ews_token, item, "AllProperties").text
    send(emulator, ews_token, item)
    answer = get(emulator, ews_token, item)
    assert (answer.status_code, code(answer)) == (200, "ErrorItemNotFound")


def test_what_is_sent_at_once_has_no_id(emulator, ews_token):
    answer = create(emulator, ews_token, SIMPLE, "SendAndSaveCopy")
    assert "<m:Items/>" in answer.text
    assert emulator.messages()[0]["api"] == "ews-createitem"


def test_the_path_may_be_in_lower_case(emulator, ews_token):
    answer = create(emulator, ews_token, SIMPLE, "SendOnly", path="/ews/exchange.asmx")
    assert code(answer) == "NoError"


@pytest.mark.parametrize(
    "message",
    [
        f"<t:Subject>x</t:Subject>{TO}<t:Body BodyType='Text'>late</t:Body>",
        '<t:Body BodyType="Markdown">t</t:Body>',
        "<t:Colour>red</t:Colour>",
        "<t:IsRead>perhaps</t:IsRead>",
        "<t:Body>no type</t:Body>",
        "<t:ToRecipients/>",
        "<m:Subject>wrong namespace</m:Subject>",
    ],
)
def test_a_message_against_the_schema_is_a_fault(emulator, ews_token, message):
    answer = create(emulator, ews_token, message)
    assert (answer.status_code, code(answer)) == (500, "ErrorSchemaValidation")
    assert "<t:Violation>" in answer.text
    assert "ServerVersionInfo" not in answer.text


@pytest.mark.parametrize(
    "operation",
    [
        "<m:MakeCoffee/>",
        '<m:SendItem><m:ItemIds><t:ItemId Id="x"/></m:ItemIds></m:SendItem>',
        '<m:GetItem><m:ItemIds><t:ItemId Id="x"/></m:ItemIds></m:GetItem>',
        "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
        '<m:FolderIds><t:DistinguishedFolderId Id="invalidparentid"/></m:FolderIds>'
        "</m:GetFolder>",
    ],
)
def test_an_operation_against_the_schema_is_a_fault(emulator, ews_token, operation):
    answer = post(emulator, ews_token, operation)
    assert (answer.status_code, code(answer)) == (500, "ErrorSchemaValidation")


def test_what_is_not_xml_is_a_fault(emulator, ews_token):
    answer = post(emulator, ews_token, "<m:CreateItem>")
    assert (answer.status_code, code(answer)) == (500, "ErrorInvalidRequest")


def test_a_message_needs_a_disposition(emulator, ews_token):
    answer = create(emulator, ews_token, SIMPLE, "")
    assert code(answer) == "ErrorMessageDispositionRequired"


def test_sending_needs_recipients(emulator, ews_token):
    nobody = "<t:Subject>x</t:Subject>"
    assert code(create(emulator, ews_token, nobody, "SendOnly")) == "ErrorInvalidRecipients"
    item = item_id(create(emulator, ews_token, nobody))
    assert code(send(emulator, ews_token, item)) == "ErrorMissingRecipients"


def test_sending_needs_the_present_change_key(emulator, ews_token):
    item = item_id(create(emulator, ews_token, SIMPLE))
    without = re.sub(r' ChangeKey="[^"]*"', "", item)
    assert code(send(emulator, ews_token, without)) == "ErrorChangeKeyRequired"
    stale = re.sub(r'ChangeKey="[^"]*"', 'ChangeKey="CQAAABY="', item)
    assert code(send(emulator, ews_token, stale)) == "ErrorStaleObject"


def test_bad_base64_and_bad_ids_have_their_codes(emulator, ews_token):
    bad = create(emulator, ews_token, "<t:MimeContent>not*base64</t:MimeContent>")
    assert code(bad) == "ErrorMimeContentInvalidBase64String"
    assert code(get(emulator, ews_token, '<t:ItemId Id="x"/>')) == "ErrorInvalidIdMalformed"


def test_a_full_mailbox_is_an_error_inside_a_200(emulator, ews_token):
    emulator.fault(kind="mailbox-full", mailbox=DESK)
    answer = create(emulator, ews_token, SIMPLE)
    assert (answer.status_code, code(answer)) == (200, "ErrorQuotaExceeded")


def test_a_blocked_tenant_gets_an_empty_403(emulator, ews_token):
    emulator.fault(kind="ews-blocked", path="/EWS/*")
    answer = create(emulator, ews_token, SIMPLE)
    assert (answer.status_code, answer.content) == (403, b"")
    assert answer.headers["Server"] == "Microsoft-HTTPAPI/2.0"
    assert "X-NanoProxy" in answer.headers


def test_a_get_without_a_token_is_unauthorized(emulator):
    answer = emulator.session.get(f"{emulator.https}/EWS/Exchange.asmx")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer client_id=")


def test_a_token_for_graph_is_the_wrong_resource(emulator, token):
    answer = create(emulator, token, SIMPLE)
    assert answer.status_code == 401
    assert answer.headers["x-ms-diagnostics"].startswith("2000003;")
    expired = emulator.sign_in(scopes=[EWS])["access_token"]
    emulator.advance(3600)
    answer = create(emulator, expired, SIMPLE)
    assert answer.headers["x-ms-diagnostics"].startswith("2000002;")


def test_statistics_name_the_operation(emulator, ews_token):
    create(emulator, ews_token, SIMPLE)
    stats = emulator.control("GET", "stats").json()
    assert stats["requests"]["POST /EWS/Exchange.asmx CreateItem"] == {"200": 1}


def test_names_are_resolved_in_the_own_tenant(emulator, ews_token):
    def resolve(text):
        return post(
            emulator,
            ews_token,
            '<m:ResolveNames ReturnFullContactData="false">'
            f"<m:UnresolvedEntry>{text}</m:UnresolvedEntry></m:ResolveNames>",
        )

    assert "it@contoso.example" in resolve("IT Dep").text
    assert code(resolve("Kim Akers")) == "ErrorNameResolutionNoResults"


@pytest.mark.parametrize(
    ("version", "answer"),
    [("Exchange2016", "NoError"), ("Exchange3000", "ErrorInvalidServerVersion")],
)
def test_the_version_asked_for_has_to_exist(emulator, ews_token, version, answer):
    header = f'<s:Header><t:RequestServerVersion Version="{version}"/></s:Header>'
    assert code(create(emulator, ews_token, SIMPLE, header=header)) == answer


def test_a_disabled_mailbox_is_none_for_ews_too(emulator, ews_token):
    emulator.fault(kind="mailbox-disabled", mailbox=DESK)
    assert code(create(emulator, ews_token, SIMPLE)) == "ErrorNonExistentMailbox"


@pytest.mark.parametrize(
    "operation",
    [
        "<m:CreateItem MessageDisposition='SaveOnly'>text<m:Items><t:Message/></m:Items>"
        "</m:CreateItem>",
        "<m:CreateItem MessageDisposition='SaveOnly'><m:SavedItemFolderId>"
        + "<t:DistinguishedFolderId Id='drafts'/>" * 2
        + "</m:SavedItemFolderId><m:Items><t:Message/></m:Items></m:CreateItem>",
        '<m:ResolveNames ReturnFullContactData="false"><m:UnresolvedEntry/></m:ResolveNames>',
        "<m:GetItem><m:ItemShape><t:BaseShape>IdOnly</t:BaseShape><t:AdditionalProperties>"
        '<t:FieldURI FieldURI="calendar:Nonsense"/></t:AdditionalProperties></m:ItemShape>'
        '<m:ItemIds><t:ItemId Id="x"/></m:ItemIds></m:GetItem>',
        '<m:UpdateItem ConflictResolution="AlwaysOverwrite"><m:ItemChanges><t:ItemChange>'
        '<t:ItemId Id="x"/><t:Updates><t:SetItemField><t:Message/></t:SetItemField></t:Updates>'
        "</t:ItemChange></m:ItemChanges></m:UpdateItem>",
    ],
)
def test_an_operation_of_a_shape_that_the_schema_lacks_is_a_fault(emulator, ews_token, operation):
    assert code(post(emulator, ews_token, operation)) == "ErrorSchemaValidation"


EXTENDED = '<t:ExtendedProperty><t:ExtendedFieldURI PropertySetId="{}" PropertyName="a" {}'


@pytest.mark.parametrize(
    "message",
    [
        "<t:DateTimeReceived>yesterday</t:DateTimeReceived>",
        "<t:Size>big</t:Size>",
        "<t:ToRecipients><t:Mailbox><t:MailboxType>Pigeon</t:MailboxType></t:Mailbox>"
        "</t:ToRecipients>",
        EXTENDED.format("c0a7050e-0000-4000-8000-000000000010", 'PropertyType="String"/>')
        + "</t:ExtendedProperty>",
        EXTENDED.format("no-guid", 'PropertyType="String"/>')
        + "<t:Value>x</t:Value></t:ExtendedProperty>",
        "<t:Attachments><t:FileAttachment><t:Name>a</t:Name><t:Content>not*base64</t:Content>"
        "</t:FileAttachment></t:Attachments>",
    ],
)
def test_a_value_of_another_type_than_the_schemas_is_a_fault(emulator, ews_token, message):
    assert code(create(emulator, ews_token, message)) == "ErrorSchemaValidation"


def test_a_reply_keeps_its_thread(emulator, ews_token):
    thread = "<t:InReplyTo>&lt;a@b&gt;</t:InReplyTo>"
    references = "<t:References>&lt;a@b&gt; &lt;c@d&gt;</t:References>"
    create(emulator, ews_token, f"<t:Subject>x</t:Subject>{thread}{TO}{references}", "SendOnly")
    head = emulator.mime(1).partition(b"\r\n\r\n")[0]
    assert b"In-Reply-To: <a@b>\r\n" in head
    assert b"References: <a@b> <c@d>\r\n" in head


def test_the_clients_request_id_comes_back_if_it_asks_for_it(emulator, ews_token):
    headers = {
        "Authorization": f"Bearer {ews_token}",
        "client-request-id": "mine",
        "return-client-request-id": "true",
    }
    answer = emulator.session.post(f"{emulator.https}/EWS/Exchange.asmx", headers=headers)
    assert answer.headers["client-request-id"] == "mine"


@pytest.mark.parametrize("name", ["recoverableitemsdeletions", "teamchat", "mycontacts"])
def test_a_folder_that_exchange_knows_is_not_found_rather_than_a_fault(emulator, ews_token, name):
    answer = post(
        emulator,
        ews_token,
        "<m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape>"
        f'<m:FolderIds><t:DistinguishedFolderId Id="{name}"/></m:FolderIds></m:GetFolder>',
    )
    assert (answer.status_code, code(answer)) == (200, "ErrorFolderNotFound")
