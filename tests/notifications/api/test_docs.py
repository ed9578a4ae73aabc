"""The examples of docs/api.md, executed."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from notifications.models import Notification
from notifications.webhooks.call import sign
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


def test_the_signature_example_tells_genuine_calls():
    names = {}
    exec(example("python", 1), names)  # noqa: S102 - our own documentation
    now = int(time.time())

    def headers(timestamp, *, secret="s"):  # noqa: S107
        return {
            "Mail-Connector-Timestamp": str(timestamp),
            "Mail-Connector-Signature": sign(b"{}", secret=secret, timestamp=timestamp),
        }

    assert names["is_genuine"](headers(now), b"{}", "s")
    assert not names["is_genuine"](headers(now), b"{ }", "s")
    assert not names["is_genuine"](headers(now, secret="other"), b"{}", "s")
    assert not names["is_genuine"](headers(now - 1000), b"{}", "s")
