"""Ours and the other queues for Django, from PyPI: `python -m benchmarks.peers`.

Each is a process of its own, one after the other, with a new database on the same PostgreSQL, the
same Redis and the same messages. Their speed is measured against a Graph of nginx, which is never
the bottleneck; what a kill at half way costs is counted by the emulator. The tables and the plot go
into docs/benchmarks.md and docs/images/peers.svg.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path
from urllib.parse import quote

import psycopg

from benchmarks import report
from benchmarks.cpu import cpu_of_tree
from benchmarks.emulator_throughput import access_token
from benchmarks.fake_graph import fake_graph
from tests.exchange_emulator import emulator as practice
from tests.servers import PostgreSQL, Redis, postgresql

from .crash import LATENCY_MS, Losses, killed_half_way
from .plot import plot

NAMES = {
    "ours_direct": "Mail Connector, direct",
    "ours_draft": "Mail Connector, by draft",
    "post_office": "django-post_office, 4 threads",
    "mailer": "django-mailer",
    "yubin": "django-yubin, Celery, 4 threads",
    "celery_email": "django-celery-email, 4 threads",
}
PACKAGES = ("django-post_office", "django-mailer", "django-yubin", "django-celery-email")
ROOT = Path(__file__).parents[2]
# Messages for each latency in milliseconds: what goes on for some seconds.
MESSAGES = {0: 1000, 20: 200, 100: 80, 300: 40}
CRASHED = 200
_TEMPLATE = "ours"  # a database with our tables, which take seconds to make
HEAD = (
    "| queue | latency | messages/s | CPU/message | database's | enqueue p50 | p99 "
    "| 1,000 at once, each |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |"
)
CRASH_HEAD = (
    "| queue, killed at half way | lost | twice | held for a person |\n| --- | --- | --- | --- |"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--latencies", type=int, nargs="*", default=list(MESSAGES))
    parser.add_argument("--names", nargs="*", default=list(NAMES), choices=list(NAMES))
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    options = parser.parse_args()
    with ExitStack() as stack:
        peers = Peers(stack)
        print(HEAD)  # noqa: T201
        figures = {}
        for latency in options.latencies:
            for name in options.names:
                figures[name, latency] = peers.measure(name, latency)
                print(_line(name, latency, figures[name, latency]), flush=True)  # noqa: T201
        print(CRASH_HEAD)  # noqa: T201
        losses = {}
        for name in options.names:
            losses[name] = peers.crash(name)
            print(_crash_line(name, losses[name]), flush=True)  # noqa: T201
    if options.write:
        lines = [_line(*which, found) for which, found in figures.items()]
        report.write_section("peers", "\n".join([HEAD, *lines]))
        lines = [_crash_line(name, found) for name, found in losses.items()]
        report.write_section("crash", "\n".join([CRASH_HEAD, *lines]))
        plot(figures, NAMES)
    print(", ".join(f"{name} {version(name)}" for name in PACKAGES))  # noqa: T201
    return 0


class Peers:
    """The servers that all queues share."""

    def __init__(self, stack: ExitStack) -> None:
        self._folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self._database: PostgreSQL = stack.enter_context(postgresql())
        self._redis = Redis(self._folder)
        self._redis.start()
        stack.callback(self._redis.stop)
        migrate = [sys.executable, "-m", "django", "migrate", "--verbosity", "0"]
        url = _new_database(self._database, _TEMPLATE)
        environment = {
            **os.environ,
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        subprocess.run(migrate, env=environment, check=True, cwd=ROOT)
        self._emulator = practice.start(self._folder / "emulator")
        stack.callback(practice.stop, self._emulator)

    def measure(self, name: str, latency: int) -> dict[str, float]:
        """Put the mails and let them go to nginx; CPU in milliseconds for a message."""
        count = MESSAGES[latency]
        with fake_graph(self._folder / f"{name}-{latency}", latency_ms=latency) as graph:
            both = self._folder / "ca.pem"
            both.write_text(Path(self._emulator.ca).read_text() + Path(graph.ca).read_text())
            environment = {
                **self._environment(f"{name}_{latency}"),
                "GRAPH_URL": graph.url,
                "GRAPH_CA": str(both),
                "ARRIVED": str(graph.arrived),
            }
            command = [sys.executable, "-m", "benchmarks.peers.candidate", name, str(count)]
            before = cpu_of_tree(self._database.pid)
            done = subprocess.run(
                command,
                env=environment,
                check=True,
                stdout=subprocess.PIPE,
                text=True,
                cwd=self._folder,
            )
            arrived = graph.arrived.read_bytes().count(b"\n")
        if arrived != count:
            raise RuntimeError(f"{name}: {arrived} of {count} messages arrived")
        database_ms = (cpu_of_tree(self._database.pid) - before) * 1000 / count
        return {**json.loads(done.stdout.splitlines()[-1]), "database_ms": database_ms}

    def crash(self, name: str) -> Losses:
        self._emulator.reset()
        self._emulator.limits(**{"*": None})
        self._emulator.fault(path="/v1.0/*", latency_ms=LATENCY_MS)
        arrived = self._folder / f"{name}-arrived"
        arrived.touch()  # a worker looks into it, but the emulator counts
        environment = {
            **self._environment(f"{name}_crash"),
            "GRAPH_URL": f"{self._emulator.https}/v1.0",
            "GRAPH_CA": self._emulator.ca,
            "ARRIVED": str(arrived),
        }
        return killed_half_way(name, CRASHED, environment, self._emulator, folder=self._folder)

    def _environment(self, database: str) -> dict[str, str]:
        emulator = self._emulator
        like = _TEMPLATE if database.startswith("ours") else "template1"
        return {
            **{n: v for n, v in os.environ.items() if not n.endswith("_CA_BUNDLE")},
            # They run in the folder, because django-mailer leaves its lock where it runs.
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            "DATABASE_URL": _new_database(self._database, database, like=like),
            "REDIS_URL": self._redis.url,
            "GRAPH_TOKEN": access_token(emulator.http, emulator.https, emulator.ca, "Mail.Send"),
            "LOGIN_URL": emulator.https,
            "PAGES_URL": emulator.http,
        }


def _new_database(server: PostgreSQL, name: str, *, like: str = "template1") -> str:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {like}")  # type: ignore[arg-type]
    return server.url.removesuffix("postgres") + quote(name)


def _line(name: str, latency: int, found: dict[str, float]) -> str:
    return (
        f"| {NAMES[name]} | {latency} ms | {found['messages_a_second']:.0f} | "
        f"{found['cpu_ms']:.2f} ms | {found['database_ms']:.2f} ms | "
        f"{found['enqueue_p50_ms']:.2f} ms | {found['enqueue_p99_ms']:.2f} ms | "
        f"{found['at_once_ms']:.2f} ms |"
    )


def _crash_line(name: str, found: Losses) -> str:
    return f"| {NAMES[name]} | {found.lost} of {CRASHED} | {found.twice} | {found.held} |"


if __name__ == "__main__":
    sys.exit(main())
