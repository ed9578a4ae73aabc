"""One delivery to a channel, whatever its kind is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable
from notifications.models import AlarmChannel
from notifications.models.alarms.channel import ChannelKind
from notifications.models.sealed.address import LostAddress
from notifications.vault import UnreadableSecret
from notifications.webhooks.call import CallResult
from notifications.webhooks.callbacks import UNREADABLE

from . import mail, teams, webhook

_NOT_COMPLETE = storable(_("The channel is not complete: open it and fill in what is missing."))
_SENDERS: Mapping[str, Callable[[AlarmChannel, str, datetime], CallResult]] = {
    ChannelKind.WEBHOOK: webhook.send,
    ChannelKind.TEAMS: teams.send,
    ChannelKind.SMTP: mail.send,
}


@dataclass(frozen=True, slots=True)
class Delivery:
    """`body` is the event as JSON (alarms/events.py)."""

    channel: AlarmChannel
    body: str


def deliver(delivery: Delivery, *, now: datetime) -> CallResult:
    """Deliver it. Asks no database, and never raises for what the other side does."""
    channel = delivery.channel
    if isinstance(channel.alarm_url, LostAddress):
        return CallResult(0, UNREADABLE)
    if not (channel.smtp_host if channel.kind == ChannelKind.SMTP else channel.alarm_url):
        return CallResult(0, _NOT_COMPLETE)
    try:
        return _SENDERS[channel.kind](channel, delivery.body, now)
    except UnreadableSecret:
        return CallResult(0, UNREADABLE)
