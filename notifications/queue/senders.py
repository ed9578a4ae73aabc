"""Sender threads: they compose and do network, never database.

The thread that owns the Sender does all database work: it is handed each Checkpoint, makes
it durable and confirms it, and each Finished with its outcome.
"""

import logging
import queue
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Event, Thread

from notifications.backends.base import MailBackend, Receipt
from notifications.backends.errors import (
    Answer,
    AuthError,
    PermanentError,
    SendError,
    ThrottledError,
)
from notifications.errors import frames_of
from notifications.message.message import MailMessage

logger = logging.getLogger(__name__)

# More threads than requests at once: some compose or wait for their checkpoint.
# Each may leave a doubt behind if the worker is killed, so there are no more than it takes; with
# a pace few of them have anything to do.
THREADS = 24
# More wait for a thread, so that none waits until the database has claimed the next ones: that
# is done once this few are left.
REFILL = 2 * THREADS
# What is claimed is not overtaken by urgent mail any more, but each claim costs its queries: so
# many are claimed as leave in this time.
_CLAIMED_FOR = 0.5  # seconds
_FEWEST, MOST_CLAIMED = 3 * THREADS, 16 * THREADS
# A checkpoint is one UPDATE; an owner that takes longer than this is gone.
_CHECKPOINT_WAIT = 60  # seconds
# What comes together costs one transaction. Most of the threads have no request under way, so
# that waiting a little for more does not leave a slot empty.
_GATHERING = 0.004  # seconds
# No thread waits for a result to be written, so more of them may come together. A worker that is
# killed meanwhile leaves them in doubt.
_MOST_RESULTS, _RESULTS_WAIT = 32, 0.02  # seconds


def capacity(done: int, seconds: float) -> int:
    """How many messages the threads should have, after `done` took them so long."""
    rate = done / seconds if seconds > 0 else 0
    return min(MOST_CLAIMED, max(_FEWEST, int(rate * _CLAIMED_FOR)))


class ClaimLost(Exception):  # noqa: N818 - reads as what it is
    """The row is no longer ours, so nothing may be sent for it."""


@dataclass(frozen=True, slots=True)
class Job:
    """One message to send. `pk` is the notification's, `resume` the reference of an earlier try."""

    pk: int
    message: MailMessage
    resume: str = ""


@dataclass(slots=True)
class Checkpoint:
    pk: int
    reference: str
    _done: Event = field(default_factory=Event)
    _kept: bool = False

    def confirm(self, *, kept: bool) -> None:
        """Called by the owner once the reference is committed, or the claim was lost."""
        self._kept = kept
        self._done.set()

    def wait(self) -> None:
        if not self._done.wait(_CHECKPOINT_WAIT) or not self._kept:
            raise ClaimLost


@dataclass(frozen=True, slots=True)
class Finished:
    """`outcome` is None where the claim was lost: then there is nothing to record."""

    job: Job
    outcome: Receipt | SendError | None
    took: timedelta


class Sender:
    """Its threads are daemons: a worker that has to stop does not wait for Microsoft."""

    def __init__(self, backend: MailBackend) -> None:
        self._backend = backend
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._unbegun: queue.SimpleQueue[Job] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[Checkpoint | Finished] = queue.SimpleQueue()
        self._results: list[Finished] = []
        self._results_wait_until = 0.0
        self._threads = 0
        self._under_way = 0

    def start(self, job: Job) -> None:
        """Send it as soon as a thread is free. At most MOST_CLAIMED jobs may be given at a time."""
        if self._under_way >= self._threads and self._threads < THREADS:
            self._threads += 1
            Thread(target=self._work, name=f"sender-{self._threads}", daemon=True).start()
        self._under_way += 1
        self._jobs.put(job)

    def events(self, timeout: timedelta) -> list[Checkpoint | Finished]:
        """What the threads need or did: checkpoints at once, results in groups, errors with
        all that has come before them. Empty if there is nothing to do for `timeout`."""
        events = self._gathered(timeout.total_seconds())
        found: list[Checkpoint | Finished] = [e for e in events if isinstance(e, Checkpoint)]
        self._keep_results([e for e in events if isinstance(e, Finished)])
        if self._results_are_due():
            self._under_way -= len(self._results)
            found += self._results
            self._results = []
        return found

    def _gathered(self, timeout: float) -> list[Checkpoint | Finished]:
        """Waits for the first, gathers what follows at once."""
        if self._results:
            timeout = min(timeout, max(0.0, self._results_wait_until - time.monotonic()))
        found: list[Checkpoint | Finished] = []
        with suppress(queue.Empty):
            found.append(self._events.get(timeout=timeout))
            until = time.monotonic() + _GATHERING
            # Once every thread has spoken there is nobody left to wait for.
            while len(found) + len(self._results) < self._under_way:
                found.append(self._events.get(timeout=max(0.0, until - time.monotonic())))
        return found

    def _keep_results(self, results: list[Finished]) -> None:
        if results and not self._results:
            self._results_wait_until = time.monotonic() + _RESULTS_WAIT
        self._results += results

    def _results_are_due(self) -> bool:
        return (
            len(self._results) >= min(_MOST_RESULTS, self._under_way)
            or time.monotonic() >= self._results_wait_until
            or not all(isinstance(result.outcome, Receipt) for result in self._results)
        )

    def take_back(self) -> list[Job]:
        """The jobs that no thread has begun; they will not be sent."""
        self._set_aside()
        found: list[Job] = []
        with suppress(queue.Empty):
            while True:
                found.append(self._unbegun.get_nowait())
        self._under_way -= len(found)
        return found

    def _set_aside(self) -> None:
        with suppress(queue.Empty):
            while job := self._jobs.get_nowait():
                self._unbegun.put(job)

    def close(self) -> None:
        """Idle threads end; what is still under way ends with its request."""
        for _ in range(self._threads):
            self._jobs.put(None)

    def _work(self) -> None:
        while job := self._jobs.get():
            self._send(job)

    def _send(self, job: Job) -> None:
        started = time.monotonic()
        outcome: Receipt | SendError | None
        try:
            outcome = self._backend.send(
                job.message, resume=job.resume, checkpoint=self._checkpoint_for(job)
            )
        except SendError as error:
            outcome = error
            if isinstance(error, AuthError | ThrottledError):
                # It would be the same for the others, and each refused request counts.
                self._set_aside()
        except ClaimLost:
            outcome = None
        except Exception as error:  # noqa: BLE001 - a bug of ours ends in the log, not the queue
            logger.error(  # noqa: TRY400
                "%s while sending notification %s\n%s",
                type(error),
                job.pk,
                frames_of(error),
                extra={"notification_id": job.pk},
            )
            outcome = PermanentError(Answer(code="InternalFault", message=type(error).__name__))
        took = timedelta(seconds=time.monotonic() - started)
        self._events.put(Finished(job, outcome, took))

    def _checkpoint_for(self, job: Job) -> Callable[[str], None]:
        def checkpoint(reference: str) -> None:
            event = Checkpoint(job.pk, reference)
            self._events.put(event)
            event.wait()

        return checkpoint
