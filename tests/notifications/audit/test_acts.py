"""Each act leaves one event, with who, from which address, and on what. The table is the promise:
the acts are done on the real pages and over the API."""

import json

import pytest
from django.contrib.auth.models import Group, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from notifications.models import (
    AlarmChannel,
    ApiKey,
    AuditEvent,
    EmailSettings,
    EmailTemplate,
    Notification,
    QueueState,
    Retention,
    SmtpClient,
    Suppression,
)
from notifications.models.audit.act import Act
from notifications.models.status import Status
from tests import factories
from tests.notifications.admin.browsing import form_of
from tests.settings_ui.conftest import Person

pytestmark = pytest.mark.django_db
ADDRESS = "203.0.113.7"
QUEUE, LOG = "/notifications/notification/", "/notifications/attempt/"
PASSWORD = "a long enough password"


@pytest.fixture
def desk():
    """The browser of a superuser, who may do everything."""
    browser = Client(REMOTE_ADDR=ADDRESS)
    browser.force_login(factories.user("admin"))
    return browser


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


def download_its_file(desk):
    row = sensitive(desk)
    desk.get(f"{QUEUE}{row.pk}/attachments/{row.attachments.get().pk}/").close()
    return row


def download_it(desk):
    row = sensitive(desk)
    desk.get(f"{QUEUE}{row.pk}/raw/").close()
    return row


def download_as_it_came(desk):
    row = factories.carried_notification(sensitive=True)
    desk.get(f"{QUEUE}{row.pk}/raw/").close()
    return row


def look_at_a_session(desk):
    row = factories.SmtpSession.objects.create(
        client=factories.smtp_client(), at=timezone.now(), lines=[[0.1, "C", "EHLO device"]]
    )
    desk.get(f"/notifications/smtpsession/{row.pk}/change/")
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


def export_the_log(desk):
    desk.get(f"{LOG}export/")


def clear_the_log(desk):
    desk.post(f"{LOG}clear/", {"until": timezone.now().isoformat()})


def keep_longer(desk):
    desk.post(f"{LOG}days-to-keep/", {"entry_days": 100, "content_days": 40})


def erase(desk):
    desk.post(f"{LOG}erase/", {"address": "anna@fabrikam.example", "erase": "1"})


def suppress(desk):
    desk.post("/notifications/suppression/add/", {"address": "gone@fabrikam.example"})
    return Suppression.objects.get()


def lift(desk):
    row = Suppression.objects.create(address="gone@fabrikam.example")
    desk.post(f"/notifications/suppression/{row.pk}/delete/", {"post": "yes"})
    return row


def export_suppressions(desk):
    desk.get("/notifications/suppression/export/", follow=True)


def make_a_key(desk):
    form = {"name": "Desk", "may_send": "on", "requests_a_minute": "1"}
    desk.post("/notifications/apikey/add/", form)
    return ApiKey.objects.get()


def change_a_key(desk):
    key, _token = factories.api_key()
    form = {"name": key.name, "may_send": "on", "requests_a_minute": "7"}
    desk.post(f"/notifications/apikey/{key.pk}/change/", form)
    return key


def revoke_a_key(desk):
    key, _token = factories.api_key()
    desk.post(f"/notifications/apikey/{key.pk}/revoke/")
    return key


def try_a_key(desk):
    key, _token = factories.api_key()
    form = {"recipient": "a@contoso.example", "form_token": "a" * 22}
    desk.post(f"/notifications/apikey/{key.pk}/send-test/", form)
    return key


DEVICE = {
    "name": "Scanner", "authentication": "password", "wrong_from": "replace", "priority": "1",
    "recipients_a_day": "10", "messages_a_minute": "5", "expires_hours": "24", "enabled": "on",
    "allowed_recipients": "everybody", "header_only": "remove",
}  # fmt: skip


def add_a_device(desk):
    answer = desk.post("/notifications/smtpclient/add/", DEVICE)
    assert SmtpClient.objects.exists(), answer.context["errors"]
    return SmtpClient.objects.get()


def new_password_of_a_device(desk):
    row = factories.smtp_client()
    desk.post(f"/notifications/smtpclient/{row.pk}/password/")
    return row


