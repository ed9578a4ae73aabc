"""Ours and the other queues for Django, from PyPI: `python -m benchmarks.peers`.

Each is a process of its own, one after the other, with a new database on the same PostgreSQL,
the same Redis, the same emulator over TLS and the same messages. The table and the plot go into
docs/benchmarks.md and docs/images/peers.svg.
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
from benchmarks.emulator_throughput import access_token
from tests.exchange_emulator import emulator as practice
from tests.servers import PostgreSQL, Redis, postgresql

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
HEAD = (
    "| queue | latency | messages/s | CPU/message | enqueue p50 | p99 | 1,000 at once, each |\n"
    "| --- | --- | --- | --- | --- | --- | --- |"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--latencies", type=int, nargs="*", default=[0, 100])
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    options = parser.parse_args()
    figures = {}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database = stack.enter_context(postgresql())
        redis = Redis(folder)
        redis.start()
        stack.callback(redis.stop)
        emulator = practice.start(folder / "emulator")
        stack.callback(practice.stop, emulator)
        print(HEAD)  # noqa: T201
        for latency in options.latencies:
            for name in NAMES:
                count = options.messages // (20 if latency else 1)
                found = _measure(
                    name,
                    count=count,
                    latency=latency,
                    database=database,
                    redis=redis,
                    emulator=emulator,
                )
                figures[name, latency] = found
                print(_line(name, latency, found), flush=True)  # noqa: T201
    if options.write:
        lines = [_line(*which, found) for which, found in figures.items()]
        report.write_section("peers", "\n".join([HEAD, *lines]))
        plot(figures, NAMES)
    print(", ".join(f"{name} {version(name)}" for name in PACKAGES))  # noqa: T201
    return 0


def _measure(
    name: str,
    *,
    count: int,
    latency: int,
    database: PostgreSQL,
    redis: Redis,
    emulator: practice.Emulator,
) -> dict[str, float]:
    emulator.reset()
    emulator.limits(**{"*": None})
    if latency:
        emulator.fault(path="/v1.0/*", latency_ms=latency)
    environment = {
        **{n: v for n, v in os.environ.items() if not n.endswith("_CA_BUNDLE")},
        "DATABASE_URL": _new_database(database, f"{name}_{latency}"),
        "REDIS_URL": redis.url,
        "GRAPH_URL": f"{emulator.https}/v1.0",
        "GRAPH_CA": emulator.ca,
        "GRAPH_TOKEN": access_token(emulator.http, emulator.https, emulator.ca, "Mail.Send"),
        "LOGIN_URL": emulator.https,
        "PAGES_URL": emulator.http,
    }
    command = [sys.executable, "-m", "benchmarks.peers.candidate", name, str(count)]
    done = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE, text=True)
    arrived = len(emulator.messages())
    if arrived != count:
        raise RuntimeError(f"{name}: {arrived} of {count} messages arrived")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _new_database(server: PostgreSQL, name: str) -> str:
    with psycopg.connect(server.url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    return server.url.removesuffix("postgres") + quote(name)


def _line(name: str, latency: int, found: dict[str, float]) -> str:
    return (
        f"| {NAMES[name]} | {latency} ms | {found['messages_a_second']:.0f} | "
        f"{found['cpu_ms']:.2f} ms | {found['enqueue_p50_ms']:.2f} ms | "
        f"{found['enqueue_p99_ms']:.2f} ms | {found['at_once_ms']:.2f} ms |"
    )


if __name__ == "__main__":
    sys.exit(main())
