"""What recorded answers of Exchange Web Services show and no document says."""

import base64
import re

import pytest

from tests.exchange_emulator.emulator import DESK, EWS
from tests.exchange_emulator.test_ews import SIMPLE, create, get, item_id, post, send

FILE = (
    "<t:Attachments><t:FileAttachment><t:Name>{}</t:Name>{}<t:Content>{}</t:Content>"
    "</t:FileAttachment></t:Attachments>"
)
DATA = base64.b64encode(b"data").decode()
HEADERS = '<t:ExtendedFieldURI PropertyTag="{}" PropertyType="String"/>'
WITH_FILE = SIMPLE.replace("<t:ToRecipients>", FILE.format("a.pdf", "", DATA) + "<t:ToRecipients>")


def find(emulator, token, folder, *, view="", shape="IdOnly", more=""):
    more = f"<t:AdditionalProperties>{more}</t:AdditionalProperties>" if more else ""
    return post(
        emulator,
        token,
        '<m:FindItem Traversal="Shallow"><m:ItemShape>'
        f"<t:BaseShape>{shape}</t:BaseShape>{more}</m:ItemShape>{view}<m:ParentFolderIds>"
        f'<t:DistinguishedFolderId Id="{folder}"/></m:ParentFolderIds></m:FindItem>',
    ).text


def folder(emulator, token, name):
    return post(
        emulator,
        token,
        "<m:GetFolder><m:FolderShape><t:BaseShape>Default</t:BaseShape></m:FolderShape>"
        f'<m:FolderIds><t:DistinguishedFolderId Id="{name}"/></m:FolderIds></m:GetFolder>',
    ).text


def find_folders(emulator, token, more=""):
    more = f"<t:AdditionalProperties>{more}</t:AdditionalProperties>" if more else ""
    return post(
        emulator,
        token,
        '<m:FindFolder Traversal="Deep"><m:FolderShape><t:BaseShape>Default</t:BaseShape>'
        f"{more}</m:FolderShape><m:ParentFolderIds>"
        '<t:DistinguishedFolderId Id="msgfolderroot"/></m:ParentFolderIds></m:FindFolder>',
    ).text


def test_a_message_made_with_files_names_them(emulator, ews_token):
    made = create(emulator, ews_token, WITH_FILE).text
    [named] = re.findall(
        r"<t:Attachments><t:FileAttachment>(<t:AttachmentId [^>]+/>)</t:FileAttachment>"
        r"</t:Attachments></t:Message>", made,
    )  # fmt: skip
    answer = get_attachment(emulator, ews_token, named)

    assert f"<t:Content>{DATA}</t:Content>" in answer
    assert "<t:Attachments>" not in create(emulator, ews_token, SIMPLE).text


def get_attachment(emulator, token, named):
    ids = f"<m:AttachmentIds>{named}</m:AttachmentIds>"
    return post(emulator, token, f"<m:GetAttachment>{ids}</m:GetAttachment>").text


@pytest.mark.parametrize(
    ("name", "given", "kind"),
    [
        ("a.pdf", "", "application/pdf"),
        ("a.png", "<t:ContentType>image/x-own</t:ContentType>", "image/x-own"),
        ("without", "", "application/octet-stream"),
    ],
)
def test_an_attachment_has_a_name_a_type_and_a_content(emulator, ews_token, name, given, kind):
    files = FILE.format(name, given, DATA)
    message = SIMPLE.replace("<t:ToRecipients>", files + "<t:ToRecipients>")
    made = create(emulator, ews_token, message)
    named = re.search(r"<t:AttachmentId [^>]+/>", made.text)[0]
    inside = re.search(r"<t:FileAttachment>(.+)</t:FileAttachment>",
                       get_attachment(emulator, ews_token, named))[1]  # fmt: skip

    assert re.findall(r"<t:(\w+)[ >]", inside) == ["AttachmentId", "Name", "ContentType", "Content"]
    assert f"<t:ContentType>{kind}</t:ContentType>" in inside


@pytest.mark.parametrize(
    ("name", "element", "shown"),
    [
        ("calendar", "CalendarFolder", "Calendar"),
        ("contacts", "ContactsFolder", "Contacts"),
        ("tasks", "TasksFolder", "Tasks"),
        ("junkemail", "Folder", "Junk Email"),
        ("notes", "Folder", "Notes"),
        ("journal", "Folder", "Journal"),
        ("inbox", "Folder", "Inbox"),
    ],
)
def test_every_mailbox_has_its_folders(emulator, ews_token, name, element, shown):
    answer = folder(emulator, ews_token, name)

    assert f"<t:{element}><t:FolderId " in answer
    assert f"<t:DisplayName>{shown}</t:DisplayName>" in answer


