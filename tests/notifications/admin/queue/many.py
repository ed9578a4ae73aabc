"""Many notifications, and what became of them."""

from notifications.models import Notification
from notifications.models.status import Status
from tests import factories

QUEUE = "/notifications/notification/"
ALL = f"{QUEUE}all/"


def rows(number, status=Status.PENDING, **values):
    made = [factories.enqueue().pk for _i in range(number)]
    Notification.objects.filter(pk__in=made).update(status=status, **values)
    return made


def statuses(pks):
    return set(Notification.objects.filter(pk__in=pks).values_list("status", flat=True))


def newest():
    return Notification.objects.latest("pk").pk
