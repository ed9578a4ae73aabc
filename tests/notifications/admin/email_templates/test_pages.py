"""E-mail Notifications as a person uses them: their form, Run action, preview, import."""

import json
import re

import pytest
from django.contrib.auth.models import Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from notifications.email_templates import json_format
from notifications.models import EmailTemplate, Notification
from tests import factories
from tests.notifications.admin.browsing import form_of

pytestmark = pytest.mark.django_db
LIST = "/notifications/emailtemplate/"
NO_FILES = {
    "files-TOTAL_FORMS": "0",
    "files-INITIAL_FORMS": "0",
    "files-MIN_NUM_FORMS": "0",
    "files-MAX_NUM_FORMS": "1000",
}
TYPED = {
    "name": "Closed",
    "enabled": "on",
    "to": "{{ email }}",
    "subject": "Ticket {{ number }}",
    "html": "<b>{{ number }}</b>",
    "missing_values": "empty",
    "refuse_without_recipients": "on",
    "sample_context": '{"number": 17, "email": "a@contoso.example"}',
}


def person(*codenames):
    user = factories.user("audrey", superuser=False)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def text_of(response):
    return response.content.decode()


def file(name="report.txt", content=b"report"):
    return SimpleUploadedFile(name, content)


def test_an_empty_list_says_what_to_do_next(megan):
    assert "There are no E-mail Notifications yet. Add one" in text_of(megan.get(LIST))


def test_a_template_is_added_changed_and_keeps_its_history(megan):
    added = megan.post(
        f"{LIST}add/",
        TYPED | NO_FILES | {"files-TOTAL_FORMS": "1", "files-0-file": file("terms.txt", b"terms")},
    )
    assert added.status_code == 302, text_of(added)
    row = EmailTemplate.objects.get()
    assert (row.files.get().name, row.sample_context["number"]) == ("terms.txt", 17)

    megan.post(f"{LIST}{row.pk}/change/", TYPED | NO_FILES | {"subject": "Changed"})

    assert EmailTemplate.objects.get().subject == "Changed"
    assert row.history.count() == 2
    assert row.history.latest().history_user.username == "megan"
    history = text_of(megan.get(f"{LIST}{row.pk}/history/"))
    assert "megan" in history
    assert "+ terms.txt" in history
    assert "System defaults" in text_of(megan.get(LIST))
    assert "terms.txt" in text_of(megan.get(f"{LIST}{row.pk}/change/"))


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("subject", "{{ number", None),
        ("html", "{% include 'x' %}", "{% include %} is not available here. Line 1, column 1"),
        ("to", "nobody", "is not an e-mail address"),
        ("sample_context", "{", "This is not JSON"),
        ("sample_context", "9" * 5000, "This is not JSON"),
        ("sample_context", "[" * 5000, "This is not JSON"),
        ("sample_context", "[" * 100_000, "This is not JSON"),
        ("name", "a/b", "No slashes"),
    ],
)
def test_a_mistake_is_told_at_its_field_and_what_was_typed_is_kept(megan, field, typed, words):
    response = megan.post(f"{LIST}add/", TYPED | NO_FILES | {field: typed})

    if words is None:  # an unclosed brace is plain text to Django's language
        assert response.status_code == 302
        return
    text = text_of(response)
    assert words in text
    assert "&lt;b&gt;{{ number }}&lt;/b&gt;" in text or field == "html"
    assert not EmailTemplate.objects.exists()


def test_run_action_asks_for_what_the_template_needs_and_queues_it(megan):
    row = factories.template(
        to="{{ email }}",
        subject="Ticket {{ ticket.number }}",
        html="{% for line in lines %}<p>{{ line }}</p>{% endfor %}{{ note|default:'-' }}",
        sample_context={"ticket": {"number": 17}, "email": "a@contoso.example"},
    )
    url = f"{LIST}{row.pk}/run/"
    form = form_of(megan, url)
    for name in ("email", "ticket.number", "lines", "note"):
        assert f"value-{name}" in form

    response = megan.post(
        url,
        {
            **form,
            "value-email": "jo@contoso.example",
            "value-ticket.number": "18",
            "value-lines": "one\r\ntwo\r\n",
            "files": [file("a.txt"), file("b.txt")],
        },
        follow=True,
    )

    queued = Notification.objects.get()
    assert (
        f"Queued: <a href='/notifications/notification/{queued.pk}/change/'>Ticket 18</a>"
        in text_of(response)
    )
    assert (queued.subject, queued.html) == ("Ticket 18", "<p>one</p><p>two</p>-")
    assert [f.name for f in queued.attachments.all()] == ["a.txt", "b.txt"]
    assert queued.initiator == "megan"


