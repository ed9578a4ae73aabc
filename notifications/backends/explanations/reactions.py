"""Plain values that say what an error means for the queue and for the account."""

from dataclasses import dataclass
from enum import StrEnum

from notifications.i18n import storable


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
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Explanation:
    """An error explained to an administrator. The log keeps `happened`; `what_to_do` may have the
    placeholders <from> and <account>, which `explain` fills in."""

    happened: str
    why: str
    what_to_do: str
    reaction: Reaction
    trouble: AccountTrouble = AccountTrouble.SIGN_IN_REQUIRED


# A row has codes, separated by spaces, and what they mean.
Row = tuple[str, Explanation]


def fail(happened: str, why: str, what_to_do: str) -> Explanation:
    return Explanation(storable(happened), why, what_to_do, Reaction.FAIL)


def retry(happened: str, why: str, what_to_do: str) -> Explanation:
    return Explanation(storable(happened), why, what_to_do, Reaction.RETRY)


def settle(happened: str, why: str, what_to_do: str) -> Explanation:
    return Explanation(storable(happened), why, what_to_do, Reaction.SETTLE)


def rest(happened: str, why: str, what_to_do: str) -> Explanation:
    return Explanation(storable(happened), why, what_to_do, Reaction.REST)


def sign_in(happened: str, why: str, what_to_do: str) -> Explanation:
    return Explanation(storable(happened), why, what_to_do, Reaction.SIGN_IN)


def new_credential(happened: str, why: str, what_to_do: str) -> Explanation:
    """Explain that the application's secret or certificate does not work."""
    trouble = AccountTrouble.CREDENTIAL_EXPIRED
    return Explanation(storable(happened), why, what_to_do, Reaction.SIGN_IN, trouble)


def blocked(happened: str, why: str, what_to_do: str) -> Explanation:
    """Explain that something at Microsoft has to be changed before another sign-in helps."""
    return Explanation(
        storable(happened), why, what_to_do, Reaction.SIGN_IN, AccountTrouble.BLOCKED
    )
