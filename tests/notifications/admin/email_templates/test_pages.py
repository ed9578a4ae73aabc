"""E-mail Notifications as a person uses them: their form, Run action, preview, import."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from notifications.models import EmailTemplate, Notification
from tests import factories
from tests.notifications.admin.browsing import form_of
from tests.notifications.admin.email_templates.steps import (
    LIST,
    NO_FILES,
    TYPED,
    file,
    person,
    text_of,
)

pytestmark = pytest.mark.django_db


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
    assert "{&quot;n&quot;: 5}" in text
    assert wrong.status_code == 422
    assert "not an e-mail address" in text_of(wrong)
    # Show preview, on the page that a refused test answers with, sends none.
    assert f'<form method="post" action="{LIST}{row.pk}/preview/">' in text_of(wrong)


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
