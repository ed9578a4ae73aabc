"""Exchange Online's errors about the account and its mailbox, through Graph and EWS.

Sources: as for exchange.py, and "Set-OrganizationConfig" (Exchange PowerShell).
"""

from notifications.i18n import gettext_noop as _

from .reactions import SIGN_IN_AGAIN, Remedy, Row, blocked, sign_in

TOKEN_REFUSED = sign_in(
    _("Microsoft rejected the access token."),
    _("It has expired or was revoked."),
    SIGN_IN_AGAIN,
)
# Exchange evaluates policies itself ("Continuous access evaluation") and has no code of its own for
# that: a renewed token is refused with these words (BY_WORDS in exchange.py).
REFUSED_BY_POLICY = blocked(
    _("A Conditional Access policy blocks the access token."),
    _("The policy doesn't allow the network or device that Mail Connector runs on."),
    _(
        "Ask the person who manages Conditional Access to allow it. Mail Connector tries again "
        "at least once an hour."
    ),
)
ACCESS_DENIED = sign_in(
    _("The sign-in doesn't allow this."),
    _("A permission is missing, or the account isn't allowed to use the mailbox."),
    _(
        "Compare the granted permissions with the required ones on E-mail > Settings, then "
        "sign in again."
    ),
)
NOT_LET_IN = blocked(
    _("Your organization doesn't allow this application."),
    _("Its application access policy for EWS, which also applies to Graph, doesn't include it."),
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
                "Since October 2026 Microsoft has been closing EWS tenant by tenant, except "
                "for applications that an administrator allows. It ends everywhere on 1 April "
                "2027."
            ),
            _(
                "Choose MS Graph as the API in E-mail > Settings, sign in again and save. Until "
                "April 2027 an administrator can also allow this application's client ID with "
                "Set-OrganizationConfig -EwsEnabled $true -EwsAllowedAppIDs <client ID>."
            ),
            remedy=Remedy.API,
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
                "Exchange requires the mailbox's primary address. The one from the sign-in is "
                "an alias."
            ),
            SIGN_IN_AGAIN,
        ),
    ),
    (
        "ErrorAccountSuspend ErrorAccountSuspendShowTierUpgrade",
        blocked(
            _("Microsoft has suspended the account."),
            _("Its outgoing mail looked like spam, or it exceeded a sending limit."),
            _(
                "Open the account in the Microsoft 365 admin center, follow Microsoft's "
                "instructions, then sign in again."
            ),
        ),
    ),
    (
        "ErrorOrganizationAccessBlocked ErrorInvalidLicense",
        blocked(
            _("The account can't use Exchange Online."),
            _("Microsoft has blocked the organization, or the licence doesn't include this."),
            _(
                "Check subscriptions and licences in the Microsoft 365 admin center, then sign in "
                "again."
            ),
        ),
    ),
    (
        "ErrorAccountDisabled ErrorCallerIsInvalidADAccount",
        blocked(
            _("The account can't open its mailbox."),
            _("The account or its mailbox is disabled."),
            _("Enable it in the Microsoft 365 admin center, then sign in again."),
        ),
    ),
]
