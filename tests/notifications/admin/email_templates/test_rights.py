"""What people see and can do at E-mail Notifications who may not do everything with them."""

import pytest

from notifications.models import EmailLayout, EmailTemplate
from tests import factories
from tests.notifications.admin.email_templates.steps import (
    LIST,
    TYPED,
    WITH_FILE,
    image,
    kept_of,
    person,
    text_of,
)

pytestmark = pytest.mark.django_db


def test_who_may_add_and_not_change_sees_a_row_and_the_way_to_its_copy():
    row = factories.template()
    client = person("view_emailtemplate", "add_emailtemplate")

    page = client.get(f"{LIST}{row.pk}/change/")

    assert page.status_code == 200
    assert f'href="{LIST}add/?copy={row.pk}"' in text_of(page)


def test_who_may_add_and_not_change_keeps_the_attachments_of_a_copy_and_only_there():
    row = factories.template(name="Closed")
    factories.template_file(row, "terms.txt", b"terms")
    client = person("view_emailtemplate", "add_emailtemplate")
    page = client.get(f"{LIST}add/?copy={row.pk}")
    typed = TYPED | WITH_FILE | {"name": "Closed (copy)", "files-0-kept": kept_of(page)}

    saved = client.post(f"{LIST}add/?copy={row.pk}", typed)

    assert saved.status_code == 302, text_of(saved)
    copy = EmailTemplate.objects.get(name="Closed (copy)")
    assert factories.content_of(copy.files.get()) == b"terms"
    assert 'name="files-0-file"' not in text_of(client.get(f"{LIST}{row.pk}/change/"))
    assert client.post(f"{LIST}{row.pk}/change/", typed).status_code == 403


def test_who_may_add_and_not_change_adds_a_layout_with_its_preview_and_its_files():
    client = person("view_emailtemplate", "add_emailtemplate")
    place, typed = "/notifications/emaillayout/", {"name": "Contoso", "html": "[{{ content }}]"}
    files = WITH_FILE | {"files-0-file": image()}

    shown = client.post(f"{place}unsaved/", typed)
    saved = client.post(f"{place}add/", typed | files)

    assert shown.json()["html"].startswith("[")
    assert saved.status_code == 302, text_of(saved)
    assert EmailLayout.objects.get().files.get().name == "logo.png"


def test_who_may_only_see_sees_no_editor_and_all_texts():
    row = factories.template(languages={"de": {"html": "<p>Hallo</p>"}})
    client = person("view_emailtemplate")

    page = client.get(f"{LIST}{row.pk}/change/")

    assert page.status_code == 200
    assert "template-panel" not in text_of(page)
    assert client.post(f"{LIST}unsaved/", TYPED).status_code == 403
    assert client.post(f"{LIST}upload/", {"file": image()}).status_code == 403
    assert client.post(f"{LIST}try/", TYPED).status_code == 403
    assert client.post("/notifications/emaillayout/unsaved/", TYPED).status_code == 403


def test_a_layout_offers_nothing_of_the_e_mail_notification_with_its_number():
    layout = factories.layout()
    factories.template(pk=layout.pk)

    address = f"/notifications/emaillayout/{layout.pk}/change/"
    page = text_of(person("view_emailtemplate").get(address))

    assert layout.name in page
    assert f"{LIST}{layout.pk}/" not in page