def test_graph_has_the_folder_of_junk_too(emulator, token):
    answer = emulator.graph(token, "GET", "/me/mailFolders/junkemail")
    assert answer.json()["displayName"] == "Junk Email"


def test_a_list_of_folders_tells_rights_and_no_well_known_names(emulator, ews_token):
    listed = find_folders(emulator, ews_token)
    named = find_folders(
        emulator, ews_token, '<t:FieldURI FieldURI="folder:DistinguishedFolderId"/>'
    )

    assert listed.count("<t:EffectiveRights>") == listed.count("<t:FolderId ") > 9
    assert "DistinguishedFolderId>" not in listed
    assert "<t:DistinguishedFolderId>inbox</t:DistinguishedFolderId>" in named


def test_a_list_without_a_view_has_no_offset(emulator, ews_token):
    create(emulator, ews_token, SIMPLE)
    view = '<m:IndexedPageItemView MaxEntriesReturned="5" Offset="0" BasePoint="Beginning"/>'

    assert "IndexedPagingOffset" not in find(emulator, ews_token, "drafts")
    assert 'IndexedPagingOffset="1"' in find(emulator, ews_token, "drafts", view=view)


ITEM = (
    "ItemId ParentFolderId ItemClass Subject Sensitivity Body DateTimeReceived Size Importance"
    " IsSubmitted IsDraft IsFromMe IsResend IsUnmodified DateTimeSent DateTimeCreated"
    " ResponseObjects ReminderIsSet ReminderMinutesBeforeStart DisplayCc DisplayTo HasAttachments"
    " Culture EffectiveRights LastModifiedName LastModifiedTime IsAssociated"
    " WebClientReadFormQueryString ConversationId Sender ToRecipients IsReadReceiptRequested"
    " IsDeliveryReceiptRequested ConversationIndex ConversationTopic From InternetMessageId IsRead"
).split()


def sent(emulator, token):
    item = item_id(create(emulator, token, SIMPLE.replace("ann@example.org", DESK)))
    send(emulator, token, item)
    return re.search(r"<t:ItemId [^>]+/>", find(emulator, token, "inbox"))[0]


def test_an_item_has_the_elements_of_a_real_one_in_their_order(emulator, ews_token):
    answer = get(emulator, ews_token, sent(emulator, ews_token), "AllProperties").text
    message = re.search(r"<t:Message>(.+)</t:Message>", answer, re.DOTALL)[1]
    # The elements on the first level are those that no other one contains.
    names = []
    while message:
        name = re.match(r"<t:(\w+)", message)[1]
        names.append(name)
        message = re.sub(rf"\A<t:{name}(>.*?</t:{name}>|[^>]*/>|\s[^>]*>.*?</t:{name}>)", "",
                         message, count=1, flags=re.DOTALL)  # fmt: skip

    assert names == ITEM
    assert "<t:MailboxType>Mailbox</t:MailboxType>" in answer.partition("<t:From>")[2]
    listed = find(emulator, ews_token, "inbox", shape="AllProperties")
    assert "EffectiveRights" in listed
    assert "ResponseObjects" not in listed


@pytest.mark.parametrize("tag", ["0x7D", "0x007d", "125"])
def test_the_headers_of_what_was_received_are_a_property(emulator, ews_token, tag):
    sent(emulator, ews_token)
    listed = find(emulator, ews_token, "inbox", more=HEADERS.format(tag))

    assert '<t:ExtendedFieldURI PropertyTag="0x7d" PropertyType="String"/><t:Value>' in listed
    assert "Subject: x" in listed
    assert "ExtendedProperty" not in find(emulator, ews_token, "inbox")
    assert "ExtendedProperty" not in find(emulator, ews_token, "inbox", more=HEADERS.format("0x1"))


def test_graph_and_ews_name_one_conversation(emulator, token):
    ews_token = emulator.sign_in(scopes=[EWS])["access_token"]
    made = emulator.graph(token, "POST", "/me/messages", json={"subject": "S"}).json()
    listed = find(emulator, ews_token, "drafts", shape="AllProperties")

    named = made["conversationId"].replace("-", "+").replace("_", "/")
    assert f'<t:ConversationId Id="{named}"/>' in listed
    assert f"<t:ConversationIndex>{made['conversationIndex']}</t:ConversationIndex>" in listed
