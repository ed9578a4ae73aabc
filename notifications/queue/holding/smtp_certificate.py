"""The certificate of the SMTP listener: whether it ends soon, or cannot be used at all."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from notifications import endings
from notifications.i18n import shown
from notifications.models import QueueState, SmtpListener

from .obstacle import Meaning, Obstacle, Place

# Days before its end at which people are told (again).
STAGES = (30, 7, 1)
WHAT_TO_DO = _("Replace the files of MAILCONNECTOR_SMTP_CERTIFICATE and MAILCONNECTOR_SMTP_KEY.")


@dataclass(frozen=True, slots=True)
class Certificate:
    """`ends_at` is None where none is used, `problem` the stored sentence that says why not."""

    ends_at: datetime | None = None
    problem: str = ""

    def days_left(self, now: datetime) -> int | None:
        """0 on the last day, negative after the end."""
        return (self.ends_at - now).days if self.ends_at else None

    def stage(self, now: datetime) -> int | None:
        """How urgent it is, see `endings.stage`; one that does not work has ended."""
        return endings.PAST if self.problem else endings.stage(self.days_left(now), STAGES)

    def obstacle(self, now: datetime) -> Obstacle | None:
        """Return it for people, in their language; None while it is fine."""
        if self.stage(now) is None:
            return None
        text = shown(self.problem, gettext) or _text(self.days_left(now) or 0)
        return Obstacle(
            "smtp_certificate",
            text,
            gettext(WHAT_TO_DO),
            Place.SMTP,
            Meaning.NEEDS_YOU,
            holds_mail=False,
        )


def of_listeners(listeners: Collection[SmtpListener]) -> Certificate:
    """Return the one that ends first, and the problem of any."""
    ends = [each.certificate_ends_at for each in listeners if each.certificate_ends_at]
    problems = filter(None, (each.certificate_problem for each in listeners))
    return Certificate(min(ends, default=None), next(problems, ""))


def of_state(state: QueueState) -> Certificate:
    """Return what came with the state, see `with_smtp_certificate`."""
    return Certificate(state.smtp_certificate_ends_at, state.smtp_certificate_problem or "")


def _text(days: int) -> str:
    return endings.in_words(
        days,
        past=gettext("The certificate of the SMTP listener has expired."),
        today=gettext("The certificate of the SMTP listener expires today."),
        later=ngettext(
            "The certificate of the SMTP listener expires in %(days)d day.",
            "The certificate of the SMTP listener expires in %(days)d days.",
            days,
        ),
    )
