"""Why a sign-in with Microsoft is refused, in words: what happened, and what to do."""

import jwt
import requests
from allauth.socialaccount.providers.base import ProviderException
from django.utils.translation import gettext_lazy as _


class Refused(ProviderException):
    """`reason` is a key of WORDS; `detail` is what the sign-in service said."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


_AGAIN = _("Start again on the log-in page.")
_ADMINISTRATOR = _("Ask an administrator of Mail Connector to check the log-in with Microsoft.")
WORDS = {
    "state": (
        _(
            "This sign-in was not started in this browser, was used before, or took longer than "
            "10 minutes."
        ),
        _AGAIN,
    ),
    "cancelled": (_("The sign-in was cancelled at Microsoft."), _AGAIN),
    "declined": (_("Microsoft refused the sign-in."), _ADMINISTRATOR),
    "issuer": (
        _(
            "The answer comes from another tenant or another sign-in service than the one that is "
            "set up here."
        ),
        _("Sign in with an account of your own organization."),
    ),
    "audience": (_("The answer was made for another application."), _ADMINISTRATOR),
    "clock": (
        _("The answer has expired already, so a clock is wrong: here or at the sign-in service."),
        _("Ask the administrator of the machine to check its clock."),
    ),
    "answer": (_("The sign-in service answered something that makes no sense."), _ADMINISTRATOR),
    "unsafe": (
        _("The sign-in service names an address without https, at which others could read along."),
        _ADMINISTRATOR,
    ),
    "application": (
        _("Microsoft refuses the application that people log in with here."),
        _(
            "Ask an administrator of Mail Connector to check its client secret. Emergency accounts "
            "can log in with their password."
        ),
    ),
    "unreachable": (
        _("The sign-in service cannot be reached."),
        _("Try again in a few minutes. Emergency accounts can log in with their password."),
    ),
    "nobody": (_("The answer does not say who you are."), _ADMINISTRATOR),
    "twice": (_("You have signed in twice at the same moment."), _AGAIN),
    "no_role": (
        _("Your organization has given you no role in Mail Connector."),
        _(
            "Ask an Entra administrator to assign you one of the app roles Administrator, "
            "Operator or Auditor."
        ),
    ),
    "deactivated": (
        _("Your account in Mail Connector is deactivated."),
        _("Ask an administrator of Mail Connector to activate it."),
    ),
    "other_person": (
        _("You have signed in as somebody else than the person who is logged in here."),
        _("Log out first, then sign in again."),
    ),
    "no_auth_time": (
        _("The sign-in service does not say when you last entered your password."),
        _(
            "Ask an Entra administrator to add the optional claim auth_time to the ID token of "
            "the application that people log in with."
        ),
    ),
    "not_asked": (
        _("The sign-in service has not asked for your password again."),
        _AGAIN,
    ),
}


def reason_of(error: BaseException | None) -> Refused:
    """Name what went wrong in allauth or below it."""
    if isinstance(error, Refused):
        return error
    cause = error.__cause__ if error else None
    table = (
        (jwt.InvalidIssuerError, "issuer"),
        (jwt.InvalidAudienceError, "audience"),
        (jwt.ExpiredSignatureError | jwt.ImmatureSignatureError, "clock"),
    )
    for kind, reason in table:
        if isinstance(cause, kind):
            return Refused(reason)
    is_of_network = isinstance(error, requests.ConnectionError | requests.Timeout)
    return Refused("unreachable" if is_of_network else "answer")
