"""List the properties that a request may contain, and their types.

Microsoft's published metadata of Graph v1.0 and the pages "message resource type"
and "user: sendMail" give names and types. Each table maps a property to a type: a
name of `validation.SIMPLE`, a list of one type, a tuple of the values of an
enumeration, or another table.
"""

from typing import Any

Type = Any
Table = dict[str, Type]

# Microsoft's metadata has this without `nullable`; no collection can be null either.
NOT_NULL = frozenset(["emailAddress"])
EMAIL_ADDRESS: Table = {"address": "string", "name": "string"}
RECIPIENT: Table = {"emailAddress": EMAIL_ADDRESS}
ITEM_BODY: Table = {"content": "string", "contentType": ("text", "html")}
HEADER: Table = {"name": "string", "value": "string"}
DATE_TIME_ZONE: Table = {"dateTime": "string", "timeZone": "string"}
FLAG: Table = {
    "completedDateTime": DATE_TIME_ZONE,
    "dueDateTime": DATE_TIME_ZONE,
    "startDateTime": DATE_TIME_ZONE,
    "flagStatus": ("notFlagged", "complete", "flagged"),
}
_ANNOTATIONS: Table = {
    "@odata.type": "string",
    "@odata.etag": "string",
    "@odata.context": "string",
}
SINGLE_VALUE: Table = {"id": "string", "value": "string", **_ANNOTATIONS}
MULTI_VALUE: Table = {"id": "string", "value": ["string"], **_ANNOTATIONS}

_ANY_ATTACHMENT: Table = {
    "id": "string",
    "name": "string",
    "contentType": "string",
    "isInline": "boolean",
    "lastModifiedDateTime": "datetime",
    "size": "integer",
    **_ANNOTATIONS,
}
ATTACHMENTS: dict[str, Table] = {
    "fileAttachment": {
        **_ANY_ATTACHMENT,
        "contentBytes": "base64",
        "contentId": "string",
        "contentLocation": "string",
    },
}

MESSAGE: Table = {
    **_ANNOTATIONS,
    "attachments": ["attachment"],
    "bccRecipients": [RECIPIENT],
    "body": ITEM_BODY,
    "bodyPreview": "string",
    "categories": ["string"],
    "ccRecipients": [RECIPIENT],
    "changeKey": "string",
    "conversationId": "string",
    "conversationIndex": "base64",
    "createdDateTime": "datetime",
    "flag": FLAG,
    "from": RECIPIENT,
    "hasAttachments": "boolean",
    "id": "string",
    "importance": ("low", "normal", "high"),
    "inferenceClassification": ("focused", "other"),
    "internetMessageHeaders": [HEADER],
    "internetMessageId": "string",
    "isDeliveryReceiptRequested": "boolean",
    "isDraft": "boolean",
    "isRead": "boolean",
    "isReadReceiptRequested": "boolean",
    "lastModifiedDateTime": "datetime",
    "multiValueExtendedProperties": [MULTI_VALUE],
    "parentFolderId": "string",
    "receivedDateTime": "datetime",
    "replyTo": [RECIPIENT],
    "sender": RECIPIENT,
    "sentDateTime": "datetime",
    "singleValueExtendedProperties": [SINGLE_VALUE],
    "subject": "string",
    "toRecipients": [RECIPIENT],
    "uniqueBody": ITEM_BODY,
    "webLink": "string",
}
SEND_MAIL: Table = {"message": MESSAGE, "saveToSentItems": "switch"}
ATTACHMENT_ITEM: Table = {
    "attachmentType": ("file", "item", "reference"),
    "contentId": "string",
    "contentType": "string",
    "isInline": "boolean",
    "name": "string",
    "size": "integer",
}
UPLOAD_SESSION: Table = {"AttachmentItem": ATTACHMENT_ITEM}

# Exchange computes these: a request may contain them, and they are not taken from it.
READ_ONLY = frozenset(
    "id changeKey createdDateTime lastModifiedDateTime receivedDateTime sentDateTime bodyPreview"
    " hasAttachments isDraft parentFolderId conversationId webLink uniqueBody sender attachments"
    " @odata.type @odata.etag @odata.context".split()
)
# Only these of a sent message can change ("message: update").
CHANGEABLE_AFTER_SENDING = frozenset(
    "categories flag importance inferenceClassification isRead"
    " multiValueExtendedProperties singleValueExtendedProperties".split()
)
