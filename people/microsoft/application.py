"""Whether the sign-in service takes the application that people log in with: an alarm says so."""

from django.utils import timezone

from notifications.alarms import watch

from .refusals import Refused


def note_refusal(refused: Refused) -> None:
    """Raise the alarm where the refusal is of the application, and not of a person."""
    if refused.reason == "application":
        watch.report_refused_login(now=timezone.now())


def note_success() -> None:
    watch.report_accepted_login(now=timezone.now())
