"""What keeps mail from leaving that lies with the account: its sign-in, its rest, its day,
its limit outside. Causes and remedies are those of Microsoft's codes (backends/explanations/)."""

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from notifications import moments
from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import (
    EXPLANATIONS,
    Explanation,
    Reaction,
    Remedy,
    explain,
    is_throttling,
    is_unclear,
)
from notifications.mailbox.account_state import ShownState, rest_answer, shown_state
from notifications.mailbox.connection import Connection
from notifications.models import DeliveryPoll, EmailSettings, MicrosoftAccount

from .obstacle import Meaning, Obstacle, Place, said

_SIGN_IN_AGAIN = _("Sign in again")
_CHECK_NOW = _("Check now")
_OTHER_CLOUD = Obstacle(
    "other_cloud",
    _("The account was signed in at another cloud."),
    _("Sign in again on E-mail > Settings and save."),
    Place.ACCOUNT,
    button=_SIGN_IN_AGAIN,
)
# Those of a lost sign-in have the state's name as text; the code of the last error says more.
_BY_STATE = {
    ShownState.OTHER_CLOUD: _OTHER_CLOUD,
    ShownState.PRACTICE_ACCOUNT: replace(
        _OTHER_CLOUD, text=_("The account is a practice account, which sends no real mail.")
    ),
    ShownState.SIGN_IN_REQUIRED: Obstacle(
        "sign_in_required",
        _("Sign-in required."),
        _("Sign in again on E-mail > Settings and save."),
        Place.ACCOUNT,
        button=_SIGN_IN_AGAIN,
        is_of_account=True,
    ),
    ShownState.CREDENTIAL_EXPIRED: Obstacle(
        "credential_expired",
        _("Application credential expired."),
        _("Enter a new client secret or certificate on E-mail > Settings and save."),
        Place.CREDENTIAL,
        is_of_account=True,
    ),
    ShownState.CREDENTIAL_REFUSED: Obstacle(
        "credential_refused",
        _("Application credential refused."),
        _("Enter a new client secret or certificate on E-mail > Settings and save."),
        Place.CREDENTIAL,
        is_of_account=True,
    ),
    ShownState.BLOCKED: Obstacle(
        "blocked",
        _("Blocked by Microsoft."),
        _("Click Check now on E-mail > Settings to see the cause."),
        Place.ACCOUNT,
        button=_CHECK_NOW,
        is_of_account=True,
    ),
}
# A block that something on the page ends: no sign-in and no check does.
_BY_REMEDY = {Remedy.API: Place.API, Remedy.APPLICATION: Place.APPLICATION}
_NO_ACTION = _("No action needed.")
_THROTTLED = Obstacle(
    "resting",
    _("Microsoft is throttling this mailbox. Sending resumes at %(time)s."),
    _NO_ACTION,
    Place.QUEUE,
    Meaning.PASSES,
)
_FAULT = Obstacle(
    "resting",
    _("Microsoft reported a temporary error. The next attempt is at %(time)s."),
    _NO_ACTION,
    Place.QUEUE,
    Meaning.PASSES,
)
_BY_REACTION = {
    Reaction.REST: "resting",
    Reaction.RETRY: "unreachable",
    Reaction.SETTLE: "unreachable",
}
_TRIED_AGAIN = _("%(happened)s The next attempt is at %(time)s.")
_DAY_IS_FULL = Obstacle(
    "recipients_a_day",
    _("The daily limit of %(limit)d recipients is reached. Sending resumes at %(time)s."),
    _(
        "No action needed. To send more today, raise the limit on E-mail > Settings, under "
        "Delivery."
    ),
    Place.DELIVERY,
    Meaning.PASSES,
)
# What is said where no error is at hand.
_OUTSIDE = Obstacle(
    "outside_limit",
    _("Messages to recipients outside the organization wait: Microsoft reports %(code)s."),
    _("It ends by itself: the limit counts the last 24 hours, and one message an hour is tried."),
    Place.QUEUE,
    meaning=Meaning.PASSES,
    holds_mail=False,
)
WHAT_TO_DO = {each.code: each.what_to_do for each in _BY_STATE.values()} | {
    str(each.halt): each.what_to_do for each in EXPLANATIONS.values() if each.halt
}


def of_sign_in(account: MicrosoftAccount, connection: Connection) -> Obstacle | None:
    """Say why the account cannot be used at all."""
    state = shown_state(account, connection.cloud)
    if state not in _BY_STATE:
        return None
    found = said(_BY_STATE[state])
    code = account.last_error_code
    if account.cloud != connection.cloud.key or not code:
        return found
    cause = _explained(
        Answer(code=code, message=account.last_error_message),
        account,
        client_id=connection.values.client_id,
    )
    if state is ShownState.BLOCKED and cause.remedy:
        found = replace(found, place=_BY_REMEDY[cause.remedy], button="")
    return replace(
        found,
        text=f"{state.label}: {cause.happened}",
        why=cause.why,
        what_to_do=cause.what_to_do,
        microsoft_code=code,
    )


def of_rest(account: MicrosoftAccount, *, now: datetime) -> Obstacle | None:
    """Say why the mailbox rests. What only a person can end stands until a message has got
    through, also between two rests."""
    until = account.rests_until
    if until is None:
        return None
    code = account.rest_code
    answer = rest_answer(code)
    cause = _explained(answer, account)
    if cause.halt:
        worked = account.last_success_at
        found = _halted(cause) if until > now or not worked or worked < until else None
    else:
        found = _resting(answer, cause, until) if until > now else None
    return replace(found, until=until, microsoft_code=code) if found else None


def of_day(saved: EmailSettings, *, now: datetime) -> Obstacle | None:
    until = saved.account.day_full_until if saved.account else None
    if until is None or until <= now:
        return None
    text = said(_DAY_IS_FULL, limit=saved.recipients_a_day, time=moments.short(until))
    return replace(text, until=until)


def of_recipients_outside(*, now: datetime) -> Obstacle | None:
    """Exchange's limit for recipients outside the organization (queue/outside_hold.py)."""
    poll = DeliveryPoll.objects.filter(pk=1, outside_until__gt=now).first()
    if poll is None:
        return None
    return replace(said(_OUTSIDE, code=poll.outside_code), until=poll.outside_until)


def _explained(answer: Answer, account: MicrosoftAccount, client_id: str = "") -> Explanation:
    return explain(answer, account=account.address, client_id=client_id, translate=gettext)


def _halted(cause: Explanation) -> Obstacle:
    return Obstacle(
        str(cause.halt),
        cause.happened,
        cause.what_to_do,
        Place.ACCOUNT,
        button=_CHECK_NOW,
        why=cause.why,
    )


def _resting(answer: Answer, cause: Explanation, until: datetime) -> Obstacle:
    time = moments.clock(until)
    if is_throttling(answer):
        return said(_THROTTLED, time=time)
    if is_unclear(answer):
        return said(_FAULT, time=time)
    return Obstacle(
        _BY_REACTION.get(cause.reaction, "token_refused"),
        gettext(_TRIED_AGAIN) % {"happened": cause.happened, "time": time},
        cause.what_to_do,
        Place.CHECKLIST,
        Meaning.PASSES if cause.passes else Meaning.STOPPED,
        why=cause.why,
    )
