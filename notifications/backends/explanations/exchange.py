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
    rest,
    retry,
    settle,
)

_REPORT = _(
    "This is a fault of the connector or of a proxy that changes requests; report it with the "
    "request id."
)

BUSY = rest(
    _("Exchange asks for a pause."),
    _("Too many requests for this mailbox or application in a short time."),
    _("No action needed. The queue waits as long as Microsoft asks, then resumes."),
)
TOO_LARGE_REQUEST = fail(
    _("The message is too large for one request."),
    _("Graph takes about 4 MB in a request, which is about 3 MB of attachments."),
    _(
        "Turn on “Protect against duplicates and send large attachments” if it is off, or send "
        "less."
    ),
)
MALFORMED = fail(
    _("Exchange did not understand the request."), _("Its form was not accepted."), _REPORT
)
UNREADABLE = fail(
    _("Exchange could not read the message."),
    _("The MIME content did not arrive as it was sent, or Exchange cannot convert it."),
    _REPORT,
)
_UNAVAILABLE = settle(
    _("The mailbox is not available at the moment."),
    _("Exchange moves it or repairs its database."),
    NOTHING_TO_DO,
)
NAMED_PROPERTIES = fail(
    _("The mailbox cannot take another kind of header."),
    _(
        "Exchange keeps the name of each additional X- header for good, and the mailbox has too "
        "many different ones."
    ),
    _("Leave the X- header out, or use one name for all messages, and send the message again."),
)
_LIMIT_REACHED = rest(
    _("The mailbox has reached a sending limit."),
    _(
        "Exchange Online lets a mailbox send to 10,000 recipients in 24 hours, and each tenant to "
        "a number that depends on its licences."
    ),
    _(
        "No action needed. The queue resumes when Exchange takes messages again. If it happens "
        "often, spread large mailings over days."
    ),
)

ROWS: list[Row] = [
    *account.ROWS,
    (
        "ErrorSendAsDenied",
        fail(
            _("Exchange does not let the account send from this address."),
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
            _("Exchange cannot resolve one of the addresses, or the message has none."),
            _("Correct the address and send the notification again."),
        ),
    ),
    (
        "ErrorExceededMaxRecipientLimit",
        fail(
            _("The message has too many recipients."),
            _(
                "A mailbox may address 500 recipients in a message unless an administrator raised "
                "it."
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
            _("It is larger than the mailbox allows (35 MB unless an administrator raised it)."),
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
            _("Exchange takes additional headers only where their names begin with X-."),
            _("Rename the header so that it begins with X-, or leave it out."),
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
        settle(
            _("The stored draft is gone."),
            _("Somebody deleted it from the mailbox, or it was sent and moved."),
            _("No action needed. Mail Connector looks for the message in Sent Items."),
        ),
    ),
    (
        "ErrorStaleObject ErrorChangeKeyRequired ErrorChangeKeyRequiredForWriteOperations "
        "ErrorInvalidChangeKey ErrorIrresolvableConflict",
        retry(
            _("The stored draft was changed."),
            _("Somebody or another program opened it in the mailbox while it was being sent."),
            NOTHING_TO_DO,
        ),
    ),
    (
        "ErrorQuotaExceeded ErrorMessagePerFolderCountReceiveQuotaExceeded",
        halted(
            Halt.MAILBOX_FULL,
            _("The mailbox is full."),
            _("Exchange stores each message in the mailbox before it sends it."),
            _("Delete mail from the mailbox or raise its quota; the queue then goes on."),
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
            _("Its outgoing mail looked like spam, or it went over a sending limit."),
            _(
                "Look for the account under Restricted entities in the Microsoft Defender portal "
                "and release it there; the queue then goes on."
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
            _("Exchange cannot do this at the moment."),
            _("A server or a directory that it needs does not answer, or is short of resources."),
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
