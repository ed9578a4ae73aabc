"""Exchange Online's errors about a message or of a server, through Graph and EWS.

Sources: "Microsoft Graph error responses and resource types", "ResponseCode" (EWS), and
the enumeration ResponseCodeType of its types.xsd.
"""

from notifications.i18n import gettext_noop as _

from . import account
from .network import UNCLEAR
from .reactions import (
    NOTHING_TO_DO,
    Explanation,
    Halt,
    Row,
    fail,
    halted,
    of_message,
    rest,
    retry,
    settle,
)

_REPORT = _(
    "This is a bug in Mail Connector, or a proxy changes the requests. Report it with the "
    "request ID."
)

BUSY = rest(
    _("Exchange is throttling this mailbox."),
    _("There were too many requests for this mailbox or application in a short time."),
    _("No action needed. Sending resumes when Microsoft allows it."),
)
TOO_LARGE_REQUEST = fail(
    _("The message is too large for one request."),
    _("Graph accepts about 4 MB per request, which is about 3 MB of attachments."),
    _(
        "Turn on “Protect against duplicates and send large attachments” if it is off, or send "
        "less."
    ),
)
MALFORMED = fail(
    _("Exchange didn't understand the request."),
    _("The request's format wasn't accepted."),
    _REPORT,
)
UNREADABLE = fail(
    _("Exchange couldn't read the message."),
    _("The MIME content was changed on the way, or Exchange can't convert it."),
    _REPORT,
)
_UNAVAILABLE = settle(
    _("The mailbox is temporarily unavailable."),
    _("Exchange is moving the mailbox or repairing its database."),
    NOTHING_TO_DO,
)
NAMED_PROPERTIES = fail(
    _("The mailbox can't store another kind of header."),
    _(
        "Exchange keeps the name of every X- header permanently, and this mailbox has too many "
        "of them."
    ),
    _("Remove the X- header, or use the same name in all messages. Then send the message again."),
)
_LIMIT_REACHED = rest(
    _("The mailbox has reached a sending limit."),
    _(
        "Exchange Online allows 10,000 recipients per mailbox in 24 hours, and a limit per "
        "tenant that depends on its licences."
    ),
    _(
        "No action needed. Sending resumes when Exchange accepts messages again. If this "
        "happens often, spread large mailings over several days."
    ),
)

