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
import threading
import time
from collections import Counter

import requests

from tests.exchange_emulator import emulator as practice
from tests.processes import ROOT, servers, sign_in
from tests.waiting import wait_until

PORT = 8931
DRAINED_WITHIN = 1800  # seconds


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--messages", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--size", type=int, default=20_000)
    options = parser.parse_args()
    with servers() as (product, emulator):
        from tests import factories

        sign_in(emulator, protection=True)
        product.start()
        product.others.append(_web(product.environment))
        load = Load(str(factories.api_key(requests_a_minute=0)[1]), options)
        load.run()
        return load.report(emulator)


def _web(variables: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{PORT}", "--workers", "2"]
    return subprocess.Popen([*command, "--log-level", "warning"], cwd=ROOT, env=variables)


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
        if not wait_until(_web_server_answers, seconds=30):
            raise RuntimeError("the web server did not start")
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

        left = Notification.objects.exclude(status="accepted")
        left_at_end, started = left.count(), time.monotonic()
        # Counting more often would take time from what is measured.
        wait_until(lambda: not left.exists(), seconds=DRAINED_WITHIN, between=1)
        arrived = Counter(m["subject"] for m in emulator.messages())
        times = sorted(self.times)
        count = self.options.messages
        print(  # noqa: T201
            f"{count} messages, {self.options.clients} clients: {count / self.took:.0f}/s, "
            f"p50 {times[count // 2]:.2f} s, p99 {times[int(count * 0.99)]:.2f} s, "
            f"errors {dict(self.errors)}; {count - left_at_end} had left meanwhile, the rest "
            f"{time.monotonic() - started:.0f} s later; lost {count - len(arrived)}, "
            f"twice {sum(n > 1 for n in arrived.values())}, not accepted {left.count()}"
        )
        return int(bool(self.errors or left.exists() or len(arrived) != count))


def _web_server_answers() -> bool:
    try:
        return requests.get(f"http://127.0.0.1:{PORT}/healthz", timeout=5).ok
    except requests.ConnectionError:
        return False


if __name__ == "__main__":
    sys.exit(main())
