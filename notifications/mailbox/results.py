"""What was learnt about delivery takes effect: facts, bounces, the suppression list, callbacks, and
in the worst case a stop of the account."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from notifications.log import bounces, delivery, suppression, watches
from notifications.log.delivery import Change, Said
from notifications.message.addresses import bare_address
from notifications.models import Attempt
from notifications.models.delivery.state import ARRIVED, DeliveryState, DeliverySummary
from notifications.models.settings import SettingsValues
from notifications.webhooks import callbacks

from .connection import Connection


@transaction.atomic
def apply(
    said: Mapping[int, Sequence[Said]], *, connection: Connection, now: datetime
) -> list[Change]:
    """Keep what was said about entries, by their number, and act on what is about recipients that
    they have."""
    if not said:
        return []
    changes = delivery.note(said)
    known = {each.entry.pk: each.said for each in changes}
    bounces.keep_traced(known)
    watches.end(each.entry.pk for each in changes if each.is_complete)
    everything = [each for all_ in known.values() for each in all_]
    suppression.forgive(
        {s.recipient: s.at for s in sorted(everything, key=_time) if s.state in ARRIVED}
    )
    failed = {s.recipient for s in everything if s.state == DeliveryState.FAILED}
    senders = {a for each in changes for a in (each.entry.account, each.entry.from_address)}
    ours = own_domains(connection.values, *senders)
    suppression.consider(failed, connection.values, own_domains=ours, now=now)
    _tell(changes, now=now)
    return changes


def own_domains(values: SettingsValues, *more: str) -> set[str]:
    """The domains that are certainly ours: those that mail leaves from."""
    addresses = map(bare_address, (values.from_address, *more))
    return {each.rpartition("@")[2].lower() for each in addresses if "@" in each}


def _time(said: Said) -> datetime:
    return said.at


def _tell(changes: Sequence[Change], *, now: datetime) -> None:
    """Tell applications of a message that has arrived everywhere, and of one that bounced, once."""
    arrived = [each for each in changes if each.now == DeliverySummary.DELIVERED != each.before]
    bounced = [each for each in changes if each.has_bounced]
    for event, some in ((callbacks.DELIVERED, arrived), (callbacks.BOUNCED, bounced)):
        results = {
            each.entry.notification_id: _result(each.entry)
            for each in some
            if each.entry.notification_id is not None
        }
        if results:
            callbacks.announce_delivery(event, results, now=now)


def _result(entry: Attempt) -> dict[str, object]:
    return {
        "state": entry.delivery,
        "delivered": entry.delivered_count,
        "recipients": len(delivery.recipients_of(entry)),
    }
