"""What keeps mail from leaving. This is the one list: the drain, pages, alarms, commands and
metrics ask it. A new reason why mail waits is an entry here, with its place in `current`."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, Notification, QueueState, Worker
from notifications.models.account import AccountState
from notifications.models.settings import Service
from notifications.models.status import Status

from . import progress, workers
from .workers import Fitness

# Younger than this, a pending notification is on its way and no cause for worry.
_OLD = timedelta(minutes=5)


class Place(StrEnum):
    """The page where an obstacle is mended."""

    SETTINGS = "settings"
    QUEUE = "queue"
    CHECKLIST = "checklist"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """`code` is stable, for machines; `text` and `what_to_do` are for people.

    `holds_mail` is False for what should be seen although mail flows. `is_calm`: somebody wanted
    it, or it goes by itself. `on_every_page`: nobody should miss it, whatever page is open.
    `is_of_workers`: the way to Microsoft is free, but nobody goes. `is_of_account`: the sign-in was
    lost, which may end by itself. `until` is when it ends by
    itself, if that is known.
    """

    code: str
    text: str
    what_to_do: str
    place: Place = Place.SETTINGS
    holds_mail: bool = True
    is_calm: bool = False
    on_every_page: bool = True
    is_of_workers: bool = False
    is_of_account: bool = False
    until: datetime | None = None

    def as_json(self) -> dict[str, str]:
        return {"code": self.code, "text": self.text, "what_to_do": self.what_to_do}


_FOREIGN = Obstacle(
    "foreign_database",
    _("This database belongs to another installation."),
    _("Say on the Notification Queue whether it was moved, restored or copied."),
    Place.QUEUE,
)
_COPY = Obstacle(
    "copy",
    _("This is a copy: it never sends."),
    _("If it is the only installation now, click Moved on the Notification Queue."),
    Place.QUEUE,
)
# In a set-up that is not finished nothing has stopped.
_NO_SERVICE = Obstacle(
    "no_service",
    _("No e-mail service is chosen."),
    _("Choose one in E-mail > Settings and save."),
    on_every_page=False,
)
_NOT_SIGNED_IN = Obstacle(
    "not_signed_in",
    _("Not signed in."),
    _("Sign in on E-mail > Settings and save."),
    on_every_page=False,
)
_OTHER_CLOUD = Obstacle(
    "other_cloud",
    _("The account was signed in at another cloud."),
    _("Sign in again on E-mail > Settings and save."),
)
# A process that cannot read the stored secrets leaves mail to those that can.
_KEY_MISSING = Obstacle(
    "key_missing",
    explain(Answer(code="KeyMissing")).happened,
    explain(Answer(code="KeyMissing")).what_to_do,
    Place.CHECKLIST,
    is_of_workers=True,
)
_BY_STATE = {
    AccountState.SIGN_IN_REQUIRED: Obstacle(
        "sign_in_required",
        _("Sign-in required."),
        _("Click Change on E-mail > Settings and sign in again."),
        is_of_account=True,
    ),
    AccountState.CREDENTIAL_EXPIRED: Obstacle(
        "credential_expired",
        _("Application credential expired."),
        _("Enter a new client secret or certificate on E-mail > Settings and save."),
        is_of_account=True,
    ),
    AccountState.BLOCKED: Obstacle(
        "blocked",
        _("Blocked by Microsoft."),
        _("See the last error on E-mail > Settings."),
        is_of_account=True,
    ),
}
_RESTING = Obstacle(
    "resting",
    _("Microsoft asked for a pause (%(code)s) until %(time)s."),
    _("Nothing to do: the queue goes on by itself."),
    Place.QUEUE,
    is_calm=True,
)
_DAY_IS_FULL = Obstacle(
    "recipients_a_day",
    _("The limit of %(limit)d recipients a day is reached. There is room again at %(time)s."),
    _("Nothing to do; or raise the limit on E-mail > Settings, under Delivery."),
    is_calm=True,
)
_PAUSED = Obstacle(
    "paused",
    _("Paused by %(who)s since %(time)s."),
    _("Click Resume on the Notification Queue."),
    Place.QUEUE,
    is_calm=True,
)
_NO_WORKER = Obstacle(
    "no_worker",
    _("No worker is alive."),
    _("Start the Celery worker; see that Redis can be reached."),
    Place.CHECKLIST,
    is_of_workers=True,
)
_OTHER_KEY = Obstacle(
    "worker_key_differs",
    _("A worker has another encryption key: %(names)s."),
    _(
        "Give web and workers the same MAILCONNECTOR_ENCRYPTION_KEYS (or data folder), then "
        "restart them."
    ),
    Place.CHECKLIST,
    is_of_workers=True,
)
_OTHER_VERSION = Obstacle(
    "worker_version_differs",
    _("Version %(ours)s runs here, but a worker has another one: %(names)s."),
    _("Restart what was not restarted after the upgrade: web, worker or beat."),
    Place.CHECKLIST,
    is_of_workers=True,
    holds_mail=False,
    is_calm=True,
)
_STANDSTILL = Obstacle(
    "no_progress",
    _("No worker has gone on with notification %(number)d for over %(minutes)d minutes."),
    _("Restart the Celery worker, and see its output."),
    Place.CHECKLIST,
    is_of_workers=True,
    on_every_page=False,
)
_MADE_ELSEWHERE = Obstacle(
    "made_elsewhere",
    "",  # see _made_elsewhere
    _("Delete what is not needed any more on the Notification Queue."),
    Place.QUEUE,
    holds_mail=False,
    on_every_page=False,
)
_OLD_MAIL = Obstacle(
    "old",
    _("The oldest pending notification has waited for %(minutes)d minutes."),
    _("See what holds it back above, or click Send now."),
    Place.QUEUE,
    holds_mail=False,
    on_every_page=False,
)
# What the alarms say that are raised for one of these.
WHAT_TO_DO = {
    each.code: each.what_to_do
    for each in (_FOREIGN, _COPY, *_BY_STATE.values(), _PAUSED, _NO_WORKER, _STANDSTILL)
}


def current(saved: EmailSettings, state: QueueState, *, now: datetime) -> list[Obstacle]:
    """Return all that holds mail back or should be seen now, in the reader's language. It costs
    the same few queries, whatever the queue holds."""
    found = on_the_way(saved, state, now=now)
    stands = of_progress(saved, state, found, now=now)
    return [*found, *([stands] if stands else []), *_of_what_waits(saved, now)]


def for_every_page(saved: EmailSettings, state: QueueState, *, now: datetime) -> list[Obstacle]:
    """Return those that nobody should miss, whatever page is open. It costs one query."""
    unfinished = _of_set_up(saved, state)
    if unfinished and not unfinished.on_every_page:
        return []
    return [each for each in on_the_way(saved, state, now=now) if each.on_every_page]


def on_the_way(saved: EmailSettings, state: QueueState, *, now: datetime) -> list[Obstacle]:
    """Return those between the queue and Microsoft, whatever waits. It costs one query."""
    found = [
        _of_set_up(saved, state),
        _rest(saved, now),
        _day_is_full(saved, now),
        _pause(state),
        of_workers(workers.judge(Worker.objects.alive(now=now))),
    ]
    return [obstacle for obstacle in found if obstacle]


def of_sending(saved: EmailSettings, state: QueueState, *, now: datetime) -> Obstacle | None:
    """Say why not even one message may be tried now. It costs no query."""
    return _of_set_up(saved, state) or _rest(saved, now)


def is_held(on_the_way: list[Obstacle]) -> bool:
    """Say whether the queue stands still for a reason. Trouble with the workers is none here."""
    return any(each.holds_mail and not each.is_of_workers for each in on_the_way)


def of_progress(
    saved: EmailSettings, state: QueueState, on_the_way: list[Obstacle], *, now: datetime
) -> Obstacle | None:
    """Say that nobody goes on with what is due, although nothing holds it."""
    found = None if is_held(on_the_way) else progress.standstill(saved, state, now=now)
    if found is None:
        return None
    minutes = progress.PATIENCE // timedelta(minutes=1)
    return _said(_STANDSTILL, number=found.notification, minutes=minutes)


def _of_set_up(saved: EmailSettings, state: QueueState) -> Obstacle | None:
    account, connection = saved.account, Connection.of(saved.values())
    asked = [
        (_FOREIGN, state.is_foreign),
        (_COPY, state.is_copy),
        (_NO_SERVICE, saved.service == Service.NONE),
        (_NOT_SIGNED_IN, account is None),
        (_OTHER_CLOUD, account and account.cloud != connection.cloud.key),
        (_KEY_MISSING, account and not connection.can_be_read(account)),
        *((each, account and account.state == code) for code, each in _BY_STATE.items()),
    ]
    return next((_said(each) for each, stands in asked if stands), None)


def _rest(saved: EmailSettings, now: datetime) -> Obstacle | None:
    account = saved.account
    if account is None or not account.is_resting(now=now):
        return None
    time = _local(account.rests_until, "%H:%M:%S %Z")
    return replace(_said(_RESTING, code=account.rest_code, time=time), until=account.rests_until)


def _day_is_full(saved: EmailSettings, now: datetime) -> Obstacle | None:
    until = saved.account.day_full_until if saved.account else None
    if until is None or until <= now:
        return None
    time = _local(until, "%Y-%m-%d %H:%M %Z")
    return replace(_said(_DAY_IS_FULL, limit=saved.recipients_a_day, time=time), until=until)


def _pause(state: QueueState) -> Obstacle | None:
    if not state.paused_at:
        return None
    return _said(_PAUSED, who=state.paused_by, time=_local(state.paused_at, "%Y-%m-%d %H:%M %Z"))


def of_workers(fitness: Fitness) -> Obstacle | None:
    """Name the worst that is wrong with the workers; mail flows while one of them can send."""
    if fitness.is_none_alive:
        return _said(_NO_WORKER)
    if fitness.other_key:
        found = _said(_OTHER_KEY, names=", ".join(fitness.other_key))
        return replace(found, holds_mail=not fitness.can_send)
    if fitness.other_version:
        names = ", ".join(fitness.other_version)
        return _said(_OTHER_VERSION, ours=settings.VERSION, names=names)
    return None


def _of_what_waits(saved: EmailSettings, now: datetime) -> Iterator[Obstacle]:
    cloud = Connection.of(saved.values()).cloud.key
    if count := Notification.objects.filter(status=Status.PENDING).exclude(cloud=cloud).count():
        yield _made_elsewhere(count)
    oldest = Notification.objects.due(now=now).filter(cloud=cloud).order_by("pk").first()
    if oldest and now - oldest.queued_at >= _OLD:
        yield _said(_OLD_MAIL, minutes=(now - oldest.queued_at) // timedelta(minutes=1))


def _made_elsewhere(count: int) -> Obstacle:
    text = ngettext(
        "%(n)d notification was made for another cloud or in practice, and stays here.",
        "%(n)d notifications were made for another cloud or in practice, and stay here.",
        count,
    )
    return replace(_said(_MADE_ELSEWHERE), text=text % {"n": count})


def _said(obstacle: Obstacle, **values: object) -> Obstacle:
    """Put the obstacle into the reader's language, with its values filled in."""
    text = gettext(obstacle.text) if obstacle.text else ""
    return replace(
        obstacle, text=text % values if values else text, what_to_do=gettext(obstacle.what_to_do)
    )


def _local(when: datetime | None, form: str) -> str:
    return timezone.localtime(when).strftime(form)
