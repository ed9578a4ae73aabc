"""What is in the way of asking for results. None of it holds mail back, so that these rows are kept
apart from those of sending: the same code means another thing there.

Sources: "Message trace Graph API onboarding guide", "List messageTraces".
"""

from collections.abc import Callable
from dataclasses import replace

from notifications.backends.errors import Answer
from notifications.i18n import gettext_noop as _

from .explain import explain
from .network import NOT_TAKEN
from .reactions import NOTHING_TO_DO, Explanation, retry

TRACE_APP = "8bd644d1-64a1-4d4b-ae52-2e0cbf64e373"
COMMANDS = (
    'Connect-MgGraph -Scopes "Application.ReadWrite.All"\n'
    f"New-MgServicePrincipal -AppId {TRACE_APP}"
)
# Codes of ours: nothing asked Microsoft.
NOT_SET_UP = "TraceNotSetUp"
USED_UP = "TraceBudgetUsedUp"

_NO_PRINCIPAL = retry(
    _("Microsoft's message trace does not let the connector in yet."),
    _(
        "Microsoft's trace application is missing in your tenant, or was added less than some "
        "hours ago."
    ),
    _("An administrator adds it once, in PowerShell:\n<commands>\nIt can take some hours."),
)
_NOT_ALLOWED = retry(
    _("The application may not read the message trace."),
    _(
        "It lacks the application permission ExchangeMessageTrace.Read.All, or an administrator "
        "has not consented to it."
    ),
    _(
        "In the Microsoft Entra admin center add the permission under API permissions > Microsoft "
        "Graph > Application permissions, and click Grant admin consent."
    ),
)
_BUSY = retry(
    _("Microsoft asks for a pause in reading the message trace."),
    _(
        "A tenant can ask 100 times in five minutes, and other tools share this limit with the "
        "connector."
    ),
    NOTHING_TO_DO,
)
_USED_UP = retry(
    _("Microsoft was asked often enough for now."),
    _(
        "A tenant can ask 100 times in five minutes. The connector leaves most of them to other "
        "tools: it asks 20 times at most, and pauses when Microsoft asks it to."
    ),
    _("Try again in some minutes; results arrive by themselves as well."),
)
_NOT_HERE = retry(
    _("Message trace is not there for this application."),
    _("Microsoft offers it in the worldwide cloud only."),
    _("Switch it off in E-mail > Settings, or choose the worldwide cloud."),
)
_NOT_COMPLETE = retry(
    _("Message trace is not set up."),
    _("Tenant, client ID or credential of its application registration is missing."),
    _("Enter them in E-mail > Settings under Delivery results."),
)
_NOT_BELIEVED = retry(
    _("Microsoft does not accept the connector's access token for the message trace."),
    _("It has expired or was revoked, or the application may not ask for it any more."),
    _(
        "No action needed at first: a new one is fetched with the next request. If it stays so, "
        "check the application's permissions in the Microsoft Entra admin center."
    ),
)
_NOT_TOLD = retry(
    _("Microsoft did not answer the question about the message trace."),
    _("The response was missing, late or reported an error. Mail does not depend on it."),
    _("Mail Connector asks again. If it stays so, look at Microsoft's service health."),
)
_BY_CODE = {NOT_SET_UP: _NOT_COMPLETE, USED_UP: _USED_UP}
_BY_STATUS = {403: _NOT_ALLOWED, 404: _NOT_HERE, 429: _BUSY}
_UNAUTHORIZED = 401
# Words of ours, in English alone: the explanation says the same.
_OURS = frozenset([NOT_SET_UP, USED_UP, "KeyMissing"])


def explain_trace(answer: Answer, *, translate: Callable[[str], str]) -> Explanation:
    """Explain why the trace was not told. There is always an explanation."""
    found = _found(answer)
    if found is None:
        return explain(answer, submitted=False, translate=translate)
    what_to_do = translate(found.what_to_do).replace("<commands>", COMMANDS)
    return replace(
        found,
        happened=translate(found.happened),
        why=translate(found.why),
        what_to_do=what_to_do,
    )


def words_of(answer: Answer) -> str:
    """The words of whoever answered, for people: explanations point to them."""
    return "" if answer.code in _OURS else answer.message


def _found(answer: Answer) -> Explanation | None:
    if answer.code in _BY_CODE:
        return _BY_CODE[answer.code]
    if explain(answer, submitted=False).happened == NOT_TAKEN.happened:
        return _BY_STATUS.get(answer.status, _NOT_TOLD)  # that one speaks of a message
    if answer.code.startswith("AADSTS") or answer.code == "UnexpectedAnswer" or not answer.status:
        return None
    if answer.status == _UNAUTHORIZED:
        is_missing = "service principal" in answer.message.lower()
        return _NO_PRINCIPAL if is_missing else _NOT_BELIEVED
    return _BY_STATUS.get(answer.status, _NOT_TOLD)
