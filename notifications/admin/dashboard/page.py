"""The dashboard: what leaves, what waits, and what keeps it from leaving."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from notifications.backends.explanations.explain import explain
from notifications.log import figures
from notifications.mailbox.connection import Connection
from notifications.models import Attempt, EmailSettings, Notification, Worker
from notifications.models.account import AccountState
from notifications.models.settings import Service
from notifications.queue import overview

from . import charts


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Fill in Unfold's dashboard; nothing is read for people who may not see it."""
    user: Any = request.user
    if user.has_perm("notifications.view_notification"):
        context |= _queue()
    if user.has_perm("notifications.view_attempt"):
        context |= _log()
    return context


def _queue() -> dict[str, Any]:
    now = timezone.now()
    status = overview.read(now=now)
    return {
        "status": status,
        "oldest_waits": now - status.oldest_pending_at if status.oldest_pending_at else None,
        "account_state": _account_state(status.account_state),
        "workers": Worker.objects.alive(now=now).order_by("name"),
        "setup": _setup(EmailSettings.objects.current()),
    }


def _account_state(code: str) -> str:
    return str(AccountState(code).label) if code in AccountState.values else ""


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


def _log() -> dict[str, Any]:
    shown = figures.read(now=timezone.now())
    return {
        "hours": charts.by_hour(shown.hours),
        "days": charts.by_day(shown.days),
        "waits": shown.waits,
        "errors": [(error, explain(error.answer, translate=gettext)) for error in shown.errors],
        "latest": Attempt.objects.shown()[:8],
    }
