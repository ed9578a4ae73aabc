"""Acts with SMTP clients and alarm channels."""

from django.utils import timezone

from notifications.models import AlarmChannel, SmtpClient, SmtpSession
from notifications.models.audit.act import Act
from tests import factories

CLIENTS, CHANNELS = "/notifications/smtpclient/", "/notifications/alarmchannel/"

DEVICE = {
    "name": "Scanner", "authentication": "password", "wrong_from": "replace", "priority": "1",
    "recipients_a_day": "10", "messages_a_minute": "5", "expires_hours": "24", "enabled": "on",
    "allowed_recipients": "everybody", "header_only": "remove",
}  # fmt: skip


def look_at_a_session(desk):
    row = SmtpSession.objects.create(
        client=factories.smtp_client(), at=timezone.now(), lines=[[0.1, "C", "EHLO device"]]
    )
    desk.get(f"/notifications/smtpsession/{row.pk}/change/")
    return row


def add_a_device(desk):
    answer = desk.post(f"{CLIENTS}add/", DEVICE)
    assert SmtpClient.objects.exists(), answer.context["errors"]
    return SmtpClient.objects.get()


def new_password_of_a_device(desk):
    row = factories.smtp_client()
    desk.post(f"{CLIENTS}{row.pk}/password/")
    return row


def change_a_device(desk):
    row = factories.smtp_client()
    desk.post(f"{CLIENTS}{row.pk}/change/", DEVICE | {"messages_a_minute": "7"})
    row.refresh_from_db()
    assert row.messages_a_minute == 7
    return row


def delete_a_device(desk):
    row = factories.smtp_client()
    desk.post(f"{CLIENTS}{row.pk}/delete/", {"post": "yes"})
    return row


def switch_smtp_on(desk):
    form = {"is_on": "on", "largest_mb": "30", "most_recipients": "50", "most_waiting": "99"}
    desk.post(f"{CLIENTS}listener/", form)


CHANNEL = {
    "name": "Hook", "enabled": "on", "alarm_url": "https://hooks.fabrikam.example/x",
    "alarms": ["paused"],
}  # fmt: skip


def add_a_channel(desk):
    answer = desk.post(f"{CHANNELS}add/?kind=webhook", CHANNEL)
    assert AlarmChannel.objects.exists(), answer.context["errors"]
    return AlarmChannel.objects.get()


def change_a_channel(desk):
    row = factories.alarm_channel()
    desk.post(f"{CHANNELS}{row.pk}/change/", CHANNEL | {"name": "Other"})
    row.refresh_from_db()
    assert row.name == "Other"
    return row


def try_a_channel(desk):
    row = factories.alarm_channel()
    desk.post(f"{CHANNELS}{row.pk}/test/")
    return row


def delete_a_channel(desk):
    row = factories.alarm_channel()
    desk.post(f"{CHANNELS}{row.pk}/delete/", {"post": "yes"})
    return row


def set_the_heartbeat(desk):
    desk.post(f"{CHANNELS}heartbeat/", {"heartbeat_url": "https://beat.example/"})


NUMBERED = {
    "look at an SMTP session": (Act.READ, look_at_a_session),
    "add a device": (Act.ADDED, add_a_device),
    "change a device": (Act.CHANGED, change_a_device),
    "new password of a device": (Act.PASSWORD_SET, new_password_of_a_device),
    "delete a device": (Act.DELETED, delete_a_device),
    "add an alarm channel": (Act.ADDED, add_a_channel),
    "change an alarm channel": (Act.CHANGED, change_a_channel),
    "try an alarm channel": (Act.TESTED, try_a_channel),
    "delete an alarm channel": (Act.DELETED, delete_a_channel),
}
WITHOUT_NUMBER = {
    "settings of SMTP": (Act.CHANGED, switch_smtp_on, "notifications.smtpsettings"),
    "heartbeat": (Act.CHANGED, set_the_heartbeat, "notifications.heartbeat"),
}
