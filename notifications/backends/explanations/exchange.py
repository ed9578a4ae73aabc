"""Exchange Online's errors about a mailbox or a message, through Graph and EWS.

Sources: "Microsoft Graph error responses and resource types", "ResponseCode" (EWS), and
the enumeration ResponseCodeType of its types.xsd.
"""

from notifications.i18n import gettext_noop as _

from .network import NOTHING_TO_DO, UNCLEAR
from .reactions import Row, blocked, fail, rest, retry, settle, sign_in

_REPORT = _(
    "This is a fault of the connector or of a proxy that changes requests; report it with the "
    "request id."
)

BUSY = rest(
    _("Exchange asks for a pause."),
    _("Too many requests for this mailbox or application in a short time."),
    _("Nothing to do: the queue rests as long as Microsoft asks and then goes on."),
)
TOKEN_REFUSED = sign_in(
    _("Microsoft did not accept the access token."),
    _("It has expired or was revoked."),
    _("Open E-mail > Settings, click Change and sign in again; the queue then goes on."),
)
# Exchange evaluates policies itself ("Continuous access evaluation") and has no code of its own for
# that: a renewed token is refused with these words.
BY_POLICY = "ontinuous access evaluation"
REFUSED_BY_POLICY = blocked(
    _("A Conditional Access policy refuses the access token."),
    _("The policy does not allow the network or device that the connector sends from."),
    _(
        "Ask whoever manages Conditional Access to allow it; the connector tries again by itself, "
        "at least once an hour."
    ),
)
ACCESS_DENIED = sign_in(
    _("The sign-in does not allow this."),
    _("A permission is missing, or the account may not use the mailbox."),
    _("Compare the granted with the needed permissions in E-mail > Settings and sign in again."),
)
TOO_LARGE_REQUEST = fail(
    _("The message is too large for one request."),
    _("Graph takes about 4 MB in a request, which is about 3 MB of attachments."),
    _("Turn on “Protect against duplicates and send large attachments”, or send less."),
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
_LIMIT_REACHED = rest(
    _("The mailbox has reached a sending limit."),
    _(
        "Exchange Online lets a mailbox send to 10,000 recipients in 24 hours, and each tenant to "
        "a number that depends on its licences."
    ),
    _(
        "Nothing to do: the queue goes on when Exchange takes messages again. If it happens often, "
        "spread large mailings over days."
    ),
)

ROWS: list[Row] = [
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
        "ErrorInvalidRecipients ErrorMissingRecipients ErrorInvalidSmtpAddress",
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
        "ErrorMessageSizeExceeded ErrorAttachmentSizeLimitExceeded",
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
        "ErrorMimeContentConversionFailed ErrorContentConversionFailed",
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
    ("InvalidAuthenticationToken", TOKEN_REFUSED),
    ("ErrorAccessDenied ErrorCreateItemAccessDenied Authorization_RequestDenied", ACCESS_DENIED),
    (
        "ExtensionError",
        blocked(
            _("Your organization does not let this application in."),
            _("Its application access policy for EWS, which also covers Graph, leaves it out."),
            _(
                "An Exchange administrator allows it with Set-OrganizationConfig "
                "-EwsApplicationAccessPolicy and -EwsAllowList; then sign in again."
            ),
        ),
    ),
    (
        "MailboxNotEnabledForRESTAPI ErrorNonExistentMailbox ResourceNotFound "
        "ErrorMailboxConfiguration",
        blocked(
            _("The account has no mailbox in Exchange Online."),
            _("It has no licence, is a guest, or its mailbox is inactive or on-premises."),
            _("Give the account an Exchange Online licence, or sign in with another one."),
        ),
    ),
    (
        "ErrorNonPrimarySmtpAddress",
        sign_in(
            _("The address of the account has changed."),
            _(
                "Exchange wants the mailbox's primary address; the one from the sign-in is an "
                "alias."
            ),
            _(
                "Open E-mail > Settings, click Change and sign in again, so that the new one is "
                "known."
            ),
        ),
    ),
    (
        "ErrorAccountDisabled ErrorMailboxLogonFailed",
        blocked(
            _("Exchange does not let the account into its mailbox."),
            _("The account or its mailbox is disabled."),
            _("Enable it in the Microsoft 365 admin center, then sign in again."),
        ),
    ),
    (
        "ErrorItemNotFound",
        settle(
            _("The stored draft is gone."),
            _("Somebody deleted it from the mailbox, or it was sent and moved."),
            _("Nothing to do: the connector looks for the message in Sent Items by itself."),
        ),
    ),
    (
        "ErrorStaleObject ErrorChangeKeyRequired ErrorIrresolvableConflict",
        retry(
            _("The stored draft was changed."),
            _("Somebody or another program opened it in the mailbox while it was being sent."),
            NOTHING_TO_DO,
        ),
    ),
    (
        "ErrorQuotaExceeded",
        rest(
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
        rest(
            _("Exchange has blocked the mailbox from sending."),
            _("Its outgoing mail looked like spam, or it went over a sending limit."),
            _(
                "Look for the account under Restricted entities in the Microsoft Defender portal "
                "and release it there; the queue then goes on."
            ),
        ),
    ),
    ("ErrorMailboxMoveInProgress ErrorMailboxStoreUnavailable ErrorMailboxFailover", _UNAVAILABLE),
    (
        "ErrorTimeoutExpired ErrorInternalServerError ErrorInternalServerTransientError "
        "serviceNotAvailable UnknownError generalException",
        UNCLEAR,
    ),
]