def delete_a_device(desk):
    row = factories.smtp_client()
    desk.post(f"/notifications/smtpclient/{row.pk}/delete/", {"post": "yes"})
    return row


def switch_smtp_on(desk):
    form = {"is_on": "on", "largest_mb": "30", "most_recipients": "50", "most_waiting": "99"}
    desk.post("/notifications/smtpclient/listener/", form)


CHANNEL = {
    "name": "Hook", "enabled": "on", "alarm_url": "https://hooks.fabrikam.example/x",
    "alarms": ["paused"],
}  # fmt: skip


def add_a_channel(desk):
    answer = desk.post("/notifications/alarmchannel/add/?kind=webhook", CHANNEL)
    assert AlarmChannel.objects.exists(), answer.context["errors"]
    return AlarmChannel.objects.get()


def try_a_channel(desk):
    row = factories.alarm_channel()
    desk.post(f"/notifications/alarmchannel/{row.pk}/test/")
    return row


def delete_a_channel(desk):
    row = factories.alarm_channel()
    desk.post(f"/notifications/alarmchannel/{row.pk}/delete/", {"post": "yes"})
    return row


def set_the_heartbeat(desk):
    desk.post("/notifications/alarmchannel/heartbeat/", {"heartbeat_url": ""})


TEMPLATE = {
    "name": "Closed", "enabled": "on", "to": "a@contoso.example", "subject": "Hi", "html": "<p>x",
    "missing_values": "empty", "refuse_without_recipients": "on", "sample_context": "{}",
    "sample_sets": "{}", "files-TOTAL_FORMS": "0", "files-INITIAL_FORMS": "0",
}  # fmt: skip


def write_a_template(desk):
    desk.post("/notifications/emailtemplate/add/", TEMPLATE)
    return EmailTemplate.objects.get()


def change_a_template(desk):
    row = factories.template(name="Closed")
    desk.post(f"/notifications/emailtemplate/{row.pk}/change/", TEMPLATE | {"subject": "Bye"})
    return row


def delete_a_template(desk):
    row = factories.template()
    desk.post(f"/notifications/emailtemplate/{row.pk}/delete/", {"post": "yes"})
    return row


def export_a_template(desk):
    row = factories.template()
    desk.get(f"/notifications/emailtemplate/{row.pk}/export/")
    return row


def import_templates(desk):
    row = factories.template()
    text = desk.get(f"/notifications/emailtemplate/{row.pk}/export/").content
    AuditEvent.objects.purge(before=timezone.now())
    desk.post("/notifications/emailtemplate/import/", {"file": SimpleUploadedFile("x.json", text)})


def restore_a_version(desk):
    row = factories.template()
    first = row.history.first().history_id
    row.subject = "Other"
    row.save()
    desk.post(f"/notifications/emailtemplate/{row.pk}/history/{first}/")
    return row


def add_a_layout(desk):
    form = {
        "name": "Frame", "html": "{{ content }}", "files-TOTAL_FORMS": "0",
        "files-INITIAL_FORMS": "0",
    }  # fmt: skip
    desk.post("/notifications/emaillayout/add/", form)


def delete_a_user(desk):
    row = factories.user("otto", superuser=False)
    desk.post(f"/auth/user/{row.pk}/delete/", {"post": "yes"})
    return row


def set_somebodys_password(desk):
    row = factories.user("otto", superuser=False)
    form = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    desk.post(f"/auth/user/{row.pk}/password/", form)
    return row


