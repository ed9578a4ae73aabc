"""What keeps mail from leaving: one list, for the workers and for the pages alike."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings as django_settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from notifications import vault
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, Notification, QueueState, Worker
from notifications.models.account import AccountState
from notifications.models.settings import Service
from notifications.models.status import Status

# Younger than this, a pending notification is on its way and no cause for worry.
_OLD = timedelta(minutes=5)


# These are to be seen, but do not keep mail from leaving.
THOUGH_MAIL_FLOWS = ("made_elsewhere", "old", "worker_version_differs")


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
_NO_WORKER = Obstacle(
    "no_worker",
    gettext_noop("No worker is alive."),
    gettext_noop("Start the Celery worker and beat; see the README, “Operate”."),
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
        gettext_noop("Enter a new client secret or certificate on E-mail > Settings and save."),
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
    if settings.account.cloud != Connection.of(settings.values()).cloud.key:
        return _OTHER_CLOUD
    return _BY_STATE.get(AccountState(settings.account.state))


def current(settings: EmailSettings, state: QueueState, *, now: datetime) -> list[Obstacle]:
    """Everything that holds mail back now. The same few queries whatever the queue holds."""
    found = [
        of_sending(settings, state),
        _rest(settings, now),
        _day_is_full(settings, now),
        _pause(state),
        _workers(now),
        _made_elsewhere(settings),
        _age(settings, now),
    ]
    return [obstacle for obstacle in found if obstacle]


def for_every_page(settings: EmailSettings, state: QueueState, *, now: datetime) -> list[Obstacle]:
    """Those that a person should not miss, whatever page is open. One query."""
    sending = of_sending(settings, state)
    if sending in (_NO_SERVICE, _NOT_SIGNED_IN):
        # A set-up that is not finished: nothing has stopped.
        return []
    found = [
        sending,
        _rest(settings, now),
        _day_is_full(settings, now),
        _pause(state),
        _workers(now),
    ]
    return [obstacle for obstacle in found if obstacle]


def _rest(settings: EmailSettings, now: datetime) -> Obstacle | None:
    account = settings.account
    if account is None or not account.is_resting(now=now):
        return None
    return Obstacle(
        "resting",
        _("Microsoft asked for a pause (%(code)s) until %(time)s.")
        % {"code": account.rest_code, "time": _local(account.rests_until, "%H:%M:%S %Z")},
        _("Nothing to do: the queue goes on by itself."),
    )


def _day_is_full(settings: EmailSettings, now: datetime) -> Obstacle | None:
    until = settings.account.day_full_until if settings.account else None
    if until is None or until <= now:
        return None
    return Obstacle(
        "recipients_a_day",
        _("The limit of %(limit)d recipients a day is reached. There is room again at %(time)s.")
        % {"limit": settings.recipients_a_day, "time": _local(until, "%Y-%m-%d %H:%M %Z")},
        _("Nothing to do; or raise the limit on E-mail > Settings, under Delivery."),
    )


def _pause(state: QueueState) -> Obstacle | None:
    if not state.paused_at:
        return None
    return Obstacle(
        "paused",
        _("Paused by %(who)s since %(time)s.")
        % {"who": state.paused_by, "time": _local(state.paused_at, "%Y-%m-%d %H:%M %Z")},
        _("Click Resume on the Notification Queue."),
    )


def _workers(now: datetime) -> Obstacle | None:
    """Whether the workers are there, and have our keys and our version."""
    alive = list(Worker.objects.alive(now=now))
    if not alive:
        return _NO_WORKER
    key = vault.key_fingerprint()
    if others := [worker.name for worker in alive if worker.key != key]:
        return Obstacle(
            "worker_key_differs",
            _("A worker has another encryption key: %(names)s.") % {"names": ", ".join(others)},
            _(
                "Give web and workers the same MAILCONNECTOR_ENCRYPTION_KEYS (or data folder), "
                "then restart them."
            ),
        )
    if older := [worker for worker in alive if worker.version != django_settings.VERSION]:
        return Obstacle(
            "worker_version_differs",
            _("This page runs version %(ours)s, the worker %(name)s version %(theirs)s.")
            % {
                "ours": django_settings.VERSION,
                "name": older[0].name,
                "theirs": older[0].version,
            },
            _("Restart what was not restarted after the upgrade: web, worker or beat."),
        )
    return None


def _made_elsewhere(settings: EmailSettings) -> Obstacle | None:
    cloud = Connection.of(settings.values()).cloud.key
    count = Notification.objects.filter(status=Status.PENDING).exclude(cloud=cloud).count()
    if not count:
        return None
    return Obstacle(
        "made_elsewhere",
        ngettext(
            "%(n)d notification was made for another cloud or in practice, and stays here.",
            "%(n)d notifications were made for another cloud or in practice, and stay here.",
            count,
        )
        % {"n": count},
        _("Delete what is not needed any more on the Notification Queue."),
    )


def _age(settings: EmailSettings, now: datetime) -> Obstacle | None:
    due = Notification.objects.due(now=now).filter(cloud=Connection.of(settings.values()).cloud.key)
    oldest = due.order_by("pk").first()
    if oldest is None or now - oldest.queued_at < _OLD:
        return None
    minutes = int((now - oldest.queued_at).total_seconds() // 60)
    return Obstacle(
        "old",
        _("The oldest pending notification has waited for %(minutes)d minutes.")
        % {"minutes": minutes},
        _("See what holds it back above, or click Send now."),
    )


def _local(when: datetime | None, form: str) -> str:
    return timezone.localtime(when).strftime(form)
