"""How often the message trace is asked: whoever asks, a round or a person, shares one budget.

A tenant has 100 requests in five minutes, which other tools need as well, so that 20 is the most.
"""

from datetime import datetime, timedelta

from django.db import transaction

from notifications.backends.errors import Answer, ThrottledError
from notifications.backends.explanations.tracing import USED_UP
from notifications.models import DeliveryPoll

MOST_REQUESTS, BUDGET_TIME = 20, timedelta(minutes=5)


class UsedUpError(ThrottledError):
    """Nothing was asked: there were too many requests, or Microsoft has asked for a pause."""


@transaction.atomic
def spend(*, now: datetime) -> None:
    """Count a request that is about to be made. Raises UsedUpError where none may be."""
    poll = DeliveryPoll.objects.made().select_for_update().get()
    begin, end = (now - BUDGET_TIME).timestamp(), (now + BUDGET_TIME).timestamp()
    # What lies far ahead was noted by a clock that was wrong.
    recent = [at for at in poll.requests if begin < at < end]
    if left := poll.rest_left(now=now):
        raise _refused(left)
    if len(recent) >= MOST_REQUESTS:
        raise _refused(timedelta(seconds=min(recent) - begin))
    poll.requests = [*recent, now.timestamp()]
    poll.save(update_fields=["requests"])


def _refused(wait: timedelta) -> UsedUpError:
    text = f"Not asked: the next request is possible in {max(int(wait.total_seconds()), 1)} s."
    return UsedUpError(Answer(code=USED_UP, message=text), retry_after=wait)
