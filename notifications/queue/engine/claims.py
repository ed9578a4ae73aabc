"""The rows that a lane claims: how many may start now, which, and when to look again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from notifications.queue.selection import Choice, Selection

from . import rest
from .in_flight import InFlight
from .lane import Lane

# So many rows are claimed at a time, and more once half of them have left. Urgent mail cannot
# overtake what is claimed.
BATCH = 64
_REFILL = BATCH // 2
# What another process has queued is looked for so soon while a message is under way, then ever
# later, as long as nothing is found: a request may take a minute and a half.
LOOK, _LONGEST_LOOK = timedelta(milliseconds=100), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Next:
    """When to look again, None = once something was heard; or that the turn ends, and when its
    lane has something to do again, as far as that is known."""

    at: datetime | None = None
    ends: bool = False
    wake_at: datetime | None = None


class Claims:
    """What `lane` claims until `ends_at`. Whoever sets `look_at` has it look then."""

    def __init__(self, lane: Lane, in_flight: InFlight, *, ends_at: datetime) -> None:
        self._lane = lane
        self._in_flight = in_flight
        self._ends_at = ends_at
        self._selection = Selection(lane.rows, lane.cloud, lane.pace.fitting)
        self._is_beyond_day = self._found_all = False
        self._look_after = LOOK
        self.look_at: datetime | None = None

    def go_on(self, now: datetime) -> Next:
        """Start what may start now. Where nothing does and nothing is under way the turn ends,
        unless what is due waits for nothing but the pace."""
        count = self._free(now)
        if count > 0 and self._is_to_look(now):
            if not self._lane.is_current(now=now):
                # Saved settings take effect at once, with the next turn.
                return Next(ends=True, wake_at=now)
            self._lane.renew_token()
            if full_until := self._claim(count, now):
                return Next(ends=True, wake_at=full_until)
        if not self._in_flight:
            return self._wait_for_pace(now)
        if count > 0:
            return Next(at=self.look_at)
        is_paced = self._lane.pace.allowance(now=now) == 0
        return Next(at=self._lane.pace.next_allowed_at() if is_paced else None)

    def _is_to_look(self, now: datetime) -> bool:
        is_last_look = self._is_beyond_day and not self._in_flight
        return self.look_at is None or now >= self.look_at or is_last_look

    def _claim(self, count: int, now: datetime) -> datetime | None:
        """Claim and start rows. Returns when the day has room again if it has none for any."""
        lane = self._lane
        with transaction.atomic():
            choice = self._selection.choose(count, now=now)
            pks = [row.pk for row in choice.rows]
            taken = lane.rows.claim(pks, worker=lane.owner, now=now, lease=settings.CLAIM_LEASE)
        self._found_all = len(choice.rows) == count
        self._look_after = LOOK if choice.rows else min(2 * self._look_after, _LONGEST_LOOK)
        self.look_at = now if self._found_all else now + self._look_after
        full_until = self._note_day(choice, now)
        for row in choice.rows:
            # One that is in flight already was given back by a worker that took us for dead. It is
            # ours again, and a second job would send a second draft.
            if row.pk in taken and row.pk not in self._in_flight:
                self._in_flight.start(row)
        return full_until

    def _note_day(self, choice: Choice, now: datetime) -> datetime | None:
        self._is_beyond_day = choice.too_large is not None
        if choice.too_large is None:
            rest.end_full_day(self._lane)
        elif not choice.rows and not self._in_flight:
            return rest.note_full_day(self._lane, choice.too_large, now=now)
        return None

    def _free(self, now: datetime) -> int:
        """Count how many more messages the threads should have, and the pace allows."""
        under_way = len(self._in_flight)
        if self._lane.is_on_probation:
            return 1 - under_way
        if under_way > _REFILL:
            return 0  # several at a time cost the same queries as one
        allowed = self._lane.pace.allowance(now=now)
        return BATCH - under_way if allowed is None else min(BATCH - under_way, allowed)

    def _wait_for_pace(self, now: datetime) -> Next:
        pace = self._lane.pace
        # Where as many were found as might leave there are more, or the next claim finds none.
        is_more = self._found_all or self._selection.is_anything_due(now=now)
        if pace.allowance(now=now) != 0 or not is_more:
            return Next(ends=True)
        self.look_at = at = pace.next_allowed_at()
        return Next(at=at) if at < self._ends_at else Next(ends=True, wake_at=at)
