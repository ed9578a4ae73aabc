"""Acts with notifications and the queue."""

from django.utils import timezone

from notifications.models import Notification, QueueState
from notifications.models.audit.act import Act
from notifications.models.status import Status
from tests import factories
from tests.notifications.admin.browsing import form_of

QUEUE = "/notifications/notification/"


def in_status(status, **values):
    row = factories.enqueue()
    if status == Status.ACCEPTED:
        values["accepted_at"] = timezone.now()
    Notification.objects.filter(pk=row.pk).update(status=status, **values)
    return row


def press(name, status, **values):
    def do(desk):
        row = in_status(status, **values)
        desk.post(f"{QUEUE}{row.pk}/do/", {"action": name})
        return row

    return do


def sensitive(desk):
    return factories.enqueue(sensitive=True, html="<p>x</p>", files=[factories.new_file()])


def read_it(desk):
    row = sensitive(desk)
    desk.get(f"{QUEUE}{row.pk}/change/")
    return row


def read(response):
    """Read a download to its end; `close` of Django's test client would close the database."""
    assert response.status_code == 200
    if response.streaming:
        assert b"".join(response.streaming_content)


def download_its_file(desk):
    row = sensitive(desk)
    read(desk.get(f"{QUEUE}{row.pk}/attachments/{row.attachments.get().pk}/"))
    return row


def download_it(desk):
    row = sensitive(desk)
    read(desk.get(f"{QUEUE}{row.pk}/raw/"))
    return row


def download_as_it_came(desk):
    row = factories.carried_notification(sensitive=True)
    read(desk.get(f"{QUEUE}{row.pk}/raw/"))
    return row


def resend(desk):
    row = in_status(Status.ACCEPTED)
    url = f"{QUEUE}{row.pk}/resend/"
    desk.post(url, form_of(desk, url) | {"recipients": "original"})
    return row


def edit(desk):
    row = in_status(Status.FAILED)
    url = f"{QUEUE}{row.pk}/edit/"
    form = form_of(desk, url) | {"subject": "Corrected", "priority": "1"}
    assert desk.post(url, form).status_code == 302
    return row


def pause(desk):
    desk.post(f"{QUEUE}pause/")


def resume(desk):
    QueueState.objects.pause(by="x", now=timezone.now())
    desk.post(f"{QUEUE}resume/")


def answer_for_the_database(desk):
    QueueState.objects.claim("of another one")
    desk.post(f"{QUEUE}database/", {"answer": "moved"})


NUMBERED = {
    "send now": (Act.SEND_NOW, press("send_now", Status.PENDING)),
    "retry": (Act.RETRY, press("retry", Status.FAILED)),
    "mark as sent": (Act.MARK_AS_SENT, press("mark_as_sent", Status.UNCONFIRMED)),
    "send again": (Act.SEND_AGAIN, press("send_again", Status.UNCONFIRMED)),
    "look again": (Act.LOOK_AGAIN, press("look_again", Status.UNCONFIRMED, reference="x")),
    "delete": (Act.DELETED, press("delete", Status.FAILED)),
    "cancel": (Act.CANCELLED, press("cancel", Status.PENDING)),
    "resend": (Act.RESENT, resend),
    "edit and send again": (Act.EDITED, edit),
    "read a sensitive message": (Act.READ, read_it),
    "download its file": (Act.DOWNLOADED, download_its_file),
    "download it": (Act.DOWNLOADED, download_it),
    "download it as it came": (Act.DOWNLOADED, download_as_it_came),
}
WITHOUT_NUMBER = {
    "pause": (Act.PAUSED, pause, "notifications.queuestate"),
    "resume": (Act.RESUMED, resume, "notifications.queuestate"),
    "answer for a database": (
        Act.DATABASE_ANSWERED,
        answer_for_the_database,
        "notifications.queuestate",
    ),
}