def test_over_the_limit_nothing_is_queued_and_everything_typed_is_kept(megan):
    factories.limit_attachments()
    url = f"{LIST}{factories.template(subject='Report {{ n }}').pk}/run/"
    typed = {"value-n": "42", "files": file("big.bin", b"x" * 1_500_000)}

    response = megan.post(url, form_of(megan, url) | typed)

    text = text_of(response)
    assert response.status_code == 422
    assert "“Report 42” was not added to the queue: its attachments total 1.43 MB" in text
    assert "the limit is 1.00 MB" in text
    assert 'value="42"' in text
    assert "What you entered and the files you chose are still here." in text
    assert "big.bin" in text
    assert not Notification.objects.exists()


def test_the_message_and_its_recipients_are_shown_before_it_is_sent(megan):
    row = factories.template(
        to='"{{ name }}" <{{ email }}>',
        subject="Ticket {{ number }}",
        html="<b>{{ title }}</b>",
        sample_context={"number": 17, "email": "<i>@contoso.example"},
        languages={"de": {"subject": "Anfrage {{ number }}", "html": "<b>{{ title }}</b>"}},
    )
    url = f"{LIST}{row.pk}/run/"
    page = text_of(megan.get(url))
    typed = form_of(megan, url) | {
        "value-name": "Jo", "value-email": "jo@contoso.example", "value-number": "18",
        "language": "de", "files": file("a.txt"),
    }  # fmt: skip

    shown = megan.post(url, typed | {"_show": "1"})

    text = text_of(shown)
    assert "email *" in page
    assert "Example: <code>&lt;i&gt;@contoso.example</code>" in page
    assert not Notification.objects.exists()
    assert "Jo &lt;jo@contoso.example&gt;" in text
    assert "Anfrage 18" in text
    assert "No value for: title" in text
    assert "data-send" in text
    kept = re.search(r'name="kept" value="([^"]+)"', text)[1]
    del typed["files"]
    sent = megan.post(url, typed | {"kept": kept}, follow=True)
    queued = Notification.objects.get()
    assert (queued.subject, queued.to) == ("Anfrage 18", ["Jo <jo@contoso.example>"])
    assert [f.name for f in queued.attachments.all()] == ["a.txt"]
    assert f"/notifications/notification/{queued.pk}/change/" in text_of(sent)


@pytest.mark.parametrize("email", ["", "nobody", "a@x.example, b@x.example"])
def test_what_would_be_refused_has_no_button_to_send(megan, email):
    row = factories.template(to="{{ email }}")
    url = f"{LIST}{row.pk}/run/"

    shown = megan.post(url, form_of(megan, url) | {"value-email": email, "_show": "1"})

    assert shown.status_code == 422
    assert "data-send" not in text_of(shown)
    assert 'role="alert"' in text_of(shown)


def test_values_are_required_where_the_notification_is_rejected_without_them(megan):
    row = factories.template(
        missing_values="refuse",
        html="{{ number }}{% if title %}{{ title }}{% endif %}{{ note|default:'-' }}",
    )

    page = text_of(megan.get(f"{LIST}{row.pk}/run/"))

    assert "number *" in page
    assert "title *" not in page
    assert "note *" not in page
    assert "* Required" in page


def test_with_javascript_the_answers_are_json(megan):
    row = factories.template(to="{{ email }}")
    url, headers = f"{LIST}{row.pk}/run/", {"Accept": "application/json"}
    form = form_of(megan, url)

    refused = megan.post(url, form | {"value-email": "nobody"}, headers=headers)
    queued = megan.post(url, form | {"value-email": "a@contoso.example"}, headers=headers)

    assert refused.status_code == 422
    assert "not an e-mail address" in refused.json()["errors"]["__all__"][0]
    assert queued.json() == {"location": url}


