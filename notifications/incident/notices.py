"""What should be seen on every page while something is wrong; the pages of the queue say it on
their card instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notifications import endings
from notifications.mailbox import credential_expiry
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, QueueState
from notifications.queue import waiting
from notifications.queue.holding import obstacles, smtp_certificate
from notifications.queue.holding.obstacles import Meaning, Obstacle, Place

from .beginnings import since
from .controls import Control, control_of

# Each of them says that the credential does not work, which says more than its date.
_OF_CREDENTIAL = frozenset({"credential_expired", "credential_refused"})
_BY_URGENCY = list(Meaning)


@dataclass(frozen=True, slots=True)
class Notice:
    """`control` is None where nothing can be done, or for people who may not do it. `waiting` says
    how many wait because of it, "" where that is not the point. `is_of_account`: E-mail > Settings
    explains it too, at the place where it is mended."""

    code: str
    meaning: Meaning
    text: str
    what_to_do: str
    control: Control | None
    why: str = ""
    microsoft_code: str = ""
    since: datetime | None = None
    waiting: str = ""
    is_of_account: bool = False


def for_every_page(
    user: Any, saved: EmailSettings, state: QueueState, *, now: datetime
) -> list[Notice]:
    """Return what nobody should miss. It costs one query while all is well, two more while mail
    does not flow, and one more while the set-up is not finished."""
    found = obstacles.for_every_page(saved, state, now=now)
    waits = ""
    if any(each.holds_mail for each in found):
        cloud = Connection.of(saved.values()).cloud.key
        waits = waiting.in_words(waiting.count_due(cloud, now=now))
    return of(found, user, saved, state=state, waits=waits, now=now)


def of(
    found: Sequence[Obstacle],
    user: Any,
    saved: EmailSettings,
    *,
    state: QueueState,
    waits: str,
    now: datetime,
) -> list[Notice]:
    """Put obstacles into notices, the most urgent first, and the ends of the credential and of the
    SMTP listener's certificate among them for people who can renew them. `waits` says how many
    wait."""
    begun = since(found, saved)
    notices = [
        Notice(
            each.code,
            each.meaning,
            each.text,
            each.what_to_do,
            control_of(each, user),
            why=each.why,
            microsoft_code=each.microsoft_code,
            since=begun.get(each.code),
            waiting=waits if each.holds_mail else "",
            is_of_account=each.is_of_account,
        )
        for each in (*found, *_credential(found, user, saved, now), *_certificate(user, state, now))
    ]
    return sorted(notices, key=lambda notice: _BY_URGENCY.index(notice.meaning))


def _credential(
    found: Sequence[Obstacle], user: Any, saved: EmailSettings, now: datetime
) -> list[Obstacle]:
    if not user.has_perm("notifications.change_emailsettings"):
        return []
    if any(each.code in _OF_CREDENTIAL for each in found):
        return []
    days = credential_expiry.days_left(Connection.of(saved.values()).values, now.date())
    stage = credential_expiry.stage(days)
    if days is None or stage is None:
        return []
    what_to_do = _(
        "Create a new client secret or certificate in Microsoft Entra, enter it on E-mail > "
        "Settings and save. No new sign-in is needed."
    )
    return [
        Obstacle(
            "credential_ends",
            _credential_text(days),
            what_to_do,
            Place.CREDENTIAL,
            Meaning.NEEDS_YOU,
            holds_mail=False,
        )
    ]


def _certificate(user: Any, state: QueueState, now: datetime) -> list[Obstacle]:
    if not user.has_perm("notifications.change_smtpsettings"):
        return []
    found = smtp_certificate.of_state(state).obstacle(now)
    return [found] if found else []


def _credential_text(days: int) -> str:
    return endings.in_words(
        days,
        past=_("The application credential has expired."),
        today=_("The application credential expires today."),
        later=ngettext(
            "The application credential expires in %(days)d day.",
            "The application credential expires in %(days)d days.",
            days,
        ),
    )
