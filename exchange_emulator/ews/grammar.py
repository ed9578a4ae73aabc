"""List the elements and attributes that a request may contain, and their order.

This is our own description of the part of Microsoft's EWS schemas that clients
which send mail use. Each element is written with its prefix: m for messages, t
for types. In `children`, `?` marks an optional element, `*` any number of them,
`a|b` one of the choices. An element that has no rule contains plain text.
"""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Rule:
    """Describe an element; `one_of` allows one or more of these, instead of `children`."""

    children: str = ""
    one_of: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()
    text: str = ""


VERSIONS = (
    "Exchange2007 Exchange2007_SP1 Exchange2009 Exchange2010 Exchange2010_SP1 Exchange2010_SP2"
    " Exchange2012 Exchange2013 Exchange2013_SP1 Exchange2015 Exchange2016 V2015_10_05 V2016_01_06"
    " V2016_04_13 V2016_07_13 V2016_10_10"
).split()
BOOLEAN = "boolean"
DISPOSITION = "SaveOnly SendOnly SendAndSaveCopy"
INVITATIONS = "SendToNone SendOnlyToAll SendToAllAndSaveCopy"
UPDATE_INVITATIONS = (
    "SendToNone SendOnlyToAll SendOnlyToChanged SendToAllAndSaveCopy SendToChangedAndSaveCopy"
)
SHAPE = "IdOnly Default AllProperties"
TRAVERSAL = {"Traversal": "Shallow SoftDeleted Associated"}
FOLDER_NAMES = (
    "msgfolderroot root inbox drafts outbox sentitems deleteditems junkemail calendar contacts"
    " journal notes tasks searchfolders voicemail publicfoldersroot archiveroot archiveinbox"
    " archivemsgfolderroot archivedeleteditems recoverableitemsroot recoverableitemsdeletions"
    " recoverableitemsversions recoverableitemspurges recoverableitemsdiscoveryholds"
    " archiverecoverableitemsroot archiverecoverableitemsdeletions"
    " archiverecoverableitemsversions archiverecoverableitemspurges"
    " archiverecoverableitemsdiscoveryholds syncissues conflicts localfailures serverfailures"
    " recipientcache quickcontacts conversationhistory adminauditlogs todosearch mycontacts"
    " directory imcontactlist peopleconnect favorites mecontact personmetadata"
    " teamspaceactivity teamspacemessaging teamspaceworkitems scheduled orionnotes tagitems"
    " alltaggeditems externalcontacts teamchat yammerroot yammerinbound yammeroutbound yammerfeeds"
    " onedriveroot onedriverecylebin onedrivesystem onedrivevolume"
)
PATHS = "t:FieldURI t:IndexedFieldURI t:ExtendedFieldURI"
PATH = PATHS.replace(" ", "|")
OPERAND = f"{PATH} t:FieldURIOrConstant"
SEARCHES = (
    "t:And t:Or t:Not t:IsEqualTo t:IsNotEqualTo t:IsGreaterThan t:IsGreaterThanOrEqualTo"
    " t:IsLessThan t:IsLessThanOrEqualTo t:Contains t:Exists"
)
_ID = {"Id": "", "ChangeKey": ""}
_COMPARISON = Rule(children=OPERAND)
_MAILBOXES = Rule(one_of="t:Mailbox")
_TARGET = Rule(one_of="t:FolderId t:DistinguishedFolderId")

