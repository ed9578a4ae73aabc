"""Whether Microsoft takes anything at all. Where each message waits for its own next try, the
mailbox does not rest, and nothing else would say that no mail gets through."""

from datetime import datetime, timedelta

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from notifications import retry
from notifications.backends.explanations.explain import EXPLANATIONS, Reaction, explain
from notifications.models import Attempt
from notifications.models.attempt import Result
from notifications.queue import waiting
from notifications.queue.waiting import Waiting

from .obstacle import Meaning, Obstacle, Place

# Younger than this, a pending notification is on its way and no cause for worry.
PATIENCE = timedelta(minutes=5)
# Between two tries of the only message that waits.
_LONGEST_APART = retry.LONGEST_DELAY + PATIENCE
_OF_ONE_MESSAGE = [code for code, known in EXPLANATIONS.items() if known.of_message]
_NOTHING_GETS_THROUGH = _("No mail is getting through. %(happened)s")


def obstacle(waits: Waiting, *, now: datetime) -> Obstacle | None:
    """Say why what is due is tried again and again, supposed that nothing holds it. It costs two
    queries where something has waited for long."""
    if waits.oldest_at is None or now - waits.oldest_at < PATIENCE or waiting.flows(now=now):
        return None
    tries = Attempt.objects.filter(at__gte=now - _LONGEST_APART, is_test=False)
    tries = tries.exclude(code__in=_OF_ONE_MESSAGE)
    told = (Result.ACCEPTED, Result.DEFERRED, Result.UNCONFIRMED)
    newest = tries.filter(result__in=told).order_by("-at", "-pk").first()
    if newest is None or newest.result == Result.ACCEPTED:
        return None
    if not newest.code and not newest.http_status:
        return None  # nobody answered anything
    cause = explain(newest.answer, submitted=newest.submitted, translate=gettext)
    if cause.reaction not in (Reaction.RETRY, Reaction.SETTLE):
        return None  # what concerns the account is said by its state
    return Obstacle(
        "unreachable",
        gettext(_NOTHING_GETS_THROUGH) % {"happened": cause.happened},
        cause.what_to_do,
        Place.CHECKLIST,
        Meaning.PASSES if cause.passes else Meaning.STOPPED,
        since=waits.oldest_at,
        why=cause.why,
        microsoft_code=newest.code or str(newest.http_status or ""),
    )
