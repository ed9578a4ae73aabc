"""Running an E-mail Notification."""

import io
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from notifications.email_templates import json_format
from notifications.email_templates import run as actions
from notifications.email_templates.run import Initiator, When
from notifications.errors import AttachmentLimitExceeded, InvalidNotification
from notifications.message.addresses import Address, parse_address
from notifications.models import Attempt, EmailTemplate, Notification
from notifications.models.notification import Priority
from tests import factories

pytestmark = pytest.mark.django_db
MEGAN = Initiator("megan", "megan@contoso.example")


def run(template, initiator=MEGAN, files=(), when=None, **context):
    return actions.run(template, context, initiator=initiator, files=files, when=when)


def test_running_queues_the_filled_in_notification():
    template = factories.template(
        to='"{{ name }}" <{{ email }}>; desk@contoso.example',
        cc="{{ watchers|join:', ' }}",
        subject="Ticket {{ number }}\n closed",
        html="<p>Dear {{ name }}</p>",
    )

    row = run(
        template, name="Doe, Jo & Co", email="jo@contoso.example", number=17,
        watchers=["a@contoso.example", "b@contoso.example"],
        when=When(priority=Priority.URGENT),
    )  # fmt: skip

    assert row.to == ['"Doe, Jo & Co" <jo@contoso.example>', "desk@contoso.example"]
    assert row.cc == ["a@contoso.example", "b@contoso.example"]
    assert row.subject == "Ticket 17 closed"
    assert row.html == "<p>Dear Doe, Jo &amp; Co</p>"
    assert row.text == "Dear Doe, Jo & Co"
    assert (row.initiator, row.priority, row.from_address) == ("megan", 0, "")


def test_fixed_attachments_go_with_those_of_the_run():
    template = factories.template()
    factories.template_file(template, "terms.txt", b"terms")

    row = run(template, files=[factories.new_file(5, "log.txt")])

    assert [(f.name, factories.content_of(f)) for f in row.attachments.all()] == [
        ("terms.txt", b"terms"),
        ("log.txt", b"xxxxx"),
    ]


def test_over_the_limit_nothing_is_queued_and_the_error_names_total_and_limit():
    factories.limit_attachments()
    template = factories.template(subject="Report {{ n }}")
    factories.template_file(template, "half.bin", b"x" * 600_000)

    with pytest.raises(AttachmentLimitExceeded, match=r"“Report 7”.*1\.14 MB.*limit is 1\.00 MB"):
        run(template, files=[factories.new_file(600_000)], n=7)

    assert not Notification.objects.exists()
    assert Attempt.objects.get().result == "refused"


def test_the_initiator_is_left_out_where_the_template_says_so():
    template = factories.template(
        to="MEGAN@contoso.example, Jo <jo@contoso.example>", skip_initiator=True
    )

    assert run(template).to == ["Jo <jo@contoso.example>"]


