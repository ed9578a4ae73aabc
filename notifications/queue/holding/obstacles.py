"""What keeps mail from leaving. This is the one list: the drain, pages, alarms, commands and
metrics ask it. A new reason why mail waits is an entry here, with its place in `current`; one that
lies with the account stands in account_obstacles.py."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_noop as _

from notifications.backends.errors import Answer
from notifications.backends.explanations.explain import explain
from notifications.counts import Counted
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings, QueueState, Worker
from notifications.models.settings import Service
from notifications.queue import waiting, workers
from notifications.queue.waiting import Waiting
from notifications.queue.workers import Fitness

from . import account_obstacles, deferrals, progress
from .obstacle import Meaning, Obstacle, Place, said

__all__ = [
    "WHAT_TO_DO", "Meaning", "Obstacle", "Place", "current", "for_every_page", "of_sending",
    "of_workers", "on_the_way",
]  # fmt: skip

_FOREIGN = Obstacle(
    "foreign_database",
    _("This database belongs to another installation."),
    _("Go to Notification Queue and choose whether it was moved, restored or copied."),
    Place.QUEUE,
    button=_("Choose what happened"),
)
_COPY = Obstacle(
    "copy",
    _("This installation is a copy and never sends."),
    _("If it is the only installation now, click Moved on the Notification Queue."),
    Place.QUEUE,
)
_CLOUD_NOT_NAMED = Obstacle(
    "cloud_not_named",
    _("MAILCONNECTOR_CLOUD is not set, although mail was sent through a real cloud: %(cloud)s."),
    _(
        "Set the variable again, for example in the environment file, and restart. Notifications "
        "are kept until then."
    ),
    Place.CHECKLIST,
)
# In a set-up that is not finished nothing has stopped, until something waits.
_NO_SERVICE = Obstacle(
    "no_service",
    _("No e-mail service is chosen."),
    _("Choose an e-mail service on E-mail > Settings and save."),
    Place.SERVICE,
    Meaning.INFORMS,
    on_every_page=False,
)
_SWITCHED_OFF = _("E-mail is switched off. Notifications are queued but not sent.")
_NOT_SIGNED_IN = Obstacle(
    "not_signed_in",
    _("Not signed in."),
    _("Sign in on E-mail > Settings and save."),
    Place.ACCOUNT,
    Meaning.INFORMS,
    on_every_page=False,
)
# A process that cannot read the stored secrets leaves mail to those that can.
_KEY_MISSING = Obstacle(
    "key_missing",
    explain(Answer(code="KeyMissing")).happened,
    explain(Answer(code="KeyMissing")).what_to_do,
    Place.CHECKLIST,
    is_of_workers=True,
)
_PAUSED = Obstacle(
    "paused",
    _("The queue was paused by %(who)s."),
    _("Click Resume on the Notification Queue."),
    Place.QUEUE,
    Meaning.NEEDS_YOU,
)
_NO_WORKER = Obstacle(
    "no_worker",
    _("No worker is alive."),
    _("Start the Celery worker and check that it can reach Redis."),
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
    _("This is version %(ours)s, but a worker runs another version: %(names)s."),
    _("Restart what was not restarted after the upgrade: web, worker or beat."),
    Place.CHECKLIST,
    Meaning.NEEDS_YOU,
    holds_mail=False,
    is_of_workers=True,
)
_STANDSTILL = Obstacle(
    "no_progress",
    _("No worker has processed notification %(number)d for more than %(minutes)d minutes."),
    _("Restart the Celery worker and check its output."),
    Place.CHECKLIST,
    is_of_workers=True,
    on_every_page=False,
)
_MADE_ELSEWHERE = Obstacle(
    "made_elsewhere",
    "",  # see _made_elsewhere
    _("Delete what you no longer need on the Notification Queue."),
    Place.QUEUE,
    Meaning.NEEDS_YOU,
    holds_mail=False,
    on_every_page=False,
)
_OLD_MAIL = Obstacle(
    "old",
    _("The oldest pending notification has been waiting for %(minutes)d minutes."),
    _("It is sent as soon as the cause is resolved."),
    Place.QUEUE,
    Meaning.NEEDS_YOU,
    holds_mail=False,
    on_every_page=False,
)
_ONLY_PAUSED = _("It is sent as soon as the cause is resolved, or if you click Send now.")
_NOTHING_HOLDS_IT = _("The cause is not known. Check the worker's output, or click Send now.")
# What the alarms say that are raised for one of these.
WHAT_TO_DO = account_obstacles.WHAT_TO_DO | {
    each.code: each.what_to_do
    for each in (
        _NOT_SIGNED_IN,
        _FOREIGN,
        _COPY,
        _CLOUD_NOT_NAMED,
        _NO_SERVICE,
        _PAUSED,
        _NO_WORKER,
        _STANDSTILL,
    )
}


def current(
    saved: EmailSettings,
    state: QueueState,
    *,
    now: datetime,
    waits: Waiting | None = None,
    alive: Iterable[Worker] | None = None,
) -> list[Obstacle]:
    """Return all that holds mail back or should be seen now, in the reader's language. It costs
    the same few queries, whatever the queue holds; `waits` and `alive`, the workers, spare two."""
    cloud = Connection.of(saved.values()).cloud.key
    waits = waits or waiting.read(cloud, now=now)
    found = on_the_way(saved, state, now=now, alive=alive)
    stands = of_progress(saved, state, found, now=now)
    if stands is None and not any(each.holds_mail for each in found):
        found += filter(None, [deferrals.obstacle(waits, now=now)])
    old = _of_age(found, waits, now) if stands is None else stands
    elsewhere = _made_elsewhere(waits.elsewhere) if waits.elsewhere else None
    outside = account_obstacles.of_recipients_outside(now=now)
    return [each for each in (*found, elsewhere, outside, old) if each]


def for_every_page(saved: EmailSettings, state: QueueState, *, now: datetime) -> list[Obstacle]:
    """Return those that nobody should miss, whatever page is open. It costs one query, and one
    more while the set-up is not finished."""
    found = on_the_way(saved, state, now=now)
    is_begun = not found or found[0].on_every_page
    return [each for each in found if each.on_every_page] if is_begun else []


def on_the_way(
    saved: EmailSettings,
    state: QueueState,
    *,
    now: datetime,
    alive: Iterable[Worker] | None = None,
) -> list[Obstacle]:
    """Return those between the queue and Microsoft, whatever waits. It costs one query, which
    `alive`, the workers, spares, and one more while the set-up is not finished."""
    fitness = workers.judge(Worker.objects.alive(now=now) if alive is None else alive)
    account, set_up = saved.account, _of_set_up(saved, state)
    if set_up and not set_up.on_every_page and _waits(saved):
        text = gettext(_SWITCHED_OFF) if set_up.code == _NO_SERVICE.code else set_up.text
        set_up = replace(set_up, text=text, meaning=Meaning.STOPPED, on_every_page=True)
    found = [
        set_up,
        account_obstacles.of_rest(account, now=now) if account else None,
        account_obstacles.of_day(saved, now=now),
        _pause(state),
        of_workers(fitness, silent_since=state.beat_seen_at),
    ]
    return [obstacle for obstacle in found if obstacle]


def of_sending(saved: EmailSettings, state: QueueState, *, now: datetime) -> Obstacle | None:
    """Say why not even one message may be tried now. It costs no query."""
    account = saved.account
    is_resting = account is not None and account.is_resting(now=now)
    rest = account_obstacles.of_rest(account, now=now) if account and is_resting else None
    return _of_set_up(saved, state) or rest


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
    return said(_STANDSTILL, number=found, minutes=minutes)


def _of_set_up(saved: EmailSettings, state: QueueState) -> Obstacle | None:
    account, connection = saved.account, Connection.of(saved.values())
    asked = [
        (_FOREIGN, state.is_foreign),
        (_COPY, state.is_copy),
        (_CLOUD_NOT_NAMED, connection.values.cloud_is_lost),
        (_NO_SERVICE, saved.service == Service.NONE),
    ]
    found = next((each for each, stands in asked if stands), None)
    if found:
        return said(found, cloud=gettext(connection.cloud.label))
    if account is None:
        return said(_NOT_SIGNED_IN)
    if not connection.can_be_read(account):
        return said(_KEY_MISSING)
    return account_obstacles.of_sign_in(account, connection)


def _waits(saved: EmailSettings) -> bool:
    return waiting.is_anything(Connection.of(saved.values()).cloud.key)


def _pause(state: QueueState) -> Obstacle | None:
    if not state.paused_at:
        return None
    return replace(said(_PAUSED, who=state.paused_by), since=state.paused_at)


def of_workers(fitness: Fitness, *, silent_since: datetime | None = None) -> Obstacle | None:
    """Name the worst that is wrong with the workers; mail flows while one of them can send.
    `silent_since` is when one was last heard."""
    if fitness.is_none_alive:
        return replace(said(_NO_WORKER), since=silent_since)
    if fitness.other_key:
        found = said(_OTHER_KEY, names=", ".join(fitness.other_key))
        if fitness.can_send:
            found = replace(found, meaning=Meaning.NEEDS_YOU, holds_mail=False)
        return found
    if fitness.other_version:
        names = ", ".join(fitness.other_version)
        return said(_OTHER_VERSION, ours=settings.VERSION, names=names)
    return None


def _of_age(found: list[Obstacle], waits: Waiting, now: datetime) -> Obstacle | None:
    holding = {each.code for each in found if each.holds_mail}
    is_held = bool(holding)
    since = waits.oldest_at if is_held else waits.tryable_since
    if since is None or now - since < deferrals.PATIENCE:
        return None
    old = said(_OLD_MAIL, minutes=(now - since) // timedelta(minutes=1))
    if is_held:
        only_paused = holding == {_PAUSED.code}
        return replace(old, what_to_do=gettext(_ONLY_PAUSED)) if only_paused else old
    return None if waiting.flows(now=now) else replace(old, what_to_do=gettext(_NOTHING_HOLDS_IT))


def _made_elsewhere(count: int) -> Obstacle:
    return replace(said(_MADE_ELSEWHERE), text=made_elsewhere_text(count))


def made_elsewhere_text(count: int) -> str:
    text = ngettext(
        "%(n)s notification was created for another cloud or in practice mode and is not sent.",
        "%(n)s notifications were created for another cloud or in practice mode and are not sent.",
        count,
    )
    return text % {"n": Counted(count)}
