"""Sender threads: they compose and do network, never database. One set of them serves all lanes of
a loop.

The thread that owns the Senders does all database work: it is handed each ReferenceToKeep, makes
it durable and confirms it, and each Finished with its outcome.
"""

import logging
import queue
import time
from collections.abc import Callable
from datetime import timedelta
from threading import Lock, Thread

from notifications.backends.base import Outcome, Receipt
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

from .gathering import Gathering
from .jobs import ClaimLost, Finished, Job, Outlet, ReferenceToKeep, Told, Work

logger = logging.getLogger(__name__)

# All lanes of a process have so many threads together. One that waits for its pace has none.
THREADS = 64
# Those of Exchange have about 150 characters.
_LONGEST_REFERENCE = 1000


class Senders:
    """The threads are daemons: a worker that has to stop does not wait for Microsoft. A thread does
    one job of an outlet and then takes its turn anew, so that each outlet has its share."""

    def __init__(self) -> None:
        self._gathering = Gathering()
        self._lock = Lock()
        # An outlet stands here once for each thread that it may have.
        self._ready: queue.SimpleQueue[Outlet | None] = queue.SimpleQueue()
        self._threads = self._wanted = 0

    def start(self, job: Work) -> None:
        """Do it as soon as a thread is free."""
        outlet = job.outlet
        with self._lock:
            outlet.waiting.append(job)
            is_ready = outlet.threads < outlet.most
            outlet.threads += is_ready
            self._wanted += is_ready
            is_short = self._threads < min(self._wanted, THREADS)
        outlet.under_way += 1
        self._gathering.expect()
        if is_short:
            name = f"sender-{self._threads + 1}"
            Thread(target=self._work, name=name, daemon=True).start()
            self._threads += 1
        if is_ready:
            self._ready.put(outlet)

    def events(self, timeout: timedelta) -> list[Told]:
        """Return what the threads need or did, or nothing if nothing comes for `timeout`."""
        with self._lock:
            threads = min(self._threads, self._wanted)
        events = self._gathering.take(timeout, threads=threads)
        for event in events:
            if isinstance(event, Finished):
                event.job.outlet.under_way -= 1
        return events

    def give_back(self, outlet: Outlet) -> list[Work]:
        """Return the jobs that no thread has begun; they will not be done, nor any later one."""
        with self._lock:
            outlet.is_halted = True
            found = list(outlet.waiting)
            outlet.waiting.clear()
        outlet.under_way -= len(found)
        self._gathering.expect_no_longer(len(found))
        return found

    def close(self) -> None:
        """Idle threads end; what is still under way ends with its request. Each outlet was told to
        give back."""
        for _ in range(self._threads):
            self._ready.put(None)

    def _work(self) -> None:
        while outlet := self._ready.get():
            if job := self._next(outlet):
                self._do(job)
            if self._goes_on(outlet):
                self._ready.put(outlet)

    def _next(self, outlet: Outlet) -> Work | None:
        with self._lock:
            return outlet.waiting.popleft() if outlet.waiting and not outlet.is_halted else None

    def _goes_on(self, outlet: Outlet) -> bool:
        """Say whether this thread is still needed there."""
        with self._lock:
            if outlet.waiting and not outlet.is_halted:
                return True
            outlet.threads -= 1
            self._wanted -= 1
            return False

    def _do(self, job: Work) -> None:
        started = time.monotonic()
        doing = f"{'sending' if isinstance(job, Job) else 'settling'} notification %s"
        with Contained(logger, doing, job.pk, notification_id=job.pk) as contained:
            outcome = self._outcome(job)
        if contained.error:
            name = type(contained.error).__name__
            outcome = PermanentError(Answer(code="InternalFault", message=name))
        took = timedelta(seconds=time.monotonic() - started)
        self._gathering.tell(Finished(job, outcome, took))

    def _outcome(self, job: Work) -> Receipt | Outcome | SendError | None:
        try:
            return job.do(self._checkpoint_for(job))
        except SendError as error:
            if isinstance(error, AuthError | ThrottledError):
                # It would be the same for the others, and each refused request counts.
                with self._lock:
                    job.outlet.is_halted = True
            return error
        except ClaimLost:
            return None

    def _checkpoint_for(self, job: Work) -> Callable[[str], None]:
        def checkpoint(reference: str) -> None:
            if len(reference) > _LONGEST_REFERENCE or UNSAFE.search(reference):
                # Nothing was submitted, and with such an id nothing could be settled.
                raise TransientError(Answer(code="UnexpectedAnswer", message="id of the draft"))
            kept = ReferenceToKeep(job, reference)
            self._gathering.tell(kept)
            kept.wait()

        return checkpoint
