"""Many clients hand over messages while the workers drain: `python -m benchmarks.api_load`.

    --messages 20000 --clients 200 --size 20000 (bytes attached to each message)

gunicorn, two Celery workers, beat, PostgreSQL, Redis and the emulator run as processes. At the
end every message must have been accepted exactly once.
"""

import argparse
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import django
import requests

from tests.chaos.product import ROOT, Product, environment
from tests.exchange_emulator import emulator as practice
from tests.servers import Redis, postgresql

PORT = 8931
DRAINED_WITHIN = 1800  # seconds


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--size", type=int, default=20_000)
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "redis").mkdir()
        (folder / "data" / "static").mkdir(parents=True)  # WhiteNoise misses it
        database = stack.enter_context(postgresql())
        emulator = practice.start(folder / "emulator")
        stack.callback(practice.stop, emulator)
        variables = environment(
            folder,
            database,
            Redis(folder / "redis"),
            MAILCONNECTOR_CLOUD="custom",
            MAILCONNECTOR_LOGIN_URL=emulator.https,
            MAILCONNECTOR_GRAPH_URL=f"{emulator.https}/v1.0",
            MAILCONNECTOR_CA_BUNDLE=emulator.ca,
            MAILCONNECTOR_CLAIM_LEASE="300",
            MAILCONNECTOR_LANE_LEASE="60",
            MAILCONNECTOR_DOUBT_GRACE="30",
        )
        os.environ.update(variables, DJANGO_SETTINGS_MODULE="mailconnector.settings")
        django.setup()
        token = _connect(emulator)
        product = Product(folder, database, Redis(folder / "redis"), variables)
        stack.callback(product.stop)
        product.start()
        product.others.append(_web(variables))
        load = Load(token, options)
        load.run()
        return load.report(emulator)


def _connect(emulator: practice.Emulator) -> str:
    """Signed in and saved; returns a new API key."""
    from django.core.management import call_command

    from notifications.models import MicrosoftAccount
    from tests import factories

    call_command("migrate", verbosity=0)
    emulator.limits(**{"*": None})
    factories.connect(emulator)
    MicrosoftAccount.objects.update(cloud="custom")
    return str(factories.api_key(requests_a_minute=0)[1])


def _web(variables: dict[str, str]) -> subprocess.Popen[bytes]:
    gunicorn = [sys.executable, "-m", "gunicorn", "mailconnector.wsgi"]
    listen = [
        "--bind",
        f"127.0.0.1:{PORT}",
        "--workers",
        "2",
        "--threads",
        "8",
        "--keep-alive",
        "75",
    ]
    return subprocess.Popen([*gunicorn, *listen, "--log-level", "warning"], cwd=ROOT, env=variables)


class Load:
    def __init__(self, token: str, options: argparse.Namespace) -> None:
        self.token, self.options = token, options
        self.waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
        for number in range(options.messages):
            self.waiting.put(number)
        self.times: list[float] = []
        self.errors: Counter[str] = Counter()
        self.took = 0.0

    def run(self) -> None:
        _wait_for_the_web_server()
        started = time.monotonic()
        clients = [threading.Thread(target=self._client) for _ in range(self.options.clients)]
        for client in clients:
            client.start()
        for client in clients:
            client.join()
        self.took = time.monotonic() - started

    def _client(self) -> None:
        session = requests.Session()
        session.trust_env = False
        session.headers["Authorization"] = f"Bearer {self.token}"
        content = os.urandom(self.options.size)
        while True:
            try:
                number = self.waiting.get_nowait()
            except queue.Empty:
                return
            message = {"to": "a@contoso.example", "subject": f"n{number}", "text": "x"}
            started = time.monotonic()
            try:
                answer = session.post(
                    f"http://127.0.0.1:{PORT}/api/v1/messages",
                    data={"message": json.dumps(message)},
                    files={"files": ("a.bin", content)},
                    headers={"Idempotency-Key": str(number)},
                    timeout=120,
                )
                if answer.status_code != 201:  # noqa: PLR2004 - Created
                    self.errors[f"{answer.status_code} {answer.text[:80]}"] += 1
            except requests.RequestException as error:
                self.errors[type(error).__name__] += 1
            self.times.append(time.monotonic() - started)

    def report(self, emulator: practice.Emulator) -> int:
        from notifications.models import Notification

        left_at_end = Notification.objects.exclude(status="accepted").count()
        started = time.monotonic()
        while (left := Notification.objects.exclude(status="accepted").count()) and (
            time.monotonic() - started < DRAINED_WITHIN
        ):
            time.sleep(1)  # counting more often would take time from what is measured
        arrived = Counter(m["subject"] for m in emulator.messages())
        times = sorted(self.times)
        count = self.options.messages
        print(  # noqa: T201
            f"{count} messages, {self.options.clients} clients: {count / self.took:.0f}/s, "
            f"p50 {times[count // 2]:.2f} s, p99 {times[int(count * 0.99)]:.2f} s, "
            f"errors {dict(self.errors)}; {count - left_at_end} had left meanwhile, the rest "
            f"{time.monotonic() - started:.0f} s later; lost {count - len(arrived)}, "
            f"twice {sum(n > 1 for n in arrived.values())}, not accepted {left}"
        )
        return int(bool(self.errors or left or len(arrived) != count))


def _wait_for_the_web_server() -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            requests.get(f"http://127.0.0.1:{PORT}/api/v1/openapi.json", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)  # a refused connection returns at once
        else:
            return
    raise RuntimeError("the web server did not start")


if __name__ == "__main__":
    sys.exit(main())
