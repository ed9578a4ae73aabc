"""Exchange Online's errors about the account and its mailbox, through Graph and EWS.

Sources: as for exchange.py, and "Set-OrganizationConfig" (Exchange PowerShell).
"""

from notifications.i18n import gettext_noop as _

from .reactions import Row, blocked, sign_in

TOKEN_REFUSED = sign_in(
    _("Microsoft did not accept the access token."),
    _("It has expired or was revoked."),
    _("Open E-mail > Settings, click Change and sign in again; the queue then goes on."),
)
# Exchange evaluates policies itself ("Continuous access evaluation") and has no code of its own for
# that: a renewed token is refused with these words (BY_WORDS in exchange.py).
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
NOT_LET_IN = blocked(
    _("Your organization does not let this application in."),
    _("Its application access policy for EWS, which also covers Graph, leaves it out."),
    _(
        "An Exchange administrator allows its User-Agent with Set-OrganizationConfig "
        '-EwsApplicationAccessPolicy EnforceAllowList -EwsAllowList @{Add="MailConnector/*"}; '
        "then sign in again."
    ),
)

ROWS: list[Row] = [
    (
        # Exchange's reports to the sender, not its answers to a request: log/account_codes.py.
        "5.1.8 5.7.705 5.7.708",
        blocked(
            _("Microsoft has blocked the account from sending."),
            _("Exchange returned two messages within ten minutes as outbound spam."),
            _(
                "An administrator finds out who sent what, secures the account, and releases it in "
                "Microsoft Defender under Restricted entities. The connector tries again once an "
                "hour."
            ),
        ),
    ),
    ("InvalidAuthenticationToken", TOKEN_REFUSED),
    (
        "ErrorAccessDenied ErrorCreateItemAccessDenied Authorization_RequestDenied "
        "ErrorNotDelegate ErrorImpersonationDenied ErrorImpersonateUserDenied",
        ACCESS_DENIED,
    ),
    ("ExtensionError", NOT_LET_IN),
    (
        "EwsBlocked",
        blocked(
            _("Your tenant blocks Exchange Web Services."),
            _(
                "Since October 2026 Microsoft closes EWS tenant by tenant, except for applications "
                "that an administrator allows; it ends everywhere on 1 April 2027."
            ),
            _(
                "Choose MS Graph as the API in E-mail > Settings, sign in again and save. Until "
                "April 2027 an administrator can also allow this application's client ID with "
                "Set-OrganizationConfig -EwsEnabled $true -EwsAllowedAppIDs."
            ),
        ),
    ),
    (
        "MailboxNotEnabledForRESTAPI ErrorNonExistentMailbox ResourceNotFound ErrorInvalidUser "
        "ErrorMailboxConfiguration ErrorMissingExchangePrincipal ErrorCannotFindUser "
        "ErrorMissingEmailAddress ErrorInvalidUserPrincipalName ErrorInvalidUserSid",
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
        "ErrorAccountSuspend ErrorAccountSuspendShowTierUpgrade",
        blocked(
            _("Microsoft has suspended the account."),
            _("Its outgoing mail looked like spam, or it went over a sending limit."),
            _(
                "Open the account in the Microsoft 365 admin center, do what Microsoft asks for "
                "there, then sign in again."
            ),
        ),
    ),
    (
        "ErrorOrganizationAccessBlocked ErrorInvalidLicense",
        blocked(
            _("Exchange Online is closed to the account."),
            _("Microsoft has blocked the organization, or the licence is not valid for this."),
            _(
                "Check subscriptions and licences in the Microsoft 365 admin center, then sign in "
                "again."
            ),
        ),
    ),
    (
        "ErrorAccountDisabled ErrorCallerIsInvalidADAccount",
        blocked(
            _("Exchange does not let the account into its mailbox."),
            _("The account or its mailbox is disabled."),
            _("Enable it in the Microsoft 365 admin center, then sign in again."),
        ),
    ),
]
