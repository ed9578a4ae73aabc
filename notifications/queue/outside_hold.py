"""Messages to recipients outside the organization, while Exchange's limit for them is reached.

The limit counts a rolling day. Only such messages wait; one is let through each hour, which finds
out whether it is over (mailbox/account_stop.py).
"""

from datetime import datetime

from notifications.mailbox.account_stop import TRY_EVERY
from notifications.mailbox.results import own_domains
from notifications.message.addresses import bare_address
from notifications.models import DeliveryPoll, EmailSettings, Notification
from notifications.models.status import Status
from notifications.models.transitions.rows import NotificationQuerySet

_LOOKED_AT = 500


def put_off(due: NotificationQuerySet, *, now: datetime) -> None:
    """Let those of the due rows wait that would leave the organization. Without a hold, which is
    nearly always, this is one query."""
    poll = DeliveryPoll.objects.filter(pk=1, outside_until__gt=now).first()
    if poll is None:
        return
    saved = EmailSettings.objects.current()
    ours = own_domains(saved.values(), saved.account.address if saved.account else "")
    tried: list[int] = []
    while outside := [r for r in due.exclude(pk__in=tried)[:_LOOKED_AT] if leaves(r, ours)]:
        may_try = _take_try(now=now)
        tried += [row.pk for row in outside[:may_try]]
        waits = [row.pk for row in outside[may_try:]]
        until = DeliveryPoll.objects.current().outside_next_at or now + TRY_EVERY
        rows = Notification.objects.filter(pk__in=waits, status=Status.PENDING)
        if not rows.update(due_at=until):
            return


def leaves(row: Notification, ours: set[str]) -> bool:
    """Say whether any recipient is outside the domains that are ours: the sender's is, too."""
    ours = ours | {bare_address(row.from_address).rpartition("@")[2].lower()}
    domains = (bare_address(each).rpartition("@")[2].lower() for each in row.recipients)
    return any(domain not in ours for domain in domains)


def _take_try(*, now: datetime) -> int:
    """Return 1 where one message may go to find out, else 0. Two workers let one through."""
    turn = DeliveryPoll.objects.filter(pk=1, outside_next_at__lte=now)
    return turn.update(outside_next_at=now + TRY_EVERY, outside_tried_at=now)
