"""The heartbeat: an address is called while mail can leave. When the calls stay away, whoever
listens there knows that this machine, or what sends here, has stopped."""

from datetime import datetime

from notifications.models import EmailSettings, Heartbeat, QueueState, Worker
from notifications.models.sealed.address import LostAddress
from notifications.queue import workers
from notifications.queue.holding import obstacles
from notifications.queue.holding.obstacles import Obstacle
from notifications.webhooks.call import CallResult, get
from notifications.webhooks.callbacks import UNREADABLE

from . import smtp_conditions


def beat(*, now: datetime) -> None:
    """Make the call that is due, unless mail cannot leave."""
    row = Heartbeat.objects.current()
    if not row.heartbeat_url and not isinstance(row.heartbeat_url, LostAddress):
        return
    if can_send(now=now) and Heartbeat.objects.claim(now=now):
        call(row)


def call(row: Heartbeat) -> CallResult:
    """Call now, and keep what came of it."""
    is_lost = isinstance(row.heartbeat_url, LostAddress)
    result = CallResult(0, UNREADABLE) if is_lost else get(row.heartbeat_url)
    Heartbeat.objects.filter(pk=row.pk).update(status=result.status, error=result.error)
    return result


def can_send(*, now: datetime) -> bool:
    fitness = workers.judge(Worker.objects.alive(now=now))
    return fitness.can_send and not in_the_way(now=now)


def in_the_way(*, now: datetime) -> list[Obstacle]:
    """Return what holds mail, or keeps devices from handing it in: the calls stay away for it."""
    saved, state = EmailSettings.objects.current(), QueueState.objects.current()
    on_the_way = obstacles.on_the_way(saved, state, now=now)
    stands = obstacles.of_progress(saved, state, on_the_way, now=now)
    holding = [each for each in (*on_the_way, stands) if each and each.holds_mail]
    return holding + smtp_conditions.silence(now=now)
