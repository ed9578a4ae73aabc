"""The dashboard: what leaves, what waits, and what keeps it from leaving."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from notifications.admin.queue.buttons import may_manage
from notifications.admin.queue.filters import AGES
from notifications.admin.saved import settings_of
from notifications.backends.explanations.explain import Explanation, explain, is_unclear
from notifications.incident import card, remedy
from notifications.log import figures
from notifications.log.figures import TopError
from notifications.mailbox.connection import Connection
from notifications.message.addresses import bare_address
from notifications.models import Attempt, EmailSettings, Notification
from notifications.models.attempt import Result
from notifications.models.settings import Service

from . import charts

# What has one of these results has not been sent, whatever its code says.
_DEFINITE = (Result.FAILED, Result.REFUSED)
_EXAMPLES = 1000  # entries whose addresses are looked at


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Fill in Unfold's dashboard; nothing is read for people who may not see it."""
    user: Any = request.user
    if user.has_perm("notifications.view_notification"):
        context |= _queue(request)
    if user.has_perm("notifications.view_attempt"):
        context |= _log()
    return context


def _queue(request: HttpRequest) -> dict[str, Any]:
    now = timezone.now()
    saved = settings_of(request)
    shown = card.read(request.user, saved, now=now)
    return {
        "card": shown,
        "status": shown.status,
        "may_manage": may_manage(request),
        "ages": AGES,
        "workers": shown.status.workers,
        "setup": _setup(saved),
    }


def _setup(saved: EmailSettings) -> dict[str, bool] | None:
    """Tell which steps of the setup are done; None if all of them are."""
    lacks = Connection.of(saved.values()).missing
    done = {
        "application": not lacks,
        "account": saved.account is not None and saved.service != Service.NONE,
        "tested": saved.account is not None and saved.account.last_success_at is not None,
    }
    done["used"] = all(done.values()) and Notification.objects.exists()
    return None if all(done.values()) else done


def _explained(error: TopError, *, now: datetime) -> Explanation:
    """Explain an error. Ready commands have the addresses of its newest entries, and the newest one
    knows whether the message may have left."""
    found = explain(error.answer, translate=gettext)
    if error.result in _DEFINITE and not error.answer.status and is_unclear(error.answer):
        return replace(
            found,
            happened=gettext("Failed for an unknown reason."),
            why=gettext("The message was not sent."),
            what_to_do=gettext("Click the number to see the log entries."),
        )
    recent = Attempt.objects.shown().filter(at__gte=now - timedelta(hours=figures.HOURS))
    alike = recent.filter(code=error.answer.code, result=error.result)
    not_sent = explain(error.answer, submitted=False, translate=gettext)
    if found != not_sent:
        may_have_left = alike.values_list("submitted", flat=True).first()
        return not_sent if may_have_left is False else found
    if "<from>" not in found.what_to_do and "<account>" not in found.what_to_do:
        return found
    addresses = list(alike.values_list("from_address", "account")[:_EXAMPLES])
    if not addresses:
        return found
    senders = Counter(bare_address(from_ or account) for from_, account in addresses)
    shown = [sender for sender, _count in senders.most_common(remedy.MOST)]
    return remedy.explain_for(
        shown, error.answer, account=addresses[0][1], more=len(senders) - len(shown)
    )


def _log() -> dict[str, Any]:
    now = timezone.now()
    # Before the figures, which so have all that is listed.
    latest = list(Attempt.objects.shown()[:8])
    shown = figures.read(now=now)
    return {
        "has_log": True,
        "charts": [
            each for each in (charts.by_hour(shown.hours), charts.by_day(shown.days)) if each.rows
        ],
        "waits": shown.waits,
        "errors": [(error, _explained(error, now=now)) for error in shown.errors],
        "latest": latest,
    }
