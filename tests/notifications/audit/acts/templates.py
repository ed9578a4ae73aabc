"""Acts with E-mail Notifications and layouts."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from notifications.models import AuditEvent, EmailLayout, EmailTemplate
from notifications.models.audit.act import Act
from tests import factories
from tests.notifications.admin.browsing import form_of

TEMPLATES, LAYOUTS = "/notifications/emailtemplate/", "/notifications/emaillayout/"

TEMPLATE = {
    "name": "Closed", "enabled": "on", "to": "a@contoso.example", "subject": "Hi", "html": "<p>x",
    "missing_values": "empty", "refuse_without_recipients": "on", "sample_context": "{}",
    "sample_sets": "{}", "files-TOTAL_FORMS": "0", "files-INITIAL_FORMS": "0",
}  # fmt: skip


def write_a_template(desk):
    desk.post(f"{TEMPLATES}add/", TEMPLATE)
    return EmailTemplate.objects.get()


def change_a_template(desk):
    row = factories.template(name="Closed")
    desk.post(f"{TEMPLATES}{row.pk}/change/", TEMPLATE | {"subject": "Bye"})
    return row


def delete_a_template(desk):
    row = factories.template()
    desk.post(f"{TEMPLATES}{row.pk}/delete/", {"post": "yes"})
    return row


def export_a_template(desk):
    row = factories.template()
    desk.get(f"{TEMPLATES}{row.pk}/export/")
    return row


def import_templates(desk):
    row = factories.template()
    text = desk.get(f"{TEMPLATES}{row.pk}/export/").content
    AuditEvent.objects.purge(before=timezone.now() + timedelta(seconds=1))
    desk.post(f"{TEMPLATES}import/", {"file": SimpleUploadedFile("x.json", text)})


def restore_a_version(desk):
    row = factories.template()
    first = row.history.first().history_id
    row.subject = "Other"
    row.save()
    desk.post(f"{TEMPLATES}{row.pk}/history/{first}/")
    return row


def run_it(desk):
    row = factories.template()
    url = f"{TEMPLATES}{row.pk}/run/"
    assert desk.post(url, form_of(desk, url)).status_code == 302
    return row


def send_a_test(desk):
    row = factories.template()
    form = form_of(desk, f"{TEMPLATES}{row.pk}/preview/")
    typed = form | {"recipient": "a@contoso.example", "context": "{}"}
    assert desk.post(f"{TEMPLATES}{row.pk}/send-test/", typed).status_code == 302
    return row


def write_a_language(desk):
    row = factories.template(name="Closed")
    german = {"language_codes": "de", "subject_de": "Zu", "html_de": "<p>Hallo</p>"}
    desk.post(f"{TEMPLATES}{row.pk}/change/", TEMPLATE | german)
    assert EmailTemplate.objects.get().languages["de"]["subject"] == "Zu"
    return row


def change_a_layout(desk):
    row = factories.layout()
    form = LAYOUT | {"name": row.name, "html": "<p>{{ content }}</p>"}
    desk.post(f"{LAYOUTS}{row.pk}/change/", form)
    row.refresh_from_db()
    assert row.html == "<p>{{ content }}</p>"
    return row


def delete_a_layout(desk):
    row = factories.layout()
    desk.post(f"{LAYOUTS}{row.pk}/delete/", {"post": "yes"})
    assert not EmailLayout.objects.exists()
    return row


LAYOUT = {
    "name": "Frame", "html": "{{ content }}", "files-TOTAL_FORMS": "0", "files-INITIAL_FORMS": "0",
}  # fmt: skip


def add_a_layout(desk):
    desk.post(f"{LAYOUTS}add/", LAYOUT)


NUMBERED = {
    "write a template": (Act.ADDED, write_a_template),
    "change a template": (Act.CHANGED, change_a_template),
    "delete a template": (Act.DELETED, delete_a_template),
    "restore a version": (Act.RESTORED, restore_a_version),
    "run an action": (Act.RUN, run_it),
    "send a test of a template": (Act.TESTED, send_a_test),
    "write a template in another language": (Act.CHANGED, write_a_language),
    "change a layout": (Act.CHANGED, change_a_layout),
    "delete a layout": (Act.DELETED, delete_a_layout),
    "export a template": (Act.EXPORTED, export_a_template),
}
WITHOUT_NUMBER = {
    "import templates": (Act.IMPORTED, import_templates, "notifications.emailtemplate"),
    "add a layout": (Act.ADDED, add_a_layout, "notifications.emaillayout"),
}