ITEM = (
    "t:MimeContent? t:ItemId? t:ParentFolderId? t:ItemClass? t:Subject? t:Sensitivity? t:Body?"
    " t:Attachments? t:DateTimeReceived? t:Size? t:Categories? t:Importance? t:InReplyTo?"
    " t:IsSubmitted? t:IsDraft? t:IsFromMe? t:IsResend? t:IsUnmodified? t:InternetMessageHeaders?"
    " t:DateTimeSent? t:DateTimeCreated? t:ReminderDueBy? t:ReminderIsSet? t:ReminderNextTime?"
    " t:ReminderMinutesBeforeStart? t:DisplayCc? t:DisplayTo? t:DisplayBcc? t:HasAttachments?"
    " t:ExtendedProperty* t:Culture? t:LastModifiedName? t:LastModifiedTime? t:IsAssociated?"
    " t:ConversationId? t:UniqueBody?"
)
MESSAGE = (
    ITEM + " t:Sender? t:ToRecipients? t:CcRecipients? t:BccRecipients? t:IsReadReceiptRequested?"
    " t:IsDeliveryReceiptRequested? t:ConversationIndex? t:ConversationTopic? t:From?"
    " t:InternetMessageId? t:IsRead? t:IsResponseRequested? t:References? t:ReplyTo?"
    " t:ReceivedBy? t:ReceivedRepresenting?"
)
ATTACHMENT = (
    "t:AttachmentId? t:Name? t:ContentType? t:ContentId? t:ContentLocation? t:Size?"
    " t:LastModifiedTime? t:IsInline? t:IsContactPhoto? t:Content?"
)
RULES: dict[str, Rule] = {
    "m:CreateItem": Rule(
        "m:SavedItemFolderId? m:Items",
        attributes={"MessageDisposition": DISPOSITION, "SendMeetingInvitations": INVITATIONS},
    ),
    "m:SendItem": Rule(
        "m:ItemIds m:SavedItemFolderId?",
        attributes={"SaveItemToFolder": BOOLEAN},
        required=("SaveItemToFolder",),
    ),
    "m:GetItem": Rule("m:ItemShape m:ItemIds"),
    "m:DeleteItem": Rule(
        "m:ItemIds",
        attributes={
            "DeleteType": "HardDelete SoftDelete MoveToDeletedItems",
            "SendMeetingCancellations": INVITATIONS,
            "AffectedTaskOccurrences": "AllOccurrences SpecifiedOccurrenceOnly",
            "SuppressReadReceipts": BOOLEAN,
        },
        required=("DeleteType",),
    ),
    "m:MoveItem": Rule("m:ToFolderId m:ItemIds m:ReturnNewItemIds?"),
    "m:UpdateItem": Rule(
        "m:SavedItemFolderId? m:ItemChanges",
        attributes={
            "ConflictResolution": "NeverOverwrite AutoResolve AlwaysOverwrite",
            "MessageDisposition": DISPOSITION,
            "SendMeetingInvitationsOrCancellations": UPDATE_INVITATIONS,
            "SuppressReadReceipts": BOOLEAN,
        },
        required=("ConflictResolution",),
    ),
    "m:CreateAttachment": Rule("m:ParentItemId m:Attachments"),
    "m:GetAttachment": Rule("m:AttachmentShape? m:AttachmentIds"),
    "m:DeleteAttachment": Rule("m:AttachmentIds"),
    "m:GetFolder": Rule("m:FolderShape m:FolderIds"),
    "m:FindFolder": Rule(
        "m:FolderShape m:IndexedPageFolderView? m:Restriction? m:ParentFolderIds",
        attributes={"Traversal": "Shallow Deep SoftDeleted"},
        required=("Traversal",),
    ),
    "m:FindItem": Rule(
        "m:ItemShape m:IndexedPageItemView? m:Restriction? m:SortOrder? m:ParentFolderIds",
        attributes=TRAVERSAL,
        required=("Traversal",),
    ),
    "m:ResolveNames": Rule(
        "m:ParentFolderIds? m:UnresolvedEntry",
        attributes={
            "ReturnFullContactData": BOOLEAN,
            "SearchScope": "ActiveDirectory ActiveDirectoryContacts Contacts"
            " ContactsActiveDirectory",
            "ContactDataShape": SHAPE,
        },
        required=("ReturnFullContactData",),
    ),
    "m:ConvertId": Rule(
        "m:SourceIds",
        attributes={"DestinationFormat": "EwsLegacyId EwsId EntryId HexEntryId StoreId OwaId"},
        required=("DestinationFormat",),
    ),
    "m:SavedItemFolderId": _TARGET,
    "m:ToFolderId": _TARGET,
    "m:ParentFolderIds": _TARGET,
    "m:FolderIds": _TARGET,
    "m:Items": Rule(one_of="t:Message"),
    "m:ItemIds": Rule(one_of="t:ItemId"),
    "m:ParentItemId": Rule(attributes=_ID, required=("Id",)),
    "m:AttachmentIds": Rule(one_of="t:AttachmentId"),
    "m:Attachments": Rule(one_of="t:FileAttachment"),
    "t:Attachments": Rule(one_of="t:FileAttachment"),
    "m:ItemChanges": Rule(one_of="t:ItemChange"),
    "m:SourceIds": Rule(one_of="t:AlternateId"),
    "m:ItemShape": Rule(
        "t:BaseShape t:IncludeMimeContent? t:BodyType? t:UniqueBodyType? t:NormalizedBodyType?"
        " t:FilterHtmlContent? t:ConvertHtmlCodePageToUTF8? t:AdditionalProperties?"
    ),
    "m:FolderShape": Rule("t:BaseShape t:AdditionalProperties?"),
    "m:AttachmentShape": Rule(
        "t:IncludeMimeContent? t:BodyType? t:FilterHtmlContent? t:AdditionalProperties?"
    ),
    "t:AdditionalProperties": Rule(one_of=PATHS),
    "m:IndexedPageItemView": Rule(
        attributes={
            "MaxEntriesReturned": "integer",
            "Offset": "integer",
            "BasePoint": "Beginning End",
        },
        required=("Offset", "BasePoint"),
    ),
    "m:SortOrder": Rule(one_of="t:FieldOrder"),
    "t:FieldOrder": Rule(
        one_of=PATHS, attributes={"Order": "Ascending Descending"}, required=("Order",)
    ),
    "m:Restriction": Rule(one_of=SEARCHES),
    "t:And": Rule(one_of=SEARCHES),
    "t:Or": Rule(one_of=SEARCHES),
    "t:Not": Rule(one_of=SEARCHES),
    "t:Exists": Rule(one_of=PATHS),
    "t:Contains": Rule(
        f"{PATH} t:Constant",
        attributes={
            "ContainmentMode": "FullString Prefixed Substring PrefixOnWords ExactPhrase",
            "ContainmentComparison": "Exact IgnoreCase IgnoreNonSpacingCharacters Loose"
            " IgnoreCaseAndNonSpacingCharacters",
        },
    ),
    "t:FieldURIOrConstant": Rule(one_of=f"{PATHS} t:Constant"),
    "t:Constant": Rule(attributes={"Value": ""}, required=("Value",)),
    "t:FieldURI": Rule(attributes={"FieldURI": "field"}, required=("FieldURI",)),
    "t:IndexedFieldURI": Rule(
        attributes={"FieldURI": "", "FieldIndex": ""}, required=("FieldURI", "FieldIndex")
    ),
    "t:ExtendedFieldURI": Rule(
        attributes={
            "DistinguishedPropertySetId": "Meeting Appointment Common PublicStrings Address"
            " InternetHeaders CalendarAssistant UnifiedMessaging Task Sharing",
            "PropertySetId": "GUID",
            "PropertyTag": "",
            "PropertyName": "",
            "PropertyId": "integer",
            "PropertyType": "Binary Boolean CLSID Double Float Integer Long Short String"
            " StringArray SystemTime",
        },
        required=("PropertyType",),
    ),
    "t:ExtendedProperty": Rule("t:ExtendedFieldURI t:Value|t:Values"),
    "t:Values": Rule(one_of="t:Value"),
    "t:FolderId": Rule(attributes=_ID, required=("Id",)),
    "t:ItemId": Rule(attributes=_ID, required=("Id",)),
    "t:ParentFolderId": Rule(attributes=_ID, required=("Id",)),
    "t:ConversationId": Rule(attributes=_ID, required=("Id",)),
    "t:AttachmentId": Rule(
        attributes={"Id": "", "RootItemId": "", "RootItemChangeKey": ""}, required=("Id",)
    ),
    "t:AlternateId": Rule(
        attributes={
            "Format": "EwsLegacyId EwsId EntryId HexEntryId StoreId OwaId",
            "Id": "",
            "Mailbox": "",
            "IsArchive": BOOLEAN,
        },
        required=("Format", "Id", "Mailbox"),
    ),
    "t:DistinguishedFolderId": Rule(
        "t:Mailbox?", attributes={"Id": FOLDER_NAMES, "ChangeKey": ""}, required=("Id",)
    ),
    "t:ItemChange": Rule("t:ItemId t:Updates"),
    "t:Updates": Rule(one_of="t:SetItemField t:DeleteItemField"),
    "t:SetItemField": Rule(f"{PATH} t:Message"),
    "t:DeleteItemField": Rule(one_of=PATHS),
    "t:Message": Rule(MESSAGE),
    # EWS answers a bad MimeContent by an error of its own, not by one of the schema.
    "t:MimeContent": Rule(attributes={"CharacterSet": ""}, text="any"),
    "t:Body": Rule(
        attributes={"BodyType": "HTML Text", "IsTruncated": BOOLEAN}, required=("BodyType",)
    ),
    "t:UniqueBody": Rule(attributes={"BodyType": "HTML Text"}, required=("BodyType",)),
    "t:Categories": Rule("t:String*"),
    "t:InternetMessageHeaders": Rule(one_of="t:InternetMessageHeader"),
    "t:InternetMessageHeader": Rule(attributes={"HeaderName": ""}, required=("HeaderName",)),
    "t:ToRecipients": _MAILBOXES,
    "t:CcRecipients": _MAILBOXES,
    "t:BccRecipients": _MAILBOXES,
    "t:ReplyTo": _MAILBOXES,
    "t:From": Rule("t:Mailbox"),
    "t:Sender": Rule("t:Mailbox"),
    "t:ReceivedBy": Rule("t:Mailbox"),
    "t:ReceivedRepresenting": Rule("t:Mailbox"),
    "t:Mailbox": Rule(
        "t:Name? t:EmailAddress? t:RoutingType? t:MailboxType? t:ItemId? t:OriginalDisplayName?"
    ),
    "t:FileAttachment": Rule(ATTACHMENT),
    "t:Content": Rule(text="base64"),
    "t:BaseShape": Rule(text=SHAPE),
    "t:BodyType": Rule(text="Best HTML Text"),
    "t:UniqueBodyType": Rule(text="Best HTML Text"),
    "t:NormalizedBodyType": Rule(text="Best HTML Text"),
    "t:Importance": Rule(text="Low Normal High"),
    "t:Sensitivity": Rule(text="Normal Personal Private Confidential"),
    "t:MailboxType": Rule(
        text="Unknown OneOff Mailbox PublicDL PrivateDL Contact PublicFolder GroupMailbox"
        " ImplicitContact"
    ),
    "t:Size": Rule(text="integer"),
    "m:UnresolvedEntry": Rule(text="not empty"),
    "m:ReturnNewItemIds": Rule(text=BOOLEAN),
    **{
        f"t:{name}": Rule(text="date and time")
        for name in "DateTimeReceived DateTimeSent DateTimeCreated LastModifiedTime".split()
    },
    **{
        f"t:{name}": Rule(text=BOOLEAN)
        for name in (
            "IncludeMimeContent FilterHtmlContent ConvertHtmlCodePageToUTF8 IsSubmitted IsDraft"
            " IsFromMe IsResend IsUnmodified ReminderIsSet HasAttachments IsAssociated"
            " IsReadReceiptRequested IsDeliveryReceiptRequested IsRead IsResponseRequested IsInline"
            " IsContactPhoto"
        ).split()
    },
}
# These take one of their choices, not any number.
SINGLE = frozenset(
    ["m:SavedItemFolderId", "m:ToFolderId", "m:Restriction", "t:Not", "t:Exists",
     "t:FieldURIOrConstant", "t:FieldOrder", "t:DeleteItemField"]
)  # fmt: skip
for comparison in SEARCHES.split():
    RULES.setdefault(comparison, _COMPARISON)
RULES["m:IndexedPageFolderView"] = RULES["m:IndexedPageItemView"]