def test_the_initiators_own_address_is_left_out(megan):
    row = factories.template(to="megan@contoso.example, jo@contoso.example", skip_initiator=True)

    url = f"{LIST}{row.pk}/run/"
    megan.post(url, form_of(megan, url))

    assert Notification.objects.get().to == ["jo@contoso.example"]


def test_the_preview_is_in_a_frame_that_can_do_nothing(megan):
    row = factories.template(
        html="<script>alert(1)</script>{{ n }}", subject="S {{ n }}", sample_context={"n": "<5>"}
    )
    url = f"{LIST}{row.pk}/preview/"

    text = text_of(megan.get(url))
    typed = text_of(megan.post(url, {"context": '{"n": 77}'}))
    wrong = megan.post(url, {"context": "{"})

    assert 'sandbox=""' in text
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;lt;5&amp;gt;" in text
    assert "S 77" in typed
    assert wrong.status_code == 422
    assert "not JSON" in text_of(wrong)


def test_send_test_goes_to_the_person_alone(megan):
    row = factories.template(to="all@contoso.example", subject="S {{ n }}")
    url = f"{LIST}{row.pk}/send-test/"
    form = form_of(megan, f"{LIST}{row.pk}/preview/")
    typed = {"context": '{"n": 5}', "recipient": "megan@contoso.example"}

    text = text_of(megan.post(url, form | typed, follow=True))
    wrong = megan.post(url, form | {"context": "{}", "recipient": "nobody"})

    queued = Notification.objects.get()
    assert (queued.recipients, queued.subject) == (["megan@contoso.example"], "S 5")
    assert "Queued: " in text
    assert wrong.status_code == 422
    assert "not an e-mail address" in text_of(wrong)


def test_export_and_import(megan):
    row = factories.template(name="Closed")
    exported = megan.get(f"{LIST}{row.pk}/export/")
    by_action = megan.post(LIST, {"action": "export", "_selected_action": [row.pk]})
    assert exported.content == by_action.content
    row.delete()

    response = megan.post(f"{LIST}import/", {"file": file("x.json", exported.content)}, follow=True)

    assert "1 imported." in text_of(response)
    assert EmailTemplate.objects.get().name == "Closed"


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


@pytest.mark.parametrize(
    ("path", "method", "needs"),
    [
        ("", "get", ["view_emailtemplate"]),
        ("{pk}/change/", "get", ["view_emailtemplate"]),
        ("{pk}/preview/", "get", ["view_emailtemplate"]),
        ("{pk}/export/", "get", ["view_emailtemplate"]),
        ("{pk}/run/", "post", ["view_emailtemplate", "run_emailtemplate"]),
        ("{pk}/send-test/", "post", ["view_emailtemplate", "run_emailtemplate"]),
        ("import/", "post", ["add_emailtemplate", "change_emailtemplate"]),
        ("add/", "post", ["add_emailtemplate"]),
    ],
)
def test_each_page_asks_for_its_permissions(path, method, needs):
    url = LIST + path.format(pk=factories.template().pk)
    client = person(*needs)
    assert getattr(client, method)(url).status_code != 403
    queued = Notification.objects.count()

    user = factories.User.objects.get(username="audrey")
    for left_out in needs:
        rest = [need for need in needs if need != left_out]
        user.user_permissions.set(Permission.objects.filter(codename__in=rest))
        assert getattr(client, method)(url).status_code == 403
    assert Notification.objects.count() == queued


def test_who_may_only_add_gets_no_server_error():
    client = person("add_emailtemplate")

    client.post(f"{LIST}add/", TYPED | NO_FILES)

    assert EmailTemplate.objects.get().name == "Closed"


def test_who_is_not_logged_in_gets_no_further():
    row = factories.template()

    for path in (f"{row.pk}/run/", f"{row.pk}/preview/", f"{row.pk}/export/", "import/"):
        assert Client().get(LIST + path).status_code == 302
