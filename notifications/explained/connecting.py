"""Failures on the way to Microsoft, answers that say nothing, and our own refusals.

These codes are ours; no page of Microsoft has them.
"""

from notifications.reactions import Row, blocked, fail, retry, settle, sign_in

NOTHING_TO_DO = "Nothing to do: the connector tries again by itself."
CHECK_THE_WAY = f"Check the network, the proxy and Microsoft's service health. {NOTHING_TO_DO}"

UNCLEAR = settle(
    "It is not known whether the message went out.",
    "Microsoft's answer came too late, broke off, or reported a fault of its own.",
    "With duplicate protection the connector looks it up by itself; otherwise decide in the "
    "Notification Queue.",
)

ROWS: list[Row] = [
    ("ConnectionLost TimedOut UnexpectedAnswer NoAnswerKept", UNCLEAR),
    (
        "ConnectionFailed",
        retry(
            "Microsoft could not be reached.",
            "The connection was refused, or there is no route or no name for the host.",
            CHECK_THE_WAY,
        ),
    ),
    (
        "CertificateRefused",
        retry(
            "The connection is not trusted.",
            "The certificate of the other side is not signed by an authority we know.",
            "If a proxy inspects TLS, put its certificate into the file that "
            "MAILCONNECTOR_CA_BUNDLE names.",
        ),
    ),
    (
        "CertificateBundleMissing",
        retry(
            "The file with the trusted certificates is missing.",
            "MAILCONNECTOR_CA_BUNDLE, or REQUESTS_CA_BUNDLE, names a file that cannot be read.",
            "Correct the variable or restore the file, then start the connector again.",
        ),
    ),
    (
        "SignInServiceFailed",
        retry(
            "Microsoft's sign-in service did not answer as it should.",
            "It is down for a moment, or something between us and Microsoft answered instead.",
            CHECK_THE_WAY,
        ),
    ),
    (
        "EwsBlocked",
        blocked(
            "Your tenant blocks Exchange Web Services.",
            "Since October 2026 Microsoft closes EWS tenant by tenant, except for applications "
            "that an administrator allows; it ends everywhere on 1 April 2027.",
            "Choose MS Graph as the API in E-mail > Settings, sign in again and save. Until "
            "April 2027 an administrator can also allow this application's client ID with "
            "Set-OrganizationConfig -EwsEnabled $true -EwsAllowedAppIDs.",
        ),
    ),
    (
        "KeyMissing",
        sign_in(
            "The stored secrets cannot be read.",
            "They were encrypted with a key that this installation does not have.",
            "Restore the key in MAILCONNECTOR_ENCRYPTION_KEYS, or enter the client secret and "
            "sign in again.",
        ),
    ),
    (
        "ForgedSignIn",
        sign_in(
            "The sign-in was refused.",
            "What came back does not belong to a sign-in that was started here.",
            "Start the sign-in again on E-mail > Settings, in the same browser.",
        ),
    ),
    (
        "AttachmentLimitExceeded",
        fail(
            "The attachments are larger than the limit.",
            "E-mail > Settings limits the total size of attachments.",
            "Send smaller files, or raise the limit.",
        ),
    ),
    (
        "InternalFault",
        fail(
            "The connector made a mistake.",
            "This is a bug; the worker's log has its details.",
            "Report it with the time of this entry, then try Send now.",
        ),
    ),
]

PROXY = retry(
    "The proxy asks for a user name and password.",
    "A proxy between the connector and Microsoft answered instead of Microsoft.",
    "Put the proxy's user name and password into HTTPS_PROXY, or let the proxy pass Microsoft's "
    "hosts.",
)
