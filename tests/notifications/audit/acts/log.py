"""Acts with the log, the suppression list and the audit trail."""

from django.utils import timezone

from notifications.models import Suppression
from notifications.models.audit.act import Act

LOG = "/notifications/attempt/"
SUPPRESSIONS = "/notifications/suppression/"


def export_the_log(desk):
    desk.get(f"{LOG}export/")


def clear_the_log(desk):
    desk.post(f"{LOG}clear/", {"until": timezone.now().isoformat()})


def keep_longer(desk):
    desk.post(f"{LOG}days-to-keep/", {"entry_days": 100, "content_days": 40})


def erase(desk):
    desk.post(f"{LOG}erase/", {"address": "anna@fabrikam.example", "erase": "1"})


def suppress(desk):
    desk.post(f"{SUPPRESSIONS}add/", {"address": "gone@fabrikam.example"})
    return Suppression.objects.get()


def lift(desk):
    row = Suppression.objects.create(address="gone@fabrikam.example")
    desk.post(f"{SUPPRESSIONS}{row.pk}/delete/", {"post": "yes"})
    return row


def export_suppressions(desk):
    desk.get(f"{SUPPRESSIONS}export/", follow=True)


def export_the_trail(desk):
    desk.get("/notifications/auditevent/export/")


NUMBERED = {
    "suppress an address": (Act.ADDED, suppress),
    "lift a suppression": (Act.DELETED, lift),
}
WITHOUT_NUMBER = {
    "export the log": (Act.EXPORTED, export_the_log, "notifications.attempt"),
    "clear the log": (Act.CLEARED, clear_the_log, "notifications.attempt"),
    "days to keep": (Act.CHANGED, keep_longer, "notifications.retention"),
    "erase an address": (Act.ERASED, erase, "notifications.attempt"),
    "export suppressions": (Act.EXPORTED, export_suppressions, "notifications.suppression"),
    "export the audit trail": (Act.EXPORTED, export_the_trail, "notifications.auditevent"),
}
