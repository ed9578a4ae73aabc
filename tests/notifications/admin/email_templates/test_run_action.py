"""Run action: it asks for what the text needs, shows the message, and queues it."""

import re
from datetime import timedelta

import pytest

from notifications.admin.email_templates import kept_files
from notifications.models import Notification
from tests import factories
from tests.notifications.admin.browsing import form_of
from tests.notifications.admin.email_templates.steps import (
    LIST,
    file,
    text_of,
)

pytestmark = pytest.mark.django_db


def notes_in(text):
    return re.findall(r'name="kept" value="([^"]+)"', text)


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


def test_more_files_than_a_message_may_have_are_refused_and_all_are_kept(megan):
    url = f"{LIST}{factories.template(subject='Report {{ n }}').pk}/run/"
    form = form_of(megan, url) | {"value-n": "42"}
    first = [file(f"first-{n}.txt") for n in range(60)]
    kept = notes_in(text_of(megan.post(url, form | {"files": first, "_show": "1"})))
    more = {"files": [file(f"more-{n}.txt") for n in range(60)]}

    refused = megan.post(url, form | {"kept": kept} | more)

    text = text_of(refused)
    assert refused.status_code == 422
    assert "At most 100 files." in text
    assert 'value="42"' in text
    assert (len(kept), len(notes_in(text))) == (60, 120)
    assert not Notification.objects.exists()


@pytest.mark.parametrize("button", ["_show", "_send"])
def test_a_file_that_is_not_kept_any_more_is_told_and_nothing_is_queued(megan, button):
    url = f"{LIST}{factories.template(subject='Report {{ n }}').pk}/run/"
    form = form_of(megan, url) | {"value-n": "42"}
    shown = megan.post(url, form | {"files": file("old.txt"), "_show": "1"})
    kept = notes_in(text_of(shown))
    typed = form | {button: "1", "kept": [*kept, "forged"]}

    refused = megan.post(url, typed | {"files": file("new.txt")})
    as_json = megan.post(url, typed, headers={"Accept": "application/json"})

    text = text_of(refused)
    assert (refused.status_code, as_json.status_code) == (422, 422)
    assert "1 file is not kept any more. Choose it again." in text
    assert 'value="42"' in text
    assert ("old.txt" in text, "new.txt" in text) == (True, True)
    assert "1 file is not kept any more." in as_json.json()["errors"]["__all__"][0]
    assert len(notes_in(as_json.json()["kept"])) == 1, "what is gone has no note any more"
    assert not Notification.objects.exists()


def test_a_note_that_has_expired_is_a_file_that_is_lost(megan, monkeypatch):
    url = f"{LIST}{factories.template().pk}/run/"
    form = form_of(megan, url)
    kept = notes_in(text_of(megan.post(url, form | {"files": file(), "_show": "1"})))
    monkeypatch.setattr(kept_files, "KEPT_FOR", timedelta(seconds=-1))

    refused = megan.post(url, form | {"kept": kept})

    assert refused.status_code == 422
    assert "1 file is not kept any more." in text_of(refused)
    assert not Notification.objects.exists()
