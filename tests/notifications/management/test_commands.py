"""manage.py enqueue and manage.py queue."""

import json
import re
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import CommandParser

from mailconnector.command_line import CommandLine
from notifications import vault
from notifications.models import EmailSettings, Notification, Worker
from tests import factories
from tests.waiting import PATIENCE

pytestmark = pytest.mark.django_db
OURS = [
    "doctor", "enqueue", "queue", "reset_second_factor", "rotate_keys", "run_action", "smtp",
]  # fmt: skip
TOLD = ["changepassword", "createsuperuser"]  # Django's, with an event each


def run(*arguments):
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().strip()


def test_enqueue_prints_the_new_id(tmp_path):
    report = tmp_path / "report.txt"
    report.write_text("report")

    printed = run(
        "enqueue", "--to", "a@contoso.example", "--cc", "b@contoso.example", "--subject", "Hi",
        "--text", "Hello", "--html", "<p>Hello</p>", "--header", "X-Ticket: 17",
        "--attach", str(report), "--priority", "urgent", "--key", "k",
    )  # fmt: skip

    row = Notification.objects.get(pk=int(printed))
    assert (row.subject, row.priority, row.headers) == ("Hi", 0, [["X-Ticket", "17"]])
    assert row.attachments.get().name == "report.txt"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--subject", "Hi"], "no recipient"),
        (["--to", "nobody"], "not an e-mail address"),
        (["--to", "a@contoso.example", "--attach", "/nowhere.txt"], "No such file"),
        (["--to", "a@contoso.example", "--header", "X-A"], "NAME:VALUE"),
        (["--to", "a@contoso.example", "--header", "X-A:b\r\nBcc: x@y.example"], "line break"),
        (["--to", "a@contoso.example", "--subject", "a\nb"], "line break"),
    ],
)
def test_enqueue_says_what_is_wrong_and_queues_nothing(arguments, words):
    with pytest.raises(CommandError, match=words):
        run("enqueue", *arguments)

    assert not Notification.objects.exists()


def test_enqueue_names_total_and_limit(tmp_path):
    factories.limit_attachments()
    big = tmp_path / "big.bin"
    big.write_bytes(b"x" * 1_500_000)

    with pytest.raises(CommandError, match=r"total 1\.43 MB .* the limit is 1\.00 MB"):
        run("enqueue", "--to", "a@contoso.example", "--attach", str(big))

    assert not Notification.objects.exists()


def test_queue_as_json_has_counts_lane_and_oldest(unconnected):
    factories.enqueue()

    status = json.loads(run("queue", "--json"))

    assert status["counts"] == {"pending": 1, "sending": 0, "failed": 0, "unconfirmed": 0}
    assert status["lane"]["account"] == "servicedesk@contoso.example"
    assert status["oldest_pending_seconds"] >= 0
    assert [o["code"] for o in status["obstacles"]] == ["no_worker"]


def test_queue_as_json_says_when_the_credential_ends(unconnected, stopped_clock):
    ends_on = stopped_clock.date() + timedelta(days=9)
    EmailSettings.objects.update(secret_expires_on=ends_on)

    status = json.loads(run("queue", "--json"))

    assert status["credential"]["days_left"] == 9
    assert status["credential"]["ends_on"] == str(ends_on)


def test_the_queue_says_when_it_should_be_empty(unconnected, now, settings):
    key = vault.key_fingerprint()
    Worker.objects.saw("worker", version=settings.VERSION, key=key, now=now)
    for _ in range(60):
        factories.enqueue()
    # A long queue is old, which does not keep it from leaving.
    Notification.objects.update(queued_at=now - timedelta(hours=1))

    empty_at = datetime.fromisoformat(json.loads(run("queue", "--json"))["empty_at"])

    assert timedelta(seconds=115) < empty_at - now < timedelta(seconds=120 + PATIENCE)


def test_the_queue_says_what_was_made_for_another_cloud(unconnected, now):
    factories.enqueue()
    long_ago = now - timedelta(hours=1)
    Notification.objects.update(cloud="gcc-high", queued_at=long_ago, due_at=long_ago)

    codes = [o["code"] for o in json.loads(run("queue", "--json"))["obstacles"]]

    assert "made_elsewhere" in codes
    assert "old" not in codes


def test_queue_in_words_says_what_holds_mail_back():
    assert "No e-mail service is chosen." in run("queue")


def test_help_begins_with_our_commands():
    ours, _line, others = CommandLine(["manage.py"]).main_help_text().partition("All commands")

    assert re.findall(r"^  (\w+) ", ours, re.MULTILINE) == TOLD + OURS
    assert "migrate" in others


@pytest.mark.parametrize("command", OURS)
def test_each_option_is_told_in_a_sentence(command):
    parser = CommandParser()
    CommandLine().fetch_command(command).add_arguments(parser)

    assert [
        a.dest for a in parser._actions if not re.fullmatch(r"[A-Z].*\.|show this.*", a.help)
    ] == []
