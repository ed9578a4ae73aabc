"""One E-mail Notification in several languages."""

import io

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from notifications import languages
from notifications.email_templates import json_format
from notifications.email_templates import run as actions
from notifications.email_templates.run import Initiator
from notifications.errors import InvalidNotification
from notifications.models import EmailTemplate, Notification
from tests import factories

pytestmark = pytest.mark.django_db
MEGAN = Initiator("megan")
GERMAN = {"subject": "Anfrage {{ n }}", "html": "<p>Hallo {{ name }}</p>"}


def translated(**changes):
    values = {
        "subject": "Ticket {{ n }}",
        "html": "<p>Hello {{ name }}</p>",
        "language": "en",
        "languages": {"de": GERMAN, "de-at": {"html": "<p>Servus</p>"}},
    }
    return factories.template(**values | changes)


def run(template, language):
    context = {"n": 17, "name": "<Jo>"}
    return actions.run(template, context, initiator=MEGAN, language=language)


@pytest.mark.parametrize(
    ("language", "subject", "text"),
    [
        ("", "Ticket 17", "Hello <Jo>"),
        ("en", "Ticket 17", "Hello <Jo>"),
        ("fr", "Ticket 17", "Hello <Jo>"),
        ("de", "Anfrage 17", "Hallo <Jo>"),
        ("de-CH", "Anfrage 17", "Hallo <Jo>"),
        ("DE_at", "Ticket 17", "Servus"),
    ],
)
def test_the_language_that_suits_best_is_sent(language, subject, text):
    row = run(translated(), language)

    assert (row.subject, row.text) == (subject, text)
    assert "<Jo>" not in row.html


def test_a_body_is_never_of_two_languages():
    template = translated(text="English", languages={"de": {"html": "<p>Deutsch</p>"}})

    assert run(template, "de").text == "Deutsch"


@pytest.mark.parametrize("language", ["german please", "d", "de\nx", "x" * 5000, "{{ n }}", "1a"])
def test_what_is_no_language_is_refused(language):
    with pytest.raises(InvalidNotification, match="is not the code of a language"):
        run(translated(), language)

    assert not Notification.objects.exists()


def test_the_values_of_all_languages_are_asked_for():
    template = translated(languages={"de": {"html": "{{ anrede }}"}})

    assert [field.path for field in template.fields()] == ["n", "name", "anrede"]


@pytest.mark.parametrize(
    "variants",
    [
        {"german!": GERMAN},
        {"de": {"html": "{% include 'x' %}"}},
        {"de": {"subject": "only a subject"}},
        {"de": {"html": 1}},
        {"de": ["html"]},
        {"de": {"html": "x", "to": "evil@x.example"}},
        {f"d{chr(97 + n % 26)}-{n:02}": GERMAN for n in range(51)},
        [],
        [1],
    ],
)
def test_wrong_languages_are_told_at_their_field(variants):
    template = factories.template()
    template.languages = variants
    if not variants:
        template.full_clean()
        assert template.languages == {}
        return

    with pytest.raises(ValidationError) as refused:
        template.full_clean()

    assert list(refused.value.message_dict) == ["languages"]


def test_codes_are_kept_in_one_form():
    template = factories.template(language="EN")
    template.languages = {"pt_BR": GERMAN}

    template.full_clean()

    assert (template.language, list(template.languages)) == ("en", ["pt-br"])
    assert languages.best("pt-BR", template.languages) == "pt-br"


def test_an_export_keeps_languages():
    text = json_format.export([translated(name="Closed")])
    EmailTemplate.objects.all().delete()

    json_format.import_templates(text)

    again = EmailTemplate.objects.get()
    assert (again.language, again.languages["de"]) == ("en", GERMAN)
    assert json_format.export([again]) == text


def test_the_command_takes_a_language():
    translated(name="Closed")
    out = io.StringIO()

    call_command("run_action", "Closed", "--context", '{"n": 5}', "--language", "de", stdout=out)

    assert Notification.objects.get(pk=int(out.getvalue())).subject == "Anfrage 5"
    with pytest.raises(CommandError, match="code of a language"):
        call_command("run_action", "Closed", "--language", "!")


def test_a_run_is_noted_without_a_version_in_the_history(django_capture_on_commit_callbacks):
    template = translated()
    with django_capture_on_commit_callbacks(execute=True):
        run(template, "")
    first = EmailTemplate.objects.get().last_run_at
    with django_capture_on_commit_callbacks(execute=True):
        run(template, "")

    assert first is not None
    assert EmailTemplate.objects.get().last_run_at == first, "noted once a minute"
    assert template.history.count() == 1
