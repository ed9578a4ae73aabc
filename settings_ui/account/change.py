"""What it means that another account is about to take the place of the saved one."""

from collections.abc import Iterator
from dataclasses import dataclass

from notifications.mailbox.connection import Connection
from notifications.message.addresses import AddressError, parse_address
from notifications.models import EmailTemplate, Notification
from notifications.models.settings import SettingsValues
from notifications.models.status import Status
from notifications.queue.waiting import Waiting
from settings_ui.drafts import PageState

from . import grant

_MOST_ADDRESSES = 20
_MOST_ROWS = 1000  # of each kind that are looked at for From addresses


@dataclass(frozen=True, slots=True)
class AccountChange:
    """`from_addresses` are those in use, which were granted to the old account at most;
    `commands` grants them to the new one."""

    old: str
    new: str
    waits: Waiting
    from_addresses: list[str]
    commands: str


def effects(state: PageState, shown: Connection, *, waits: Waiting) -> AccountChange | None:
    """Return what Save will do, or None where the account stays the same."""
    old, new = state.settings.account, state.account
    if not state.is_pending or old is None or new is None:
        return None
    if old.is_same_mailbox(new):
        return None
    used = _from_addresses(shown.values, than=new.address) if shown.values.delegation else []
    commands = "\n".join(grant.send_as(each, account=new.address) for each in used)
    return AccountChange(old.address, new.address, waits, used, commands)


def _from_addresses(values: SettingsValues, *, than: str) -> list[str]:
    """Return the other addresses that mail is sent from: by default, by E-mail Notifications, and
    by what waits."""
    found: dict[str, str] = {}
    for text in _from_texts(values):
        try:
            address = parse_address(text)
        except AddressError:
            continue
        if not address.same_mailbox(than):
            found.setdefault(address.address.casefold(), address.address)
    return sorted(found.values())[:_MOST_ADDRESSES]


def _from_texts(values: SettingsValues) -> Iterator[str]:
    if values.from_address:
        yield values.from_address
    waiting = Notification.objects.filter(status=Status.PENDING).order_by("-pk")
    for rows in (EmailTemplate.objects.order_by("-pk"), waiting):
        named = rows.exclude(from_address="").values_list("from_address", flat=True)
        yield from set(named[:_MOST_ROWS])
