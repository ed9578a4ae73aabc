"""What the sender threads are given, and what they tell the thread that does all database work."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event

from notifications.backends.base import MailBackend, Outcome, Receipt
from notifications.backends.errors import SendError
from notifications.message.message import MailMessage

# Keeping a reference is one UPDATE; an owner that takes longer than this is gone.
_CHECKPOINT_WAIT = 60  # seconds


class ClaimLost(Exception):  # noqa: N818 - reads as what it is
    """The row is no longer ours, so nothing may be sent for it."""


@dataclass(eq=False, slots=True)
class Outlet:
    """The way out of one lane: its backend, and the jobs that wait for a thread. At most so many of
    its jobs as `most` says are done at once, so that no lane takes the threads of the others.

    `under_way` counts the jobs whose outcome was not handed over; it is the owner's. What follows
    it is guarded by the lock of the Senders.
    """

    backend: MailBackend
    most: int
    under_way: int = 0
    waiting: "deque[Work]" = field(default_factory=deque)
    threads: int = 0
    is_halted: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One message to send. `pk` is the notification's, `resume` the reference of an earlier try."""

    outlet: Outlet
    pk: int
    message: MailMessage
    resume: str = ""

    def do(self, checkpoint: Callable[[str], None]) -> Receipt:
        return self.outlet.backend.send(self.message, resume=self.resume, checkpoint=checkpoint)


@dataclass(frozen=True, slots=True)
class Question:
    """What became of a message of which nobody knows whether it left."""

    outlet: Outlet
    pk: int
    reference: str
    message_id: str

    def do(self, _checkpoint: Callable[[str], None]) -> Outcome:
        return self.outlet.backend.settle(self.reference, message_id=self.message_id)


Work = Job | Question


@dataclass(slots=True)
class ReferenceToKeep:
    """A thread has a reference, and waits until it is durable."""

    job: Work
    reference: str
    _done: Event = field(default_factory=Event)
    _kept: bool = False

    @property
    def pk(self) -> int:
        return self.job.pk

    def confirm(self, *, kept: bool) -> None:
        """Called by the owner once the reference is committed, or the claim was lost."""
        self._kept = kept
        self._done.set()

    def wait(self) -> None:
        """Called by the thread; raises ClaimLost where nothing may be sent."""
        if not self._done.wait(_CHECKPOINT_WAIT) or not self._kept:
            raise ClaimLost


@dataclass(frozen=True, slots=True)
class Finished:
    """`outcome` is None where the claim was lost: then there is nothing to record."""

    job: Work
    outcome: Receipt | Outcome | SendError | None
    took: timedelta

    @property
    def pk(self) -> int:
        return self.job.pk


Told = ReferenceToKeep | Finished
