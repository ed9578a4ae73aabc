"""Microsoft's errors in plain words, and how the queue reacts to each.

The rows stand in the modules beside this one and are found by Microsoft's code. HTTP statuses
catch what has no row, and there is an answer for everything else.
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

from . import entra, exchange, network
from .reactions import AccountTrouble, Explanation, Reaction, fail

__all__ = [
    "EXPLANATIONS", "AccountTrouble", "Explanation", "Reaction", "error_for", "explain",
    "sign_in_code",
]  # fmt: skip

EXPLANATIONS: dict[str, Explanation] = {
    code: explanation
    for codes, explanation in (*exchange.ROWS, *entra.ROWS, *network.ROWS)
    for code in codes.split()
}

_BY_STATUS: dict[int, Explanation] = {
    401: exchange.TOKEN_REFUSED,
    403: exchange.ACCESS_DENIED,
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
    gettext_noop("Microsoft's own words below say why; the connector does not know this code."),
    gettext_noop(
        "Look the code up at learn.microsoft.com, correct the notification and send it again."
    ),
)
_FIRST_SERVER_ERROR = 500
# With these a gateway speaks, and it cannot know whether Exchange has taken the message:
# mail has gone out after an ErrorServerBusy in a 503 (learn.microsoft.com/answers 5629476).
_GATEWAY_STATUSES = frozenset({502, 503, 504})
# OAuth's own errors, as opposed to the codes of Graph and EWS.
_OAUTH_ERROR = re.compile(r"[a-z]+(_[a-z]+)+")
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
    from_: str = "",
    account: str = "",
    translate: Callable[[str], str] = gettext_noop,
) -> Explanation:
    """What an answer means. There is always one, also for codes not seen before.

    `from_` and `account`, where given, stand in the ready commands of `what_to_do`, which may
    have several lines. The texts are English, unless `translate` says them otherwise.
    """
    explanation = _explanation(answer)
    what_to_do = translate(explanation.what_to_do)
    for placeholder, given in (("<from>", from_), ("<account>", account)):
        if given and placeholder in what_to_do:
            what_to_do = _filled(what_to_do, placeholder, given)
    return replace(
        explanation,
        happened=translate(explanation.happened),
        why=translate(explanation.why),
        what_to_do=what_to_do,
    )


def error_for(
    answer: Answer, *, submitted: bool, retry_after: timedelta | None = None
) -> SendError:
    """The error to raise for an answer.

    `submitted` says whether the request asked Exchange to send: before that a doubt is
    none, because a message that was only stored has certainly not gone out.
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
    """`AADSTS700082` out of Entra's description; its OAuth error where there is no number, or
    one that we do not know while the error says that waiting helps."""
    found = re.match(r"AADSTS\d+", description)
    if not found:
        return error
    known = EXPLANATIONS.get(error)
    waiting_helps = known is not None and known.reaction is Reaction.RETRY
    return error if waiting_helps and found.group() not in EXPLANATIONS else found.group()


def _explanation(answer: Answer) -> Explanation:
    known = EXPLANATIONS.get(answer.code)
    if known:
        return known
    if answer.code.startswith("AADSTS") or _OAUTH_ERROR.fullmatch(answer.code):
        return entra.UNKNOWN
    if answer.status in _BY_STATUS:
        return _BY_STATUS[answer.status]
    if answer.status >= _FIRST_SERVER_ERROR or not answer.status:
        return network.UNCLEAR
    return _REFUSED


def _filled(text: str, placeholder: str, given: str) -> str:
    """The text with the address, quoted where PowerShell would read more than an address."""
    address = bare_address(given)
    if _POWERSHELL_PLAIN.fullmatch(address):
        return text.replace(placeholder, address)
    return text.replace(f'"{placeholder}"', placeholder).replace(placeholder, quoted(address))