def change_own_password(desk):
    form = {"old_password": "password", "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert desk.post("/password_change/", form).url == "/password_change/done/"
    return User.objects.get(username="admin")


def delete_a_group(desk):
    row = Group.objects.create(name="Desk")
    desk.post(f"/auth/group/{row.pk}/delete/", {"post": "yes"})
    return row


def log_out(desk):
    desk.post("/logout/")


def export_the_trail(desk):
    desk.get("/notifications/auditevent/export/")


def refused_page(desk):
    User.objects.filter(username="admin").update(is_superuser=False)
    desk.get("/settings/email/")


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
    "look at an SMTP session": (Act.READ, look_at_a_session),
    "suppress an address": (Act.ADDED, suppress),
    "lift a suppression": (Act.DELETED, lift),
    "make a key": (Act.ADDED, make_a_key),
    "change a key": (Act.CHANGED, change_a_key),
    "revoke a key": (Act.REVOKED, revoke_a_key),
    "try a key": (Act.TESTED, try_a_key),
    "add a device": (Act.ADDED, add_a_device),
    "new password of a device": (Act.PASSWORD_SET, new_password_of_a_device),
    "delete a device": (Act.DELETED, delete_a_device),
    "add an alarm channel": (Act.ADDED, add_a_channel),
    "try an alarm channel": (Act.TESTED, try_a_channel),
    "delete an alarm channel": (Act.DELETED, delete_a_channel),
    "write a template": (Act.ADDED, write_a_template),
    "change a template": (Act.CHANGED, change_a_template),
    "delete a template": (Act.DELETED, delete_a_template),
    "restore a version": (Act.RESTORED, restore_a_version),
    "export a template": (Act.EXPORTED, export_a_template),
    "delete a user": (Act.DELETED, delete_a_user),
    "set somebody's password": (Act.PASSWORD_SET, set_somebodys_password),
    "change one's own password": (Act.PASSWORD_CHANGED, change_own_password),
    "delete a group": (Act.DELETED, delete_a_group),
}
WITHOUT_NUMBER = {
    "pause": (Act.PAUSED, pause, "notifications.queuestate"),
    "resume": (Act.RESUMED, resume, "notifications.queuestate"),
    "answer for a database": (
        Act.DATABASE_ANSWERED, answer_for_the_database, "notifications.queuestate",
    ),
    "export the log": (Act.EXPORTED, export_the_log, "notifications.attempt"),
    "clear the log": (Act.CLEARED, clear_the_log, "notifications.attempt"),
    "days to keep": (Act.CHANGED, keep_longer, "notifications.retention"),
    "erase an address": (Act.ERASED, erase, "notifications.attempt"),
    "export suppressions": (Act.EXPORTED, export_suppressions, "notifications.suppression"),
    "settings of SMTP": (Act.CHANGED, switch_smtp_on, "notifications.smtpsettings"),
    "heartbeat": (Act.CHANGED, set_the_heartbeat, "notifications.heartbeat"),
    "import templates": (Act.IMPORTED, import_templates, "notifications.emailtemplate"),
    "add a layout": (Act.ADDED, add_a_layout, "notifications.emaillayout"),
    "log out": (Act.LOGOUT, log_out, ""),
    "export the audit trail": (Act.EXPORTED, export_the_trail, "notifications.auditevent"),
    "a page that is not theirs": (Act.DENIED, refused_page, ""),
}  # fmt: skip


def events():
    """Return what came after the log-in."""
    return list(AuditEvent.objects.exclude(act=Act.LOGIN).order_by("pk"))


@pytest.mark.parametrize("name", NUMBERED)
def test_an_act_with_one_thing_is_one_event_that_names_it(desk, name):
    act, do = NUMBERED[name]

    row = do(desk)

    (event,) = events()
    number = row.pk or event.object_number
    assert (event.act, event.who, event.address) == (act, "admin", ADDRESS)
    assert event.object_type == row._meta.label_lower
    assert event.object_number == number


@pytest.mark.parametrize("name", WITHOUT_NUMBER)
def test_an_act_with_the_whole_is_one_event(desk, name):
    act, do, kind = WITHOUT_NUMBER[name]

    do(desk)

    (event,) = events()
    assert (event.act, event.who, event.address) == (act, "admin", ADDRESS)
    assert event.object_type == kind


def test_edited_ones_tell_which_fields_and_the_copy(desk):
    row = edit(desk)

    (event,) = events()
    copy = Notification.objects.latest("pk")
    assert event.details["fields"] == ["subject"]
    assert event.details["copy"] == copy.pk
    for number in (row.pk, copy.pk):
        assert AuditEvent.objects.filter(AuditEvent.objects.concerns(number)).get() == event


