"""Microsoft's errors in plain words, and how the queue reacts to each.

The rows are in the modules of this package, by Microsoft's code. HTTP statuses catch codes without
a row, and every answer has an explanation.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from notifications.backends.errors import (
    Answer,
    AuthError,
    PermanentError,
    SendError,
    ThrottledError,
    TransientError,
    UnknownOutcomeError,
)
from notifications.backends.powershell import quoted
from notifications.i18n import gettext_noop
from notifications.message.addresses import bare_address

from . import account, entra, exchange, network, refusals
from .reactions import (
    CHECK_THE_WAY,
    NOTHING_TO_DO,
    SIGN_IN_AGAIN,
    TRY_AGAIN,
    AccountTrouble,
    Explanation,
    Halt,
    Reaction,
    Remedy,
    fail,
)

__all__ = [
    "EXPLANATIONS", "AccountTrouble", "Explanation", "Halt", "Reaction", "Remedy", "error_for",
    "explain", "is_throttling", "is_unclear", "sign_in_code",
]  # fmt: skip

EXPLANATIONS: dict[str, Explanation] = {
    code: explanation
    for codes, explanation in (*exchange.ROWS, *entra.ROWS, *network.ROWS, *refusals.ROWS)
    for code in codes.split()
}

_BY_STATUS: dict[int, Explanation] = {
    401: account.TOKEN_REFUSED,
    403: account.ACCESS_DENIED,
    407: network.PROXY,
    408: network.UNCLEAR,
    411: exchange.MALFORMED,
    413: exchange.TOO_LARGE_REQUEST,
    415: exchange.MALFORMED,
    429: exchange.BUSY,
    507: EXPLANATIONS["ErrorQuotaExceeded"],
    509: exchange.BUSY,
}
_REFUSED = fail(
    gettext_noop("Microsoft refused the message."),
    gettext_noop("Mail Connector doesn't know this code. See Microsoft's message below."),
    gettext_noop(
        "Look up the code at learn.microsoft.com, correct the notification and send it again."
    ),
)
_FIRST_SERVER_ERROR = 500
# A gateway answers with these, and it cannot know whether Exchange has taken the message: mail has
# gone out after an ErrorServerBusy in a 503 (learn.microsoft.com/answers 5629476).
_GATEWAY_STATUSES = frozenset({502, 503, 504})
# OAuth's own errors look like this, other than the codes of Graph and EWS.
_OAUTH_ERROR = re.compile(r"[a-z]+(_[a-z]+)+")
# What to do on E-mail > Settings where a person was asking: nothing asks again by itself.
_BY_HAND = {
    NOTHING_TO_DO: TRY_AGAIN,
    exchange.BUSY.what_to_do: TRY_AGAIN,
    CHECK_THE_WAY: gettext_noop(
        "Check the network, the proxy and Microsoft's service health, then try again."
    ),
    SIGN_IN_AGAIN: gettext_noop("Sign in again and save. Sending then resumes."),
    EXPLANATIONS["AADSTS70000"].what_to_do: gettext_noop(
        "Sign in again and save. Sending then resumes. If it happens again, check "
        "MAILCONNECTOR_ENCRYPTION_KEYS."
    ),
    EXPLANATIONS["AADSTS50076"].what_to_do: gettext_noop(
        "Sign in again and save. Sending then resumes. To avoid this, exclude the account from "
        "the sign-in frequency in Conditional Access."
    ),
}
_POWERSHELL_PLAIN = re.compile(r"[A-Za-z0-9@._+-]+")
_KINDS: dict[Reaction, type[SendError]] = {
    Reaction.FAIL: PermanentError,
    Reaction.RETRY: TransientError,
    Reaction.SETTLE: UnknownOutcomeError,
    Reaction.REST: ThrottledError,
    Reaction.SIGN_IN: AuthError,
}


def explain(
    answer: Answer,
    *,
    submitted: bool = True,
    from_: str = "",
    account: str = "",
    client_id: str = "",
    by_hand: bool = False,
    translate: Callable[[str], str] = gettext_noop,
) -> Explanation:
    """Explain an answer; there is always an explanation, even for a code not seen before.

    `submitted` is False where the message has certainly not gone out, whatever the answer was.
    `from_`, `account` and `client_id`, if given, fill the ready commands of `what_to_do`, which may
    have several lines. `by_hand` is for E-mail > Settings, where nothing tries again what a
    person tried. The texts are in English, unless `translate` says them otherwise.
    """
    explanation = _explanation(answer)
    if not submitted and explanation in (network.UNCLEAR, network.LATE):
        explanation = network.NOT_TAKEN
    what_to_do = explanation.what_to_do
    what_to_do = translate(_BY_HAND.get(what_to_do, what_to_do) if by_hand else what_to_do)
    fillings = (("<from>", from_), ("<account>", account), ("<client ID>", client_id))
    for placeholder, given in fillings:
        if given and placeholder in what_to_do:
            what_to_do = _filled(what_to_do, placeholder, bare_address(given))
    return replace(
        explanation,
        happened=translate(explanation.happened),
        why=translate(explanation.why),
        what_to_do=what_to_do,
    )


def is_throttling(answer: Answer) -> bool:
    """Say whether Microsoft has asked for a pause, and nothing else is wrong."""
    return _explanation(answer) is exchange.BUSY


def is_unclear(answer: Answer) -> bool:
    """Say whether the answer tells nothing but that something failed at Microsoft."""
    return _explanation(answer) is network.UNCLEAR


def error_for(
    answer: Answer, *, submitted: bool, retry_after: timedelta | None = None
) -> SendError:
    """Return the error to raise for an answer.

    `submitted` says whether the request asked Exchange to send. Before that there is no doubt: a
    message that was only stored has certainly not gone out.
    """
    explanation = _explanation(answer)
    reaction = explanation.reaction
    if explanation is exchange.BUSY and submitted and answer.status in _GATEWAY_STATUSES:
        reaction = Reaction.SETTLE
    if reaction is Reaction.SETTLE and not submitted:
        reaction = Reaction.RETRY
    if reaction is Reaction.REST:
        return ThrottledError(answer, retry_after=retry_after)
    return _KINDS[reaction](answer)


def sign_in_code(error: str, description: str) -> str:
    """Return the `AADSTS700082` of Entra's description. If there is none, or if we do not know it
    while the OAuth error says that waiting or another credential helps, return the OAuth error."""
    found = re.match(r"AADSTS\d+", description)
    if not found:
        return error
    known = EXPLANATIONS.get(error)
    says_enough = known is not None and (
        known.reaction is Reaction.RETRY or known.trouble is AccountTrouble.CREDENTIAL_REFUSED
    )
    return error if says_enough and found.group() not in EXPLANATIONS else found.group()


def _explanation(answer: Answer) -> Explanation:
    known = _by_words(answer) or EXPLANATIONS.get(answer.code)
    if known is network.NOT_MICROSOFTS and not 0 < answer.status < _FIRST_SERVER_ERROR:
        return network.UNCLEAR  # Microsoft's own gateways answer so as well
    if known:
        return known
    if answer.code.startswith("AADSTS") or _OAUTH_ERROR.fullmatch(answer.code):
        return entra.UNKNOWN
    if answer.status in _BY_STATUS:
        return _BY_STATUS[answer.status]
    if answer.status >= _FIRST_SERVER_ERROR or not answer.status:
        return network.UNCLEAR
    return _REFUSED


def _by_words(answer: Answer) -> Explanation | None:
    for codes, words, explanation in exchange.BY_WORDS:
        if answer.code in codes.split() and re.search(words, answer.message, re.IGNORECASE):
            return explanation
    return None


def _filled(text: str, placeholder: str, given: str) -> str:
    """Fill in an address or ID, quoted if PowerShell would read more than that."""
    if _POWERSHELL_PLAIN.fullmatch(given):
        return text.replace(placeholder, given)
    return text.replace(f'"{placeholder}"', placeholder).replace(placeholder, quoted(given))
