"""What keeps mail from leaving: one list, for the workers and for the pages alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from .connection import cloud_of, effective
from .models import EmailSettings, Notification, QueueState, Worker
from .models.account import AccountState
from .models.settings import Service

# Younger than this, a pending notification is on its way and no cause for worry.
_OLD = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Obstacle:
    """`code` is stable, for `queue --json`; `text` is for people, `what_to_do` too."""

    code: str
    text: str
    what_to_do: str


_FOREIGN = Obstacle(
    "foreign_database",
    gettext_noop("This database belongs to another installation."),
    gettext_noop("Say on the Notification Queue whether it was moved, restored or copied."),
)
_COPY = Obstacle(
    "copy",
    gettext_noop("This is a copy: it never sends."),
    gettext_noop("If it is the only installation now, click Moved on the Notification Queue."),
)
_NO_SERVICE = Obstacle(
    "no_service",
    gettext_noop("No e-mail service is chosen."),
    gettext_noop("Choose one in E-mail > Settings and save."),
)
_NOT_SIGNED_IN = Obstacle(
    "not_signed_in",
    gettext_noop("Not signed in."),
    gettext_noop("Sign in on E-mail > Settings and save."),
)
_OTHER_CLOUD = Obstacle(
    "other_cloud",
    gettext_noop("The account was signed in at another cloud."),
    gettext_noop("Sign in again on E-mail > Settings and save."),
)
_BY_STATE = {
    AccountState.SIGN_IN_REQUIRED: Obstacle(
        "sign_in_required",
        gettext_noop("Sign-in required."),
        gettext_noop("Click Change on E-mail > Settings and sign in again."),
    ),
    AccountState.CREDENTIAL_EXPIRED: Obstacle(
        "credential_expired",
        gettext_noop("Application credential expired."),
        gettext_noop("Enter a new client secret on E-mail > Settings and save."),
    ),
    AccountState.BLOCKED: Obstacle(
        "blocked",
        gettext_noop("Blocked by Microsoft."),
        gettext_noop("See the last error on E-mail > Settings."),
    ),
}


def of_sending(settings: EmailSettings, state: QueueState) -> Obstacle | None:
    """Why not even one message may be tried."""
    if state.is_foreign:
        return _FOREIGN
    if state.is_copy:
        return _COPY
    if settings.service == Service.NONE:
        return _NO_SERVICE
    if settings.account is None:
        return _NOT_SIGNED_IN
    if settings.account.cloud != cloud_of(effective(settings.values())).key:
        return _OTHER_CLOUD
    return _BY_STATE.get(AccountState(settings.account.state))


def current(settings: EmailSettings, state: QueueState, *, now: datetime) -> list[Obstacle]:
    """Everything that holds mail back now. The same few queries whatever the queue holds."""
    found = [
        of_sending(settings, state),
        _rest(settings, now),
        _pause(state),
        _silence(now),
        _age(now),
    ]
    return [obstacle for obstacle in found if obstacle]


def _rest(settings: EmailSettings, now: datetime) -> Obstacle | None:
    account = settings.account
    if account is None or not account.is_resting(now=now):
        return None
    return Obstacle(
        "resting",
        _("Microsoft asked for a pause (%(code)s) until %(time)s UTC.")
        % {"code": account.rest_code, "time": f"{account.rests_until:%H:%M:%S}"},
        _("Nothing to do: the queue goes on by itself."),
    )


def _pause(state: QueueState) -> Obstacle | None:
    if not state.paused_at:
        return None
    return Obstacle(
        "paused",
        _("Paused by %(who)s since %(time)s UTC.")
        % {"who": state.paused_by, "time": f"{state.paused_at:%Y-%m-%d %H:%M}"},
        _("Click Resume on the Notification Queue."),
    )


def _silence(now: datetime) -> Obstacle | None:
    if Worker.objects.alive(now=now).exists():
        return None
    return Obstacle(
        "no_worker",
        _("No worker is alive."),
        _("Start the Celery worker and beat; see the README, “Operate”."),
    )


def _age(now: datetime) -> Obstacle | None:
    oldest = Notification.objects.due(now=now).order_by("queued_at").first()
    if oldest is None or now - oldest.queued_at < _OLD:
        return None
    minutes = int((now - oldest.queued_at).total_seconds() // 60)
    return Obstacle(
        "old",
        _("The oldest pending notification has waited for %(minutes)d minutes.")
        % {"minutes": minutes},
        _("See what holds it back above, or click Send now."),
    )
