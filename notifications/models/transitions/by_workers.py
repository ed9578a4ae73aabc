"""What a worker does with the notifications that it has claimed, and with those in doubt."""

from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from django.db import models, transaction
from django.db.models import Case, F, When

from notifications.backends.errors import Answer
from notifications.models.status import Status

from .by_people import NO_CAUSE

if TYPE_CHECKING:
    from notifications.models.notification import Notification

_UNCLAIMED = {
    "claimed_by": "",
    "claimed_until": None,
    "past_pause": False,
    "look_up_first": False,
}
_NO_ANSWER = Answer()


class ByWorkers(models.QuerySet["Notification"]):
    """Each method is a guarded UPDATE that says whether it won, or which rows it has won. A claim
    that was lost meanwhile changes nothing."""

    def claim(
        self, pks: Sequence[int], *, worker: str, now: datetime, lease: timedelta
    ) -> set[int]:
        """Take rows for sending; those that were no longer there to take are missing from the
        result."""
        taken = self.filter(pk__in=pks, status=Status.PENDING).update(
            status=Status.SENDING, claimed_by=worker, claimed_until=now + lease
        )
        if taken == len(pks):
            return set(pks)
        ours = self.filter(pk__in=pks, status=Status.SENDING, claimed_by=worker)
        return set(ours.values_list("pk", flat=True))

    def give_back(self, pks: Sequence[int], *, worker: str) -> None:
        """Claimed ones that were not begun: as they were before."""
        if pks:
            self.filter(pk__in=pks, status=Status.SENDING, claimed_by=worker).update(
                status=Status.PENDING, claimed_by="", claimed_until=None
            )

    def keep_references(self, references: dict[int, str], *, worker: str) -> set[int]:
        """The checkpoints. Rows whose claim was lost are missing from the result: for them
        nothing may be sent."""
        kept: set[int] = set()
        different = set(references.values())
        # A single UPDATE is a transaction of its own.
        with transaction.atomic(savepoint=False) if len(different) > 1 else nullcontext():
            for reference in different:
                pks = [pk for pk, wanted in references.items() if wanted == reference]
                ours = self.filter(pk__in=pks, status=Status.SENDING, claimed_by=worker)
                if ours.update(reference=reference) == len(pks):
                    kept |= set(pks)
                else:
                    kept |= set(ours.values_list("pk", flat=True))
        return kept

    def leave_in_doubt(
        self, pk: int, *, worker: str, until: datetime, counted: bool = False
    ) -> bool:
        """Keep the row as sending, to be settled at `until`."""
        attempts = F("attempts") + int(counted)
        return bool(self._claimed(pk, worker).update(claimed_until=until, attempts=attempts))

    def in_doubt(self, *, now: datetime) -> Self:
        """Rows whose sender died, or did not learn the outcome."""
        return self.filter(status=Status.SENDING, claimed_until__lt=now).order_by(
            "claimed_until", "pk"
        )

    def put_off_doubts(self, *, now: datetime, until: datetime) -> None:
        """Ask about those in doubt later: just before `until`, in the order they have now."""
        doubtful = self.in_doubt(now=now)
        last_first = doubtful.reverse().values_list("pk", flat=True)
        moments = [
            When(pk=pk, then=until - place * timedelta.resolution)
            for place, pk in enumerate(last_first, start=1)
        ]
        if moments:
            doubtful.update(claimed_until=Case(*moments, default=F("claimed_until")))

    def accept(self, pks: Sequence[int], *, worker: str, now: datetime) -> int:
        if not pks:
            return 0
        return self.filter(pk__in=pks, status=Status.SENDING, claimed_by=worker).update(
            **_UNCLAIMED,
            status=Status.ACCEPTED,
            accepted_at=now,
            attempts=F("attempts") + 1,
            **NO_CAUSE,
        )

    def fail(self, pk: int, *, worker: str, error: str, answer: Answer = _NO_ANSWER) -> bool:
        return bool(
            self._claimed(pk, worker).update(
                **_UNCLAIMED,
                **_cause(error, answer),
                status=Status.FAILED,
                attempts=F("attempts") + 1,
                reference="",
            )
        )

    def put_back(
        self,
        pk: int,
        *,
        worker: str,
        due_at: datetime,
        error: str = "",
        answer: Answer = _NO_ANSWER,
        counted: bool,
    ) -> bool:
        """Pending again, and still past a pause if a person wanted that. `counted` = the attempt
        counts against the limit of attempts."""
        return bool(
            self._claimed(pk, worker).update(
                claimed_by="",
                claimed_until=None,
                look_up_first=False,
                **_cause(error, answer),
                status=Status.PENDING,
                due_at=due_at,
                attempts=F("attempts") + int(counted),
            )
        )

    def send_again_in_doubt(self, pk: int, *, worker: str, now: datetime) -> bool:
        """Pending again without a reference, once; False if it was done before."""
        return bool(
            self._claimed(pk, worker)
            .filter(sent_again_at=None)
            .update(
                **_UNCLAIMED,
                status=Status.PENDING,
                due_at=now,
                reference="",
                sent_again_at=now,
                attempts=F("attempts") + 1,
            )
        )

    def hold_unconfirmed(
        self, pk: int, *, worker: str, error: str, answer: Answer = _NO_ANSWER
    ) -> bool:
        return bool(
            self._claimed(pk, worker).update(
                **_UNCLAIMED,
                **_cause(error, answer),
                status=Status.UNCONFIRMED,
                attempts=F("attempts") + 1,
            )
        )

    def expire(self, *, now: datetime) -> int:
        return self.filter(status=Status.PENDING, expires_at__lt=now).update(
            status=Status.EXPIRED, taken_out_at=now
        )

    def adopt(self, row: "Notification", *, worker: str, now: datetime, lease: timedelta) -> bool:
        """Take over a row in doubt, to settle it. Not if its sender has been alive and has kept
        a checkpoint since `row` was read: then what it says is no longer true."""
        unchanged = self.filter(pk=row.pk, status=Status.SENDING, reference=row.reference)
        return bool(
            unchanged.filter(claimed_until__lt=now).update(
                claimed_by=worker, claimed_until=now + lease
            )
        )

    def _claimed(self, pk: int, worker: str) -> Self:
        return self.filter(pk=pk, status=Status.SENDING, claimed_by=worker)


def _cause(error: str, answer: Answer) -> dict[str, Any]:
    """Return the columns that say why a row has not left."""
    return {"error": error, "error_code": answer.code, "error_status": answer.status}
