"""The dashboard's figures of results. They are counted once a round, so that a log of any size
costs a page nothing."""

from datetime import datetime, timedelta

from django.db.models import Count

from notifications.models import Attempt, Bounce, DeliveryPoll
from notifications.models.delivery.state import DeliverySummary

DAYS, REASONS = 7, 5
# People are told one figure for everything that did not arrive.
_FAILED = (
    DeliverySummary.FAILED,
    DeliverySummary.PARTLY,
    DeliverySummary.QUARANTINED,
    DeliverySummary.SPAM,
)


def count(*, now: datetime) -> None:
    """Count the results of the last seven days, and the most frequent reasons of failures."""
    since = now - timedelta(days=DAYS)
    entries = Attempt.objects.filter(at__gte=since, is_test=False).exclude(delivery="").order_by()
    by_state = dict(entries.values_list("delivery").annotate(Count("pk")))
    bounces = Bounce.objects.filter(at__gte=since).order_by().values_list("code")
    reasons = bounces.annotate(n=Count("pk")).order_by("-n", "code")[:REASONS]
    DeliveryPoll.objects.made().update(
        figures={
            "delivered": by_state.get(DeliverySummary.DELIVERED, 0),
            "pending": by_state.get(DeliverySummary.PENDING, 0),
            "failed": sum(by_state.get(state, 0) for state in _FAILED),
            "reasons": [[code, n] for code, n in reasons],
        }
    )
