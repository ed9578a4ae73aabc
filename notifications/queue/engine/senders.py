"""Sender threads: they compose and do network, never database.

The thread that owns the Senders does all database work: it is handed each ReferenceToKeep, makes
it durable and confirms it, and each Finished with its outcome.
"""

import logging
import queue
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from threading import Thread

from notifications.backends.base import MailBackend, Receipt
from notifications.backends.errors import (
    Answer,
    AuthError,
    PermanentError,
    SendError,
    ThrottledError,
    TransientError,
)
from notifications.errors import Contained
from notifications.message.unsafe_characters import UNSAFE

from .gathering import ClaimLost, Finished, Gathering, Job, ReferenceToKeep

logger = logging.getLogger(__name__)

# More threads than requests at once: some compose or wait until their reference is kept.
# Each may leave a doubt behind if the worker is killed, so there are no more than it takes; with
# a pace few of them have anything to do.
THREADS = 24
# More messages wait for a thread, so that none waits until the database has claimed the next
# ones: that is done once this few are left.
REFILL = 2 * THREADS
# As many are claimed as leave in this time: urgent mail cannot overtake what is claimed, but each
# claim costs its queries.
_CLAIMED_FOR = 0.5  # seconds
_FEWEST, MOST_CLAIMED = 3 * THREADS, 16 * THREADS
# Those of Exchange have about 150 characters.
_LONGEST_REFERENCE = 1000


def capacity(done: int, seconds: float) -> int:
    """How many messages the threads should have, after `done` took them so long."""
    rate = done / seconds if seconds > 0 else 0
    return min(MOST_CLAIMED, max(_FEWEST, int(rate * _CLAIMED_FOR)))


class Senders:
    """The threads are daemons: a worker that has to stop does not wait for Microsoft."""

    def __init__(self, backend: MailBackend) -> None:
        self._backend = backend
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._not_begun: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._gathering = Gathering()
        self._threads = 0

    @property
    def under_way(self) -> int:
        """Count the messages whose outcome was not handed over yet."""
        return self._gathering.under_way

    def start(self, job: Job) -> None:
        """Send it as soon as a thread is free. At most MOST_CLAIMED jobs may be given at a time."""
        if self._gathering.under_way >= self._threads and self._threads < THREADS:
            self._threads += 1
            Thread(target=self._work, name=f"sender-{self._threads}", daemon=True).start()
        self._gathering.expect()
        self._jobs.put(job)

    def events(self, timeout: timedelta) -> list[ReferenceToKeep | Finished]:
        """Return what the threads need or did, or nothing if nothing comes for `timeout`."""
        return self._gathering.take(timeout)

    def give_back(self) -> list[Job]:
        """Return the jobs that no thread has begun; they will not be sent."""
        self._begin_no_more()
        found: list[Job] = []
        with suppress(queue.Empty):
            while True:
                found.append(self._not_begun.get_nowait())
        self._gathering.expect_no_longer(len(found))
        return found

    def close(self) -> None:
        """Idle threads end; what is still under way ends with its request, and nothing begins."""
        self._begin_no_more()
        for _ in range(self._threads):
            self._jobs.put(None)

    def _begin_no_more(self) -> None:
        with suppress(queue.Empty):
            while job := self._jobs.get_nowait():
                self._not_begun.put(job)

    def _work(self) -> None:
        while job := self._jobs.get():
            self._send(job)

    def _send(self, job: Job) -> None:
        started = time.monotonic()
        doing = "sending notification %s"
        with Contained(logger, doing, job.pk, notification_id=job.pk) as contained:
            outcome = self._outcome(job)
        if contained.error:
            name = type(contained.error).__name__
            outcome = PermanentError(Answer(code="InternalFault", message=name))
        took = timedelta(seconds=time.monotonic() - started)
        self._gathering.tell(Finished(job, outcome, took))

    def _outcome(self, job: Job) -> Receipt | SendError | None:
        try:
            return self._backend.send(
                job.message, resume=job.resume, checkpoint=self._checkpoint_for(job)
            )
        except SendError as error:
            if isinstance(error, AuthError | ThrottledError):
                # It would be the same for the others, and each refused request counts.
                self._begin_no_more()
            return error
        except ClaimLost:
            return None

    def _checkpoint_for(self, job: Job) -> Callable[[str], None]:
        def checkpoint(reference: str) -> None:
            if len(reference) > _LONGEST_REFERENCE or UNSAFE.search(reference):
                # Nothing was submitted, and with such an id nothing could be settled.
                raise TransientError(Answer(code="UnexpectedAnswer", message="id of the draft"))
            kept = ReferenceToKeep(job.pk, reference)
            self._gathering.tell(kept)
            kept.wait()

        return checkpoint
