"""What the sender threads tell the thread that does all database work. It is gathered, because
what comes together costs one transaction (ADR 9)."""

import queue
import time
from contextlib import suppress
from datetime import timedelta

from notifications.backends.base import Receipt

from .jobs import Finished, ReferenceToKeep, Told

# Most of the threads have no request under way, so that waiting a little for more references
# does not leave a slot empty.
_GATHERING = 0.004  # seconds
# No thread waits for a result to be written, so more of them may come together. A worker that is
# killed meanwhile leaves them in doubt.
_MOST_RESULTS, _RESULTS_WAIT = 32, 0.02  # seconds


class Gathering:
    """References are handed over at once, results in groups, errors with all that has come before
    them. Threads `tell`; all else is called by the owner."""

    def __init__(self) -> None:
        self._told: queue.SimpleQueue[Told] = queue.SimpleQueue()
        self._results: list[Finished] = []
        self._results_wait_until = 0.0
        self._under_way = 0  # messages whose result was not handed over yet

    def expect(self) -> None:
        """One more message is under way."""
        self._under_way += 1

    def expect_no_longer(self, messages: int) -> None:
        """So many messages will have no result."""
        self._under_way -= messages

    def tell(self, event: Told) -> None:
        self._told.put(event)

    def take(self, timeout: timedelta, *, threads: int) -> list[Told]:
        """Return what there is to do now, or nothing if nothing comes for `timeout`. So many
        threads are at work, at most."""
        events = self._gathered(timeout.total_seconds(), threads)
        found: list[Told] = [event for event in events if isinstance(event, ReferenceToKeep)]
        self._keep_results([event for event in events if isinstance(event, Finished)])
        if self._results_are_due():
            self._under_way -= len(self._results)
            found += self._results
            self._results = []
        return found

    def _gathered(self, timeout: float, threads: int) -> list[Told]:
        """Wait for the first, gather what follows at once."""
        if self._results:
            timeout = min(timeout, max(0.0, self._results_wait_until - time.monotonic()))
        found: list[Told] = []
        with suppress(queue.Empty):
            found.append(self._told.get(timeout=timeout))
            until = time.monotonic() + _GATHERING
            # Those that wait for their reference say no more, and at the end there is nobody left.
            while self._waiting(found) < threads and self._has_more(found):
                found.append(self._told.get(timeout=max(0.0, until - time.monotonic())))
        return found

    def _waiting(self, found: list[Told]) -> int:
        return sum(isinstance(event, ReferenceToKeep) for event in found)

    def _has_more(self, found: list[Told]) -> bool:
        return len(found) + len(self._results) < self._under_way

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
