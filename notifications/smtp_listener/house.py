"""What the listener knows of settings and clients: read each second, so that a change counts at
once and no command waits for the database."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from django.conf import settings

from notifications.message.raw.header import comparable
from notifications.models import Notification, QueueState, SmtpClient, SmtpSettings
from notifications.models.smtp.client import Authentication
from notifications.models.status import Status
from notifications.queue.intake import carried
from notifications.queue.intake.admission import Rules

from . import answers, peers
from .accept import default_senders
from .answers import Answer
from .letter import OUR_FIELDS
from .peers import Address
from .sign_ins import plain_name

# What is older is not believed any more.
_STALE = 60  # seconds


@dataclass(frozen=True)
class House:
    """The state as it was read last. `closed` is the answer for everybody but this machine."""

    is_on: bool = False
    clients: Sequence[SmtpClient] = ()
    largest: int = 0
    most_recipients: int = 0
    our_domains: Sequence[str] = ()
    too_many_wait: bool = False
    closed: Answer | None = None
    read_at: float = field(default_factory=time.monotonic)

    @property
    def is_open(self) -> bool:
        """Say whether to listen: never without clients."""
        return self.is_on and bool(self.clients)

    @property
    def is_stale(self) -> bool:
        return time.monotonic() - self.read_at > _STALE

    @property
    def takes_plain_passwords(self) -> bool:
        return any(client.allow_plain and client.needs_password for client in self.clients)

    @cached_property
    def _by_number(self) -> dict[int, SmtpClient]:
        return {client.pk: client for client in self.clients}

    def by_number(self, number: int | None) -> SmtpClient | None:
        return None if number is None else self._by_number.get(number)

    def by_user_name(self, text: str) -> SmtpClient | None:
        """Find a client that signs in; devices that want an address as user name add a domain."""
        name = plain_name(text)
        found = (c for c in self.clients if c.needs_password and c.user_name.casefold() == name)
        return next(found, None)

    def by_address(self, address: Address | None) -> SmtpClient | None:
        """Find the client without sign-in whose network is the smallest around the address."""
        if address is None:
            return None
        around = [
            (network.prefixlen, client)
            for client in self.clients
            if client.authentication == Authentication.ADDRESS
            for network in client.network_list
            if address in network
        ]
        return max(around, key=lambda pair: pair[0])[1] if around else None


def read() -> House:
    """Read it all anew; runs in a thread."""
    row = SmtpSettings.objects.current()
    limits = Rules()
    largest = row.largest
    if limits.sends_in_one_request:
        one = carried.largest_request(limits.values, settings.LARGEST_MIME)
        largest = min(largest, one - OUR_FIELDS if one else largest)
    domains = {comparable(each).rpartition("@")[2] for each in default_senders(limits)}
    return House(
        is_on=row.is_on,
        clients=list(SmtpClient.objects.usable()),
        largest=largest,
        most_recipients=row.most_recipients,
        our_domains=sorted(domains),
        too_many_wait=_waiting(row.most_waiting),
        closed=_closed(limits),
    )


def _waiting(most: int) -> bool:
    """Say whether so many wait. It counts no further."""
    pending = Notification.objects.filter(status=Status.PENDING).order_by("due_at", "pk")
    return pending[most - 1 : most].exists()


def _closed(limits: Rules) -> Answer | None:
    state = QueueState.objects.current()
    if not state.installation or state.is_foreign or state.is_copy:
        return answers.ELSEWHERE
    if limits.cloud == "emulator":
        return answers.PRACTICE
    return None


def is_closed_for(house: House, address: Address | None) -> Answer | None:
    """The answer for a peer while mail is taken from this machine only."""
    return None if peers.is_this_machine(address) else house.closed
