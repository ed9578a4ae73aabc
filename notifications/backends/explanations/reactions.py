"""Plain values that say what an error means for the queue and for the account."""

from dataclasses import dataclass, replace
from enum import StrEnum

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable

NOTHING_TO_DO = _("No action needed. Mail Connector will try again.")
CHECK_THE_WAY = _(
    "Check the network, the proxy and Microsoft's service health. Mail Connector will try again."
)
SIGN_IN_AGAIN = _("Sign in again on E-mail > Settings and save. Sending then resumes.")
TRY_AGAIN = _("Try again in a few minutes.")


class Reaction(StrEnum):
    """The five things a queue can do about an error."""

    FAIL = "fail"
    RETRY = "retry"
    SETTLE = "settle"
    REST = "rest"
    SIGN_IN = "sign in"


class AccountTrouble(StrEnum):
    """The account's trouble after an error of the kind SIGN_IN."""

    SIGN_IN_REQUIRED = "sign_in_required"
    CREDENTIAL_EXPIRED = "credential_expired"
    CREDENTIAL_REFUSED = "credential_refused"
    BLOCKED = "blocked"


class Halt(StrEnum):
    """What a person has to end before a mailbox that rests can send again."""

    MAILBOX_FULL = "mailbox_full"
    SENDER_BLOCKED = "sender_blocked"


class Remedy(StrEnum):
    """The part of E-mail > Settings that ends a block, where one does."""

    API = "api"
    APPLICATION = "application"


@dataclass(frozen=True, slots=True)
class Explanation:
    """An error explained to an administrator. The log keeps `happened`; `what_to_do` may have the
    placeholders <from>, <account> and <client ID>, which `explain` fills in. `passes` says that it
    ends without a person, `of_message` that it says nothing about others."""

    happened: str
    why: str
    what_to_do: str
    reaction: Reaction
    trouble: AccountTrouble = AccountTrouble.SIGN_IN_REQUIRED
    halt: Halt | None = None
    remedy: Remedy | None = None
    passes: bool = False
    of_message: bool = False


# A row has codes, separated by spaces, and what they mean.
Row = tuple[str, Explanation]


def fail(happened: str, why: str, what_to_do: str) -> Explanation:
    return Explanation(storable(happened), why, what_to_do, Reaction.FAIL)


def retry(happened: str, why: str, what_to_do: str) -> Explanation:
    passes = what_to_do in (NOTHING_TO_DO, CHECK_THE_WAY)
    return Explanation(storable(happened), why, what_to_do, Reaction.RETRY, passes=passes)


def settle(happened: str, why: str, what_to_do: str) -> Explanation:
    passes = what_to_do in (NOTHING_TO_DO, CHECK_THE_WAY)
    return Explanation(storable(happened), why, what_to_do, Reaction.SETTLE, passes=passes)


def of_message(explanation: Explanation) -> Explanation:
    """Say that others may be sent meanwhile."""
    return replace(explanation, of_message=True)


def rest(happened: str, why: str, what_to_do: str) -> Explanation:
    return Explanation(storable(happened), why, what_to_do, Reaction.REST, passes=True)


def halted(halt: Halt, happened: str, why: str, what_to_do: str) -> Explanation:
    """Explain that the mailbox rests until a person has acted."""
    return Explanation(storable(happened), why, what_to_do, Reaction.REST, halt=halt)


def sign_in(happened: str, why: str, what_to_do: str) -> Explanation:
    return Explanation(storable(happened), why, what_to_do, Reaction.SIGN_IN)


def new_credential(happened: str, why: str, what_to_do: str) -> Explanation:
    """Explain that the application's secret or certificate does not work."""
    trouble = AccountTrouble.CREDENTIAL_REFUSED
    return Explanation(storable(happened), why, what_to_do, Reaction.SIGN_IN, trouble)


def expired_credential(happened: str, why: str, what_to_do: str) -> Explanation:
    """Explain that it does not work any more, because its time is over."""
    trouble = AccountTrouble.CREDENTIAL_EXPIRED
    return Explanation(storable(happened), why, what_to_do, Reaction.SIGN_IN, trouble)


def blocked(
    happened: str, why: str, what_to_do: str, *, remedy: Remedy | None = None
) -> Explanation:
    """Explain that something has to be changed before another sign-in helps: at Microsoft, or what
    the remedy names."""
    return Explanation(
        storable(happened),
        why,
        what_to_do,
        Reaction.SIGN_IN,
        AccountTrouble.BLOCKED,
        remedy=remedy,
    )
