"""The dashboard's figures of results. They are counted once a round, so that a log of any size
costs a page nothing."""

from datetime import datetime, timedelta

from django.db.models import Count

from notifications.models import Attempt, Bounce, DeliveryPoll

DAYS, REASONS = 7, 5


def count(*, now: datetime) -> None:
    """Count the results of the last seven days, and the most frequent reasons of failures."""
    since = now - timedelta(days=DAYS)
    entries = Attempt.objects.filter(at__gte=since, is_test=False).exclude(delivery="").order_by()
    by_state = dict(entries.values_list("delivery").annotate(Count("pk")))
    bounces = Bounce.objects.filter(at__gte=since).order_by().values_list("code")
    bounces = bounces.exclude(entry__is_test=True)
    reasons = bounces.annotate(n=Count("pk")).order_by("-n", "code")[:REASONS]
    DeliveryPoll.objects.made().update(
        figures={
            "states": by_state,
            "reasons": [[code, n] for code, n in reasons],
        }
    )
