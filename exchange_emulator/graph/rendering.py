"""Render an item as Graph's JSON; keys and order are those recorded from the real service."""

import base64
from typing import Any
from urllib.parse import quote

from exchange_emulator.clock import iso
from exchange_emulator.graph.access import Call
from exchange_emulator.mail import drafts, ids
from exchange_emulator.mail.ids import change_key
from exchange_emulator.mime import headers, reading
from exchange_emulator.mime.reading import Attachment
from exchange_emulator.storage.mailboxes import Item

_QUOTE = "'"
FOLDER_NAMES = {
    "drafts": "Drafts",
    "sentitems": "Sent Items",
    "inbox": "Inbox",
    "outbox": "Outbox",
    "deleteditems": "Deleted Items",
    "junkemail": "Junk Email",
    "msgfolderroot": "Top of Information Store",
}


def context(call: Call, what: str) -> str:
    return f"{call.world.https_url}/v1.0/$metadata#{owner(call)}/{what}"


def owner(call: Call) -> str:
    """Name the user as the request did; the id stands for /me."""
    named = str(call.request.path_params.get("user", call.mailbox.object_id))
    return f"users('{quote(named.replace(_QUOTE, _QUOTE * 2), safe='')}')"


def in_folder(call: Call, what: str) -> str:
    """Put the folder's name or id, as the request gave it, before `what`."""
    named = call.request.path_params.get("folder")
    return f"mailFolders('{quote(named, safe='')}')/{what}" if named else what


def item_id(call: Call, item: Item) -> str:
    made_by = call.world.ids
    if call.wants_immutable_ids:
        return made_by.immutable(item.mailbox, item.key)
    return made_by.item(item.mailbox, item.folder, item.key)


def message(call: Call, item: Item) -> dict[str, Any]:
    """Return every property that Graph returns if there is no $select."""
    properties = call.world.contents.properties(item.content)
    conversation, index = ids.conversation(item.mailbox, item.subject)
    body = properties.get("body") or {"contentType": "text", "content": ""}
    named, changed = item_id(call, item), change_key(item.mailbox, item.key, item.change)
    at = item.sent_at or item.created_at
    found: dict[str, Any] = {
        "@odata.etag": f'W/"{changed}"',
        "id": named,
        "createdDateTime": iso(item.created_at),
        "lastModifiedDateTime": iso(item.modified_at),
        "changeKey": changed,
        "categories": properties.get("categories") or [],
        "receivedDateTime": iso(at),
        "sentDateTime": iso(at),
        "hasAttachments": any(not a.is_inline for a in drafts.attachments(call.world, item)),
        "internetMessageId": item.message_id,
        "subject": item.subject,
        "bodyPreview": reading.preview(body),
        "importance": properties.get("importance") or "normal",
        "parentFolderId": call.world.ids.folder(item.mailbox, item.folder),
        "conversationId": conversation,
        "conversationIndex": index,
        "isDeliveryReceiptRequested": bool(properties.get("isDeliveryReceiptRequested")),
        "isReadReceiptRequested": bool(properties.get("isReadReceiptRequested")),
        "isRead": item.is_read,
        "isDraft": item.is_draft,
        "webLink": f"{call.world.http_url}/mailboxes/{quote(item.mailbox)}/{item.key}",
        "inferenceClassification": properties.get("inferenceClassification") or "focused",
        "body": body,
        **_people(properties, item),
        "flag": properties.get("flag") or {"flagStatus": "notFlagged"},
    }
    return found


def _people(properties: dict[str, Any], item: Item) -> dict[str, Any]:
    """Return the people; a draft without From has neither author key, and inboxes see no Bcc."""
    found: dict[str, Any] = {}
    author = properties.get("from")
    if author:
        found["sender"] = properties.get("sender") or author
        found["from"] = author
    for name in ("toRecipients", "ccRecipients", "bccRecipients", "replyTo"):
        hidden = name == "bccRecipients" and item.folder == "inbox"
        found[name] = [] if hidden else properties.get(name) or []
    return found


def selected(call: Call, item: Item, names: list[str]) -> dict[str, Any]:
    """Return only these properties; `id` always comes along."""
    whole = message(call, item)
    if not call.reads_content:
        del whole["body"], whole["bodyPreview"]
    if not names:
        return whole
    if "internetMessageHeaders" in names and item.folder == "inbox" and not item.is_draft:
        whole["internetMessageHeaders"] = _header_list(call, item)
    wanted = {"@odata.etag", "id", *names}
    return {name: value for name, value in whole.items() if name in wanted}


def _header_list(call: Call, item: Item) -> list[dict[str, str]]:
    """Return all headers of what was received, in their order."""
    fields, _ = headers.split(call.world.contents.mime(item.content) or b"")
    return [{"name": field.name, "value": headers.decoded(field.value)} for field in fields]


def attachment(call: Call, item: Item, made: Attachment) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.fileAttachment",
        "@odata.mediaContentType": made.content_type,
        "id": call.world.ids.attachment(item.mailbox, item.key, made.tag),
        "lastModifiedDateTime": iso(item.modified_at),
        "name": made.name,
        "contentType": made.content_type,
        "size": len(made.data),
        "isInline": made.is_inline,
        "contentId": made.content_id or None,
        "contentLocation": None,
        "contentBytes": base64.b64encode(made.data).decode(),
    }


def folder(call: Call, name: str) -> dict[str, Any]:
    boxes, address = call.world.mailboxes, call.mailbox.address
    return {
        "id": call.world.ids.folder(address, name),
        "displayName": FOLDER_NAMES.get(name, name),
        "parentFolderId": call.world.ids.folder(address, "msgfolderroot"),
        "childFolderCount": 0,
        "unreadItemCount": boxes.count(address, where="folder = ? AND NOT is_read", values=(name,)),
        "totalItemCount": boxes.count(address, where="folder = ?", values=(name,)),
        "isHidden": False,
    }