ROWS: list[Row] = [
    *account.ROWS,
    (
        "ErrorSendAsDenied",
        fail(
            _("The account isn't allowed to send from this address."),
            _("The account has neither Send As nor Send on Behalf for it."),
            _(
                "Grant one of them in Exchange Online PowerShell, then wait: it can take an hour.\n"
                "Send As:\n"
                "Add-RecipientPermission <from> -Trustee <account> -AccessRights SendAs\n"
                "Send on Behalf:\n"
                'Set-Mailbox -Identity <from> -GrantSendOnBehalfTo @{Add="<account>"}\n'
                "Or change the From address."
            ),
        ),
    ),
    (
        "ErrorInvalidRecipients ErrorMissingRecipients ErrorInvalidSmtpAddress "
        "ErrorMailRecipientNotFound ErrorRecipientNotFound ErrorInvalidRoutingType",
        fail(
            _("A recipient was refused."),
            _("Exchange can't resolve one of the addresses, or the message has no recipient."),
            _("Correct the address and send the notification again."),
        ),
    ),
    (
        "ErrorExceededMaxRecipientLimit",
        fail(
            _("The message has too many recipients."),
            _(
                "A mailbox may send a message to 500 recipients, unless an administrator "
                "raised the limit."
            ),
            _(
                "Send it to fewer recipients, or raise the limit with Set-Mailbox -Identity "
                "<account> -RecipientLimits 1000."
            ),
        ),
    ),
    (
        "ErrorMessageSizeExceeded ErrorAttachmentSizeLimitExceeded ErrorDataSizeLimitExceeded "
        "ErrorRequestStreamTooBig",
        fail(
            _("The message is too large."),
            _("It exceeds the mailbox's limit (35 MB, unless an administrator raised it)."),
            _(
                "Send smaller attachments, or raise the mailbox's limit in the Exchange admin "
                "center."
            ),
        ),
    ),
    ("RequestEntityTooLarge", TOO_LARGE_REQUEST),
    (
        "ErrorMimeContentInvalidBase64String ErrorMimeContentInvalid "
        "ErrorMimeContentConversionFailed ErrorContentConversionFailed "
        "ErrorUnsupportedMimeConversion ErrorCorruptData ErrorItemCorrupt",
        UNREADABLE,
    ),
    (
        "InvalidInternetMessageHeader",
        fail(
            _("A header of the message was refused."),
            _("Exchange accepts additional headers only if their names begin with X-."),
            _("Rename the header so that it begins with X-, or remove it."),
        ),
    ),
    (
        "BadRequest RequestBodyRead ErrorInvalidRequest ErrorPropertyValidationFailure "
        "ErrorSchemaValidation ErrorInvalidPropertySet ErrorMessageDispositionRequired "
        "ErrorInvalidSendItemSaveSettings ErrorAttachmentSizeShouldNotBeLessThanMinimumSize",
        MALFORMED,
    ),
    (
        "ErrorItemNotFound",
        of_message(
            settle(
                _("The stored draft is missing."),
                _("Somebody deleted it from the mailbox, or it was sent and moved."),
                _("No action needed. Mail Connector looks for the message in Sent Items."),
            )
        ),
    ),
    (
        "ErrorStaleObject ErrorChangeKeyRequired ErrorChangeKeyRequiredForWriteOperations "
        "ErrorInvalidChangeKey ErrorIrresolvableConflict",
        of_message(
            retry(
                _("The stored draft was changed."),
                _("A person or another program opened it in the mailbox while it was being sent."),
                NOTHING_TO_DO,
            )
        ),
    ),
    (
        "ErrorQuotaExceeded ErrorMessagePerFolderCountReceiveQuotaExceeded",
        halted(
            Halt.MAILBOX_FULL,
            _("The mailbox is full."),
            _("Exchange stores each message in the mailbox before it sends it."),
            _("Delete mail from the mailbox or raise its quota. Sending then resumes."),
        ),
    ),
    (
        "ApplicationThrottled TooManyRequests activityLimitReached ErrorServerBusy "
        "CommandConcurrencyLimitReached ErrorExceededConnectionCount ErrorTooManyObjectsOpened",
        BUSY,
    ),
    (
        "ErrorExceededMessageLimit ErrorExceededMessageLimitShowTierUpgrade "
        "ErrorExceededMaxRecipientLimitBlock ErrorExceededMaxRecipientLimitShowTierUpgrade "
        "ErrorSubmissionQuotaExceeded",
        _LIMIT_REACHED,
    ),
    (
        "ErrorMessageSubmissionBlocked",
        halted(
            Halt.SENDER_BLOCKED,
            _("Exchange has blocked the mailbox from sending."),
            _("Its outgoing mail looked like spam, or it exceeded a sending limit."),
            _(
                "Find the account under Restricted entities in the Microsoft Defender portal "
                "and unblock it. Sending then resumes."
            ),
        ),
    ),
    (
        "ErrorMailboxMoveInProgress ErrorMailboxStoreUnavailable ErrorMailboxFailover "
        "ErrorMailboxLogonFailed",
        _UNAVAILABLE,
    ),
    (
        "ErrorADUnavailable ErrorADOperation ErrorADSessionFilter ErrorInsufficientResources "
        "ErrorNotEnoughMemory ErrorNoApplicableProxyCASServersAvailable "
        "ErrorNoRespondingCASInDestinationSite ErrorNoDestinationCASDueToKerberosRequirements "
        "ErrorNoDestinationCASDueToSSLRequirements ErrorNoDestinationCASDueToVersionMismatch "
        "ErrorNoOAuthServerAvailableForRequest ErrorServiceDiscoveryFailed "
        "ErrorProxyServiceDiscoveryFailed ErrorLocalServerObjectNotFound ErrorCrossSiteRequest "
        "ErrorLogonAsNetworkServiceFailed ErrorGetServerSecurityDescriptorFailed "
        "ErrorInvalidNetworkServiceContext ErrorInvalidProxySecurityContext "
        "ErrorInvalidSerializedAccessToken ErrorTokenSerializationDenied ErrorProxyTokenExpired "
        "ErrorBatchProcessingStopped ErrorAutoDiscoverFailed",
        retry(
            _("Exchange can't do this right now."),
            _("A server or directory it depends on doesn't respond or is overloaded."),
            NOTHING_TO_DO,
        ),
    ),
    (
        "ErrorTimeoutExpired ErrorInternalServerError ErrorInternalServerTransientError "
        "ErrorConnectionFailed ErrorClientDisconnected ErrorRequestAborted ErrorProxyCallFailed "
        "ErrorProxyRequestProcessingFailed ErrorProxySoapException ErrorWebRequestInInvalidState "
        "ErrorResponseSchemaValidation ErrorParsingXMLResponse ErrorDataSourceOperation "
        "ErrorWin32InteropError ErrorItemSave serviceNotAvailable UnknownError generalException",
        UNCLEAR,
    ),
]

# Some codes have two meanings, which only Graph's words tell apart. Exchange says them in the
# mailbox's language, so what is not recognised has the meaning of its code.
BY_WORDS: list[tuple[str, str, Explanation]] = [
    ("InvalidAuthenticationToken", r"continuous access evaluation", account.REFUSED_BY_POLICY),
    ("ErrorQuotaExceeded", r"ID from name|named propert", NAMED_PROPERTIES),
    ("ErrorAccessDenied ErrorAccessRestricted", r"\bOData\b|access policy", account.NOT_LET_IN),
    (
        "BadRequest RequestBodyRead ErrorInvalidRequest",
        r"request.{0,30}(length|size|large)|(length|size).{0,30}(limit|exceed|maximum)",
        TOO_LARGE_REQUEST,
    ),
]