def test_a_message_sent_to_another_address_does_not_tell_which(desk):
    row = in_status(Status.ACCEPTED)
    url = f"{QUEUE}{row.pk}/resend/"

    form = form_of(desk, url) | {"recipients": "other", "address": "secret@fabrikam.example"}
    desk.post(url, form)

    (event,) = events()
    assert event.details["to"] == "other"
    assert "fabrikam" not in json.dumps(event.details)


def test_a_form_that_is_sent_twice_is_one_act(desk):
    row = in_status(Status.ACCEPTED)
    url = f"{QUEUE}{row.pk}/resend/"
    form = form_of(desk, url) | {"recipients": "original"}

    desk.post(url, form)
    desk.post(url, form)

    assert [event.act for event in events()] == [Act.RESENT]


def test_what_nobody_could_do_is_no_event(desk):
    row = in_status(Status.ACCEPTED)

    desk.post(f"{QUEUE}{row.pk}/do/", {"action": "delete"})

    assert not events()


def test_ordinary_messages_are_read_without_an_event(desk):
    row = factories.enqueue(html="<p>x</p>")

    desk.get(f"{QUEUE}{row.pk}/change/")
    desk.get(f"{QUEUE}{row.pk}/raw/")

    assert not events()


def test_those_who_are_shown_nothing_have_read_nothing():
    row = sensitive(None)
    auditor = Client()
    auditor.force_login(factories.person("Auditor"))

    auditor.get(f"{QUEUE}{row.pk}/change/")

    assert not events()


def test_settings_tell_what_changed_and_no_secret(unconnected):
    person = Person(factories.user("admin"))

    person.save(client_secret="very-s3cret", messages_a_minute="12")
    assert EmailSettings.objects.current().messages_a_minute == 12

    (event,) = events()
    assert (event.act, event.object_type) == (Act.CHANGED, "notifications.emailsettings")
    assert {"Messages a minute", "Client secret or certificate"} <= set(event.details["fields"])
    assert "s3cret" not in json.dumps(event.details)


def test_a_key_acts_under_its_own_name():
    key, token = factories.api_key(may_read=True)
    application = Client(REMOTE_ADDR=ADDRESS, headers={"Authorization": f"Bearer {token}"})
    body = {"to": "a@contoso.example", "subject": "x", "text": "y"}
    number = application.post("/api/v1/messages", body, content_type="application/json").json()[
        "id"
    ]
    listed = {"address": "gone@fabrikam.example"}

    application.post(f"/api/v1/messages/{number}/cancel")
    application.post("/api/v1/suppressions", listed, content_type="application/json")
    application.delete("/api/v1/suppressions?address=gone@fabrikam.example")

    assert [event.act for event in events()] == [Act.CANCELLED, Act.ADDED, Act.DELETED]
    assert {(event.by, event.who, event.address) for event in events()} == {
        ("key", key.name, ADDRESS)
    }


@pytest.mark.parametrize(("state", "reason"), [({}, "unknown"), ({"revoked": True}, "revoked")])
def test_a_key_that_does_not_count_is_told_without_itself(state, reason):
    key, token = factories.api_key(revoked_at=timezone.now() if state else None)
    shown = token if state else "mc_guessed"

    Client(REMOTE_ADDR=ADDRESS).get(
        "/api/v1/messages", headers={"Authorization": f"Bearer {shown}"}
    )

    (event,) = events()
    assert (event.act, event.address) == (Act.KEY_REFUSED, ADDRESS)
    assert event.details["reason"] == reason
    assert event.object_number == (key.pk if state else None)
    assert shown not in json.dumps(event.details)


def test_a_key_that_oversteps_is_told():
    key, token = factories.api_key(may_read=False)

    Client().get("/api/v1/suppressions", headers={"Authorization": f"Bearer {token}"})

    (event,) = events()
    assert (event.act, event.who) == (Act.DENIED, key.name)


def test_clearing_the_log_leaves_the_trail(desk):
    pause(desk)
    clear_the_log(desk)

    assert [event.act for event in events()] == [Act.PAUSED, Act.CLEARED]
    assert Retention.objects.current().cleared_until
