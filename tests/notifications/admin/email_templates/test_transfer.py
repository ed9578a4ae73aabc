"""Export and import: what comes back is what was there, and a wrong file is refused in words."""

import json

import pytest
from django.core.files.storage import default_storage

from notifications.email_templates import json_format
from notifications.models import AuditEvent, EmailTemplate
from notifications.models.audit.act import Act
from tests import factories
from tests.notifications.admin.email_templates.steps import (
    LIST,
    file,
    text_of,
)

pytestmark = pytest.mark.django_db
HALF = "\ud800"  # of a character


def imported(client, document):
    whole = {"format": json_format.FORMAT, "templates": [], **document}
    content = json.dumps(whole).encode()
    return client.post(f"{LIST}import/", {"file": file("x.json", content)})


def test_export_and_import(megan):
    row = factories.template(name="Closed")
    exported = megan.get(f"{LIST}{row.pk}/export/")
    by_action = megan.post(LIST, {"action": "export", "_selected_action": [row.pk]})
    assert exported.content == by_action.content
    row.delete()

    response = megan.post(f"{LIST}import/", {"file": file("x.json", exported.content)}, follow=True)

    assert "1 imported." in text_of(response)
    assert EmailTemplate.objects.get().name == "Closed"


def test_the_audit_trail_names_what_an_import_replaced_layouts_included(megan):
    row = factories.template(name="Closed", layout=factories.layout(name="Contoso"))
    exported = megan.get(f"{LIST}{row.pk}/export/").content

    megan.post(f"{LIST}import/", {"file": file("x.json", exported)})

    told = AuditEvent.objects.filter(act=Act.IMPORTED).values_list("object_type", "details")
    assert dict(told) == {
        "notifications.emailtemplate": {"names": ["Closed"]},
        "notifications.emaillayout": {"names": ["Contoso"]},
    }
    assert "Contoso" in text_of(megan.get("/notifications/auditevent/"))


@pytest.mark.parametrize("of", ["template", "layout"])
def test_an_export_without_the_content_of_a_file_is_told_and_makes_no_file(megan, of):
    row = factories.template(name="Closed", layout=factories.layout(name="Contoso"))
    factories.template_file(row, content=b"lost with the template")
    factories.layout_file(row.layout, content=b"lost with the layout")
    lost = {"template": row, "layout": row.layout}[of].files.get()
    default_storage.delete(lost.path)
    other = factories.template()

    action = {"action": "export", "_selected_action": [row.pk, other.pk]}
    by_action = megan.post(LIST, action, follow=True)
    by_link = megan.get(f"{LIST}{row.pk}/export/", follow=True)

    whose = {"template": "Closed: The file “terms.txt”", "layout": "Contoso: The file “logo.png”"}
    for page in (by_action, by_link):
        assert page.status_code == 200
        assert f"Nothing was exported. {whose[of]} no longer exists." in text_of(page)
    assert not AuditEvent.objects.filter(act=Act.EXPORTED).exists()


@pytest.mark.parametrize("content", [b"", b"\xff", b"{}", b"nonsense"])
def test_a_file_that_is_no_export_is_refused_in_words(megan, content):
    response = megan.post(f"{LIST}import/", {"file": file("x.json", content)})

    assert response.status_code == 422
    assert "Nothing was imported." in text_of(response)
    assert megan.post(f"{LIST}import/").status_code == 422


def test_an_import_tells_the_entry_and_the_field(megan):
    entry = {"name": "Bad", "subject": "{% url 'x' %}", "text": "x"}
    document = json.dumps({"format": json_format.FORMAT, "templates": [entry]}).encode()

    text = text_of(megan.post(f"{LIST}import/", {"file": file("x.json", document)}))

    assert "Bad, subject: {% url %} is not available here" in text


@pytest.mark.parametrize("files", [5, True, "terms.txt", {"name": "terms.txt"}])
@pytest.mark.parametrize("kind", ["templates", "layouts"])
def test_files_that_are_no_list_are_refused_in_words(megan, kind, files):
    entry = {"name": "Bad", "html": "{{ content }}", "files": files}
    if kind == "templates":
        entry = {"name": "Bad", "subject": "Hi", "text": "Hello", "files": files}
    document = {"format": json_format.FORMAT, "templates": [], kind: [entry]}

    content = json.dumps(document).encode()
    response = megan.post(f"{LIST}import/", {"file": file("x.json", content)})

    assert response.status_code == 422
    assert "Bad, files: It must be a list." in text_of(response)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("subject", 5, "It must be text."),
        ("enabled", "yes", "It must be true or false."),
        ("sample_context", [], "It must be an object."),
    ],
)
def test_a_value_of_another_kind_is_refused_in_words(megan, field, value, said):
    entry = {"name": "Bad", "subject": "Hi", "text": "Hello", field: value}
    content = json.dumps({"format": json_format.FORMAT, "templates": [entry]}).encode()

    response = megan.post(f"{LIST}import/", {"file": file("x.json", content)})

    assert response.status_code == 422
    assert f"Bad, {field}: {said}" in text_of(response)


@pytest.mark.parametrize("kind", ["templates", "layouts"])
def test_an_entry_without_files_leaves_them_and_one_with_none_deletes_them(megan, kind):
    if kind == "templates":
        row = factories.template(name="Closed")
        factories.template_file(row)
    else:
        row = factories.layout(name="Closed")
        factories.layout_file(row)
    entry = {"name": "Closed"}

    changed = imported(megan, {kind: [entry | {"html": "New {{ content }}"}]})
    kept = row.files.count()
    imported(megan, {kind: [entry | {"files": []}]})

    assert changed.status_code == 302
    row.refresh_from_db()
    assert (row.html, kept, row.files.count()) == ("New {{ content }}", 1, 0)


@pytest.mark.parametrize(
    "entry",
    [
        {"name": HALF}, {"language": HALF}, {"languages": {HALF: {"html": "x"}}}, {HALF: 1},
        {"layout": HALF}, {"to": f"{HALF}@x.example"}, {"subject": f"{{% {HALF} %}}"},
        {"missing_values": HALF}, {"sample_context": {HALF: 1}}, {"sample_sets": {HALF: 1}},
        {"files": [{"name": "x", "content_id": HALF, "content": ""}]},
        {"files": [{"name": "x", "content": HALF}]},
    ],
)  # fmt: skip
def test_half_a_character_is_refused_in_words(megan, entry):
    response = imported(megan, {"templates": [{"name": "Bad", "text": "x"} | entry]})

    assert response.status_code == 422
    assert "Nothing was imported." in text_of(response)


def test_half_a_character_in_a_layout_is_refused_in_words(megan):
    for entry in ({HALF: 1}, {"name": HALF}, {"html": HALF}):
        layout = {"name": "Bad", "html": "{{ content }}"} | entry
        assert imported(megan, {"layouts": [layout]}).status_code == 422