def test_without_recipients_it_is_refused_or_nothing_happens():
    template = factories.template(to="{{ email }}")
    with pytest.raises(InvalidNotification, match="has no recipients"):
        run(template)

    template.refuse_without_recipients = False

    assert run(template) is None
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("changes", "context", "words"),
    [
        ({"enabled": False}, {}, "not enabled"),
        (
            {"missing_values": "refuse", "subject": "{{ number }}"},
            {},
            "Subject: No value for: number",
        ),
        ({"to": "{{ email }}"}, {"email": "nobody"}, "“nobody” is not an e-mail address"),
        ({"to": "{{ email }}"}, {"email": "a@b.example\r\nBcc: c@d.example"}, "line break"),
        ({}, {"a": object()}, "The context contains a object"),
    ],
)
def test_what_cannot_be_sent_is_refused_in_words(changes, context, words):
    with pytest.raises(InvalidNotification, match=words):
        run(factories.template(**changes), **context)

    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("subject", "{{ number"  "|nothing }}"),
        ("html", "{% include 'x' %}"),
        ("to", "nobody"),
        ("from_address", "a@contoso.example, b@contoso.example"),
        ("sample_context", [1]),
        ("name", "a/b"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_at_its_field(field, value):
    template = factories.template()
    setattr(template, field, value)

    with pytest.raises(ValidationError) as refused:
        template.full_clean()

    assert list(refused.value.message_dict) == [field]


def test_the_same_key_runs_once():
    template, when = factories.template(), When(key="ticket-17-closed")

    assert run(template, when=when) == run(template, when=when)


def test_a_test_goes_to_one_person_alone():
    template = factories.template(to="all@contoso.example", subject="Ticket {{ n }}", enabled=False)

    row = actions.send_test(template, {"n": 5}, to="megan@contoso.example", initiator=MEGAN)

    assert (row.recipients, row.subject) == (["megan@contoso.example"], "Ticket 5")


def test_an_export_can_be_imported_elsewhere():
    template = factories.template(name="Closed", subject="Ticket {{ n }}", sample_context={"n": 5})
    factories.template_file(template, "terms.txt", b"terms")
    text = json_format.export([template])
    EmailTemplate.objects.all().delete()

    json_format.import_templates(text)

    again = EmailTemplate.objects.get(name="Closed")
    assert json_format.export([again]) == text


@pytest.mark.parametrize(
    "text",
    [
        "nonsense", "[]", '{"format": "other", "templates": []}', "[" * 100_000,
        json.dumps({"format": json_format.FORMAT, "templates": [1]}),
        *(
            json.dumps(
                {"format": json_format.FORMAT, "templates": [{"name": "Good", "text": "x"}, bad]}
            )
            for bad in (
                {"name": "Bad", "text": "{% include 'x' %}"}, {"name": ["Bad"]}, {},
                {"name": "Bad", "text": "x", "pk": 1}, {"name": "Bad", "text": "x", "files": [1]},
                {"name": "Bad", "text": "x", "files": [{"content": "%"}]},
                {"name": "Bad", "text": "x", "enabled": "yes"},
                {"name": "Bad", "text": "nul \0"}, {"name": "Bad", "text": "half \ud800"},
                {"name": "Bad \ud800", "text": "x"},
                {"name": "Bad", "text": "x", "sample_context": {"a": "\0"}},
                {"name": "Bad", "text": "x", "files": [{"content": "", "content_id": "\ud800"}]},
            )
        ),
    ],
)  # fmt: skip
def test_a_wrong_import_changes_nothing_and_says_why(text):
    with pytest.raises(json_format.NotImported) as refused:
        json_format.import_templates(text)

    assert all(refused.value.problems)
    assert not EmailTemplate.objects.exists()


def test_run_action_prints_the_id(tmp_path):
    template = factories.template(name="Closed", subject="Ticket {{ n }}")
    report = tmp_path / "report.txt"
    report.write_text("report")
    out = io.StringIO()

    call_command(
        "run_action", "Closed", "--context", '{"n": 5}', "--attach", str(report), stdout=out
    )

    row = Notification.objects.get(pk=int(out.getvalue()))
    assert (row.subject, row.attachments.get().name) == ("Ticket 5", "report.txt")
    assert template.history.count() == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["Nothing"], "no E-mail Notification “Nothing”"),
        (["Closed", "--context", "{"], "not JSON"),
        (["Closed", "--context", "[]"], "must be a JSON object"),
        (["Closed", "--attach", "/nowhere.txt"], "No such file"),
    ],
)
def test_run_action_says_what_is_wrong(arguments, words):
    factories.template(name="Closed")

    with pytest.raises(CommandError, match=words):
        call_command("run_action", *arguments)


@pytest.mark.parametrize(
    "name",
    ['Eve" <evil@x.example>, "Alex', 'x" <evil@x.example>; "', "evil@x.example, Alex", "a\\"],
)
def test_a_name_cannot_bring_a_recipient_of_its_own(name):
    template = factories.template(to='"{{ name }}" <{{ email }}>')

    row = run(template, name=name, email="alex@contoso.example")

    (recipient,) = row.to
    assert parse_address(recipient) == Address("alex@contoso.example", name)


@pytest.mark.parametrize("to", ["{{ email }}", "<{{ email }}>", "Alex <{{ email }}>"])
def test_an_address_cannot_bring_a_second_one(to):
    template = factories.template(to=to)

    with pytest.raises(InvalidNotification, match=r"alex@contoso\.example, evil@x\.example"):
        run(template, email="alex@contoso.example, evil@x.example")


def test_a_placeholder_may_be_an_address_with_its_name():
    template = factories.template(to="{{ requester }}; {% for a in more %}{{ a }},{% endfor %}")

    row = run(template, requester="Alex <a@x.example>", more=["b@x.example", "c@x.example"])

    assert row.to == ["Alex <a@x.example>", "b@x.example", "c@x.example"]
