"""Microsoft's errors in plain words, and how the queue reacts to each.

One table, found by Microsoft's code; HTTP statuses catch what has no row. Sources:
"Microsoft Graph error responses", "ResponseCode (EWS)" and "Microsoft Entra
authentication and authorization error codes". The codes that start with a capital and
have no Microsoft page are ours, for failures on the way there.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from .errors import (
    Answer,
    AuthError,
    PermanentError,
    SendError,
    ThrottledError,
    TransientError,
    UnknownOutcomeError,
)


class Reaction(StrEnum):
    """The five things a queue can do about an error."""

    FAIL = "fail"
    RETRY = "retry"
    SETTLE = "settle"
    REST = "rest"
    SIGN_IN = "sign in"


class AccountTrouble(StrEnum):
    """What an error of the kind SIGN_IN means for the account."""

    SIGN_IN_REQUIRED = "sign_in_required"
    CREDENTIAL_EXPIRED = "credential_expired"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Explanation:
    happened: str
    why: str
    what_to_do: str
    reaction: Reaction
    trouble: AccountTrouble = AccountTrouble.SIGN_IN_REQUIRED


def _fail(happened: str, why: str, what_to_do: str) -> Explanation:
    return Explanation(happened, why, what_to_do, Reaction.FAIL)


def _retry(happened: str, why: str, what_to_do: str) -> Explanation:
    return Explanation(happened, why, what_to_do, Reaction.RETRY)


def _settle(happened: str, why: str, what_to_do: str) -> Explanation:
    return Explanation(happened, why, what_to_do, Reaction.SETTLE)


def _rest(happened: str, why: str, what_to_do: str) -> Explanation:
    return Explanation(happened, why, what_to_do, Reaction.REST)


def _sign_in(
    happened: str,
    why: str,
    what_to_do: str,
    trouble: AccountTrouble = AccountTrouble.SIGN_IN_REQUIRED,
) -> Explanation:
    return Explanation(happened, why, what_to_do, Reaction.SIGN_IN, trouble)


NOTHING_TO_DO = "Nothing to do: the connector tries again by itself."
SIGN_IN_AGAIN = "Open E-mail > Settings, click Change and sign in again; the queue then goes on."
CHECK_CLOUD = "Check the tenant ID and the client ID, and that the right cloud is chosen."

_EXPIRED = _sign_in(
    "The sign-in is no longer valid.",
    "Microsoft ended it: it was revoked, or was not renewed for 90 days.",
    SIGN_IN_AGAIN,
)
_MFA = _sign_in(
    "Microsoft wants the account to confirm itself.",
    "Multi-factor authentication is asked for, which only a person can do.",
    SIGN_IN_AGAIN + " To avoid this, exempt the account in Conditional Access.",
)
_POLICY = _sign_in(
    "A Conditional Access policy blocks the sign-in.",
    "The policy of your tenant does not allow this application, place or device.",
    "Ask whoever manages Conditional Access to allow it, then sign in again.",
    AccountTrouble.BLOCKED,
)
_CONSENT = _sign_in(
    "The application has not been given the permissions it needs.",
    "Consent was never given, or it was withdrawn.",
    "Sign in again and accept, or send the admin-consent link to an administrator.",
)
_NO_APPLICATION = _sign_in(
    "Microsoft does not know this application or tenant.",
    "The client ID, the tenant ID or the cloud is not the right one.",
    CHECK_CLOUD,
    AccountTrouble.BLOCKED,
)
_WRONG_SECRET = _sign_in(
    "The client secret is wrong.",
    "Often the Secret ID was pasted instead of the Value, or the secret was deleted.",
    "Create a client secret in the app registration and paste its Value.",
    AccountTrouble.CREDENTIAL_EXPIRED,
)
_BUSY = _rest(
    "Exchange asks for a pause.",
    "Too many requests for this mailbox or application in a short time.",
    "Nothing to do: the queue rests as long as Microsoft asks and then goes on.",
)
_UNCLEAR = _settle(
    "It is not known whether the message went out.",
    "Microsoft's answer came too late, broke off, or reported a fault of its own.",
    "With duplicate protection the connector looks it up by itself; otherwise decide in the "
    "Notification Queue.",
)
_UNREACHABLE = "Check the network, the proxy and Microsoft's service health. " + NOTHING_TO_DO

EXPLANATIONS: dict[str, Explanation] = {
    # Graph
    "ErrorInvalidRecipients": _fail(
        "A recipient was refused.",
        "Exchange cannot resolve one of the addresses.",
        "Correct the address and send the notification again.",
    ),
    "ErrorMimeContentInvalidBase64String": _fail(
        "Exchange could not read the message.",
        "The MIME content did not arrive as valid base64.",
        "This is a fault of the connector or of a proxy that changes requests; report it.",
    ),
    "ErrorMessageSizeExceeded": _fail(
        "The message is too large.",
        "It is larger than the mailbox allows (35 MB unless an administrator raised it).",
        "Send smaller attachments, or raise the mailbox's limit in the Exchange admin center.",
    ),
    "RequestEntityTooLarge": _fail(
        "The message is too large for one request.",
        "Graph takes about 4 MB in a request, which is about 3 MB of attachments.",
        "Turn on “Protect against duplicates and send large attachments”, or send less.",
    ),
    "ErrorSendAsDenied": _fail(
        "Exchange does not let the account send from this address.",
        "The account has neither Send As nor Send on Behalf for it.",
        "Grant it with Add-RecipientPermission <from> -Trustee <account> -AccessRights SendAs "
        "(it can take an hour), or change the From address.",
    ),
    "ErrorQuotaExceeded": _rest(
        "The mailbox is full.",
        "Exchange stores each message in the mailbox before it sends it.",
        "Delete mail from the mailbox or raise its quota; the queue then goes on.",
    ),
    "ApplicationThrottled": _BUSY,
    "TooManyRequests": _BUSY,
    "activityLimitReached": _BUSY,
    "ErrorServerBusy": _BUSY,
    "ErrorExceededMessageLimit": _BUSY,
    "ErrorMessageSubmissionBlocked": _BUSY,
    "InvalidAuthenticationToken": _sign_in(
        "Microsoft did not accept the access token.",
        "It has expired or was revoked.",
        SIGN_IN_AGAIN,
    ),
    "ErrorAccessDenied": _sign_in(
        "The sign-in does not allow this.",
        "A permission is missing, or the account may not use the mailbox.",
        "Compare the granted with the needed permissions in E-mail > Settings and sign in again.",
    ),
    "MailboxNotEnabledForRESTAPI": _sign_in(
        "The account has no mailbox in Exchange Online.",
        "It has no licence, is a guest, or its mailbox is on-premises.",
        "Give the account an Exchange Online licence, or sign in with another one.",
        AccountTrouble.BLOCKED,
    ),
    "ErrorItemNotFound": _settle(
        "The stored draft is gone.",
        "Somebody deleted it from the mailbox, or it was sent and moved.",
        "The connector looks for the message in Sent Items by itself.",
    ),
    # Entra
    "AADSTS50011": _sign_in(
        "The redirect URI is not registered.",
        "The application's registration does not list the address of this page.",
        "Copy the redirect URI from E-mail > Settings into the app registration, platform Web.",
    ),
    "AADSTS50020": _sign_in(
        "This account does not belong to the tenant.",
        "It was signed in with an account of another organization.",
        "Sign in with an account of the configured tenant.",
    ),
    "AADSTS50057": _sign_in(
        "The account is disabled.",
        "An administrator disabled it in Microsoft Entra.",
        "Enable the account or sign in with another one.",
        AccountTrouble.BLOCKED,
    ),
    "AADSTS50076": _MFA,
    "AADSTS50079": _MFA,
    "AADSTS50173": _EXPIRED,
    "AADSTS70008": _EXPIRED,
    "AADSTS700082": _EXPIRED,
    "AADSTS70000": _EXPIRED,
    "AADSTS50105": _POLICY,
    "AADSTS53000": _POLICY,
    "AADSTS53003": _POLICY,
    "AADSTS70043": _POLICY,
    "AADSTS65001": _CONSENT,
    "AADSTS90094": _CONSENT,
    "AADSTS65004": _sign_in(
        "Consent was refused.",
        "Whoever signed in clicked Cancel on Microsoft's permission page.",
        "Sign in again and accept, or send the admin-consent link to an administrator.",
    ),
    "AADSTS54005": _sign_in(
        "This sign-in was already used.",
        "The page that Microsoft returned to was opened twice.",
        "Start the sign-in again.",
    ),
    "AADSTS700016": _NO_APPLICATION,
    "AADSTS90002": _NO_APPLICATION,
    "AADSTS7000215": _WRONG_SECRET,
    "AADSTS7000222": _sign_in(
        "The client secret has expired.",
        "Secrets end on the date chosen when they were made.",
        "Create a new client secret and enter its Value; no new sign-in is needed.",
        AccountTrouble.CREDENTIAL_EXPIRED,
    ),
    "AADSTS700027": _sign_in(
        "The certificate was not accepted.",
        "It has expired, or it is not uploaded to the app registration.",
        "Upload the certificate to the app registration, or enter a new one.",
        AccountTrouble.CREDENTIAL_EXPIRED,
    ),
    # On the way to Microsoft
    "ConnectionFailed": _retry(
        "Microsoft could not be reached.",
        "The connection was refused, or there is no route or no name for the host.",
        _UNREACHABLE,
    ),
    "CertificateRefused": _retry(
        "The connection is not trusted.",
        "The certificate of the other side is not signed by an authority we know.",
        "A proxy that inspects TLS needs its certificate in MAILCONNECTOR_CA_BUNDLE.",
    ),
    "ConnectionLost": _UNCLEAR,
    "TimedOut": _UNCLEAR,
    "UnexpectedAnswer": _UNCLEAR,
    "SignInServiceFailed": _retry(
        "Microsoft's sign-in service did not answer as it should.",
        "It is down for a moment, or something between us and Microsoft answered instead.",
        _UNREACHABLE,
    ),
    # Ours
    "KeyMissing": _sign_in(
        "The stored secrets cannot be read.",
        "They were encrypted with a key that this installation does not have.",
        "Restore the key in MAILCONNECTOR_ENCRYPTION_KEYS, or enter the client secret and sign in "
        "again.",
    ),
    "ForgedSignIn": _sign_in(
        "The sign-in was refused.",
        "What came back does not belong to a sign-in that was started here.",
        "Start the sign-in again on E-mail > Settings, in the same browser.",
    ),
    "AttachmentLimitExceeded": _fail(
        "The attachments are larger than the limit.",
        "E-mail > Settings limits the total size of attachments.",
        "Send smaller files, or raise the limit.",
    ),
    "InternalFault": _fail(
        "The connector made a mistake.",
        "This is a bug; the worker's log has its details.",
        "Report it with the time of this entry, then try Send now.",
    ),
    "NoAnswerKept": _UNCLEAR,
}

_BY_STATUS: dict[int, Explanation] = {
    401: EXPLANATIONS["InvalidAuthenticationToken"],
    403: EXPLANATIONS["ErrorAccessDenied"],
    408: _UNCLEAR,
    413: EXPLANATIONS["RequestEntityTooLarge"],
    429: _BUSY,
}
_REFUSED = _fail(
    "Microsoft refused the message.",
    "See Microsoft's own words.",
    "Look the code up at learn.microsoft.com, correct the notification and send it again.",
)
_NO_TOKEN = _sign_in(
    "Microsoft refused the sign-in.",
    "See Microsoft's own words.",
    "Look the AADSTS number up at learn.microsoft.com, then sign in again.",
)
_FIRST_SERVER_ERROR = 500


def explain(answer: Answer) -> Explanation:
    """What an answer means. There is always one, also for codes not seen before."""
    known = EXPLANATIONS.get(answer.code) or _BY_STATUS.get(answer.status)
    if known:
        return known
    if answer.code.startswith("AADSTS"):
        return _NO_TOKEN
    if answer.status >= _FIRST_SERVER_ERROR or not answer.status:
        return _UNCLEAR
    return _REFUSED


def error_for(
    answer: Answer, *, submitted: bool, retry_after: timedelta | None = None
) -> SendError:
    """The error to raise for an answer.

    `submitted` says whether the request asked Exchange to send: before that a doubt is
    none, because a message that was only stored has certainly not gone out.
    """
    reaction = explain(answer).reaction
    if reaction is Reaction.SETTLE and not submitted:
        reaction = Reaction.RETRY
    if reaction is Reaction.REST:
        return ThrottledError(answer, retry_after=retry_after)
    kinds: dict[Reaction, type[SendError]] = {
        Reaction.FAIL: PermanentError,
        Reaction.RETRY: TransientError,
        Reaction.SETTLE: UnknownOutcomeError,
        Reaction.SIGN_IN: AuthError,
    }
    return kinds[reaction](answer)


def sign_in_code(error: str, description: str) -> str:
    """`AADSTS700082` out of Entra's description; its OAuth error where there is no number."""
    found = re.match(r"AADSTS\d+", description)
    return found.group() if found else error
