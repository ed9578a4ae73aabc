"""What a command, a worker and beat import. Each module costs time at every start, and memory."""

import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests import clock
from tests.servers import Redis
from tests.waiting import PATIENCE, wait_until

ROOT = Path(__file__).parents[2]
PAGES = (
    "mailconnector.urls", "notifications.admin", "settings_ui.urls", "settings_ui.forms",
    "unfold.sites", "unfold.admin", "ninja", "pydantic", "notifications.api.routes",
    "allauth", "people.urls", "people.second_factor",
)  # fmt: skip
MICROSOFT = ("exchangelib", "msal", "requests", "notifications.backends.microsoft.entra")
WAKING = ("celery", "kombu", "redis")
# Runs a program, and tells at its end which modules it has imported.
TELLING = """
import atexit, pathlib, runpy, sys
_, told, program, *arguments = sys.argv
atexit.register(lambda: pathlib.Path(told).write_text(" ".join(sys.modules)))
sys.argv = [program, *arguments]
sys.path.insert(0, "")
if program.endswith(".py"):
    runpy.run_path(program, run_name="__main__")
else:
    runpy.run_module(program, run_name="__main__", alter_sys=True)
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory):
    """Return the environment of an installation with a Redis of its own."""
    folder = tmp_path_factory.mktemp("start")
    redis = Redis(folder)
    redis.start()
    ours = ("MAILCONNECTOR_", "DATABASE_URL", "REDIS_URL", "HTTP", "http")
    environment = {
        **clock.right({n: v for n, v in os.environ.items() if not n.startswith(ours)}),
        "MAILCONNECTOR_DATA_DIR": str(folder / "data"),
        "DJANGO_SETTINGS_MODULE": "mailconnector.settings",
        "REDIS_URL": redis.url,
        "C_FORCE_ROOT": "1",
    }
    start(environment, "manage.py", "migrate", "--verbosity", "0").imported()
    yield environment
    redis.stop()


@dataclass
class Started:
    process: subprocess.Popen
    told: Path

    def imported(self):
        """Wait for its end; return the modules that it had imported then."""
        assert self.process.wait(timeout=PATIENCE) == 0
        return self.told.read_text().split()


def start(environment, *arguments):
    told = Path(environment["MAILCONNECTOR_DATA_DIR"]).parent / f"modules-{'-'.join(arguments[:3])}"
    command = [sys.executable, "-c", TELLING, str(told), *arguments]
    return Started(
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL), told
    )


def among(imported, unwanted):
    return sorted(
        name for name in imported if any(f"{name}.".startswith(f"{part}.") for part in unwanted)
    )


@pytest.mark.parametrize(
    ("arguments", "unwanted"),
    [
        (["queue", "--json"], PAGES + MICROSOFT + WAKING),
        (["enqueue", "--to", "a@contoso.example", "--text", "x"], PAGES + MICROSOFT),
        (["run_action", "--help"], PAGES + MICROSOFT),
        (["doctor", "--local", "--help"], PAGES + MICROSOFT + WAKING),
    ],
    ids=["queue", "enqueue", "run_action", "doctor"],
)
def test_a_command_imports_what_it_needs(installation, arguments, unwanted):
    imported = start(installation, "manage.py", *arguments).imported()

    assert f"notifications.management.commands.{arguments[0]}" in imported
    assert among(imported, unwanted) == []


def test_what_is_idle_imports_neither_pages_nor_microsoft(installation):
    celery = ("celery", "--app=mailconnector")
    processes = {
        "smtp": start(installation, "manage.py", "smtp"),
        "worker": start(installation, *celery, "worker", "--pool=threads", "--without-mingle"),
        "beat": start(installation, *celery, "beat", "--pidfile="),
    }
    database = Path(installation["MAILCONNECTOR_DATA_DIR"]) / "mailconnector.sqlite3"

    def has_drained_for_beat():
        with closing(sqlite3.connect(database)) as connection:
            seen = "select count(beat_seen_at) from notifications_queuestate"
            return connection.execute(seen).fetchone()[0]

    try:
        is_ready = wait_until(has_drained_for_beat)
    finally:
        for each in processes.values():
            each.process.send_signal(signal.SIGTERM)

    assert is_ready
    for name, each in processes.items():
        imported = each.imported()
        assert "notifications.models" in imported
        assert among(imported, PAGES + MICROSOFT) == [], name
