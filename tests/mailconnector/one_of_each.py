"""A row of each kind that has a page: their numbers fill the addresses of access_table.py."""

from django.contrib.auth.models import Group, User
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from notifications.models import (
    Attempt,
    AuditEvent,
    Bounce,
    Callback,
    EmailSettings,
    Notification,
    SmtpSession,
    Suppression,
)
from notifications.models.attempt import Result
from notifications.models.status import Status
from tests import factories


def one_of_each():
    """Make the rows; return their numbers, by the names in the addresses."""
    notification = factories.enqueue(html="<b>Hello</b>", files=[factories.new_file()])
    Notification.objects.filter(pk=notification.pk).update(status=Status.FAILED, error="Refused.")
    now = timezone.now()
    attempt = Attempt.objects.create(
        at=now, result=Result.FAILED, notification=notification, recipients="a@contoso.example"
    )
    key, _token = factories.api_key()
    called = Callback.objects.create(
        api_key=key, notification_id=notification.pk, event="message.failed", due_at=now
    )
    bounce = Bounce.objects.create(at=now, address="gone@fabrikam.example", code="5.1.10")
    suppression = Suppression.objects.create(address="gone@fabrikam.example")
    channel = factories.alarm_channel()
    row, around = factories.template(), factories.layout()
    settings = EmailSettings.objects.current()
    settings.version += 1
    settings.save()
    device = factories.smtp_client()
    session = SmtpSession.objects.create(client=device, at=now, lines=[[0.1, "C", "EHLO device"]])
    return {
        "smtp_client": device.pk,
        "carried": factories.carried_notification().pk,
        "smtp_session": session.pk,
        "notification": notification.pk,
        "attachment": notification.attachments.get().pk,
        "attempt": attempt.pk,
        "api_key": key.pk,
        "callback": called.pk,
        "bounce": bounce.pk,
        "suppression": suppression.pk,
        "alarm_channel": channel.pk,
        "template": row.pk,
        "template_file": factories.template_file(row).pk,
        "layout": around.pk,
        "layout_file": factories.layout_file(around).pk,
        "layout_history": around.history.first().pk,
        "template_history": row.history.first().pk,
        "audit_event": AuditEvent.objects.create(at=now, act="paused", by="person").pk,
        "settings_history": settings.history.first().pk,
        "user": factories.user("target", superuser=False).pk,
        "group": Group.objects.create(name="Target").pk,
        "content_type": ContentType.objects.get_for_model(User).pk,
    }
