"""The examples of docs/api.md, executed."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from standardwebhooks.webhooks import WebhookVerificationError

from notifications.models import Notification
from notifications.webhooks import signature
from tests import factories
from tests.waiting import PATIENCE

DOCS = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"<!-- executed by the tests -->\n```(\w+)\n(.*?)```", DOCS, re.DOTALL)


def example(language, number=0):
    return [text for found, text in EXAMPLES if found == language][number]


@pytest.fixture
def environment(live_server, tmp_path):
    _key, token = factories.api_key(name="Service desk")
    (tmp_path / "report.txt").write_text("report")
    return os.environ | {"MAIL_CONNECTOR": live_server.url, "API_KEY": token}


def run(command, environment, folder):
    result = subprocess.run(
        command,
        env=environment,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_curl_example_queues_once_with_its_file(environment, tmp_path):
    for _time in range(2):
        run(["sh", "-c", example("sh")], environment, tmp_path)

    row = Notification.objects.get()
    assert (row.subject, row.attachments.get().name) == ("Ticket 17 is closed", "report.txt")


def test_the_python_example_runs_a_template(environment, tmp_path):
    factories.template(
        name="Ticket closed", to="{{ email }}", subject="Ticket {{ ticket.number }} is closed"
    )

    printed = run([sys.executable, "-c", example("python")], environment, tmp_path)

    assert printed == "pending Ticket 17 is closed\n"


def test_the_signature_example_tells_genuine_calls(monkeypatch, now):
    secret, names = signature.new_secret(), {}
    monkeypatch.setenv("CALLBACK_SECRET", secret)
    exec(example("python", 1), names)  # noqa: S102 - our own documentation

    headers = signature.headers("1", b"{}", secret=secret, now=now)

    assert names["checked"](headers, b"{}") == {}
    with pytest.raises(WebhookVerificationError):
        names["checked"](headers, b"{ }")


def test_the_line_for_a_secret_without_its_prefix_keeps_its_bytes(tmp_path):
    secret = "of the dësk, from before " * 4

    printed = run(["sh", "-c", example("sh", 1)], os.environ | {"SECRET": secret}, tmp_path)

    assert signature.key_of(printed.strip()) == secret.encode()
