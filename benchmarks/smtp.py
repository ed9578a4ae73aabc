"""The SMTP listener: `python -m benchmarks.smtp`. PostgreSQL, each message on the disk before 250.

Four clients hand in 1,000 messages of 3.4 KB; four hand in 36 MB each at once; one hands in mail
beside 200 idle connections. The status is 1 below 50 messages a second, or where the large ones
take more than 64 MB above idle.
"""

import base64
import os
import smtplib
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.exchange_emulator.emulator import DESK
from tests.processes import ROOT, servers
from tests.servers import free_port
from tests.waiting import wait_until

CLIENTS, SMALL, IDLE = 4, 1000, 200
SLOWEST, LARGEST = 50, 64  # messages a second, MB above idle
_TO = "alex@contoso.example"


class Listener:
    """The process, and how one signs in there."""

    def __init__(self, environment: dict[str, str], port: int) -> None:
        from notifications.models import SmtpClient, SmtpSettings

        self.port = port
        rows = [
            SmtpClient(
                name=f"Client {n}",
                allowed_from=DESK,
                recipients_a_day=1_000_000,
                messages_a_minute=1_000_000,
            )
            for n in range(CLIENTS)
        ]
        self.clients = []
        for row in rows:
            row.make_user_name()
            self.clients.append((row.user_name, row.make_password()))
            row.save()
        SmtpSettings.objects.made().update(is_on=True, largest_mb=50)
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "smtp"], cwd=ROOT, env=environment
        )
        wait_until(lambda: _answers(port))

    @contextmanager
    def session(self, client: int) -> Iterator[Callable[[bytes], object]]:
        """Yield what hands in one message."""
        with smtplib.SMTP("127.0.0.1", self.port, timeout=120) as smtp:
            smtp.login(*self.clients[client])
            yield lambda message: smtp.sendmail(DESK, [_TO], message)

    def memory(self, name: str) -> float:
        """Return the resident set (VmRSS) or its peak (VmHWM) in MB."""
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) / 1024
        raise LookupError(name)

    def cpu(self) -> float:
        """Return the seconds of the processor that it has used."""
        words = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def forget_peak(self) -> None:
        Path(f"/proc/{self.process.pid}/clear_refs").write_text("5")

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()


def main() -> int:
    port = free_port()
    with ExitStack() as stack:
        product, _emulator = stack.enter_context(
            servers(MAILCONNECTOR_SMTP_LISTEN=f"127.0.0.1:{port}")
        )
        product.redis.start()
        listener = Listener(product.environment, port)
        stack.callback(listener.stop)
        _hand_in(listener, 0, [_letter(3_400)])
        rate = _rate(listener)
        above = _large(listener)
        _beside_idle(listener)
    return 0 if rate >= SLOWEST and above <= LARGEST else 1


def _rate(listener: Listener) -> float:
    letters = [_letter(3_400) for _n in range(SMALL)]
    began, used = time.monotonic(), listener.cpu()
    with ThreadPoolExecutor(CLIENTS) as threads:
        shares = [letters[n::CLIENTS] for n in range(CLIENTS)]
        list(threads.map(lambda n: _hand_in(listener, n, shares[n]), range(CLIENTS)))
    rate = SMALL / (time.monotonic() - began)
    cost = (listener.cpu() - used) / SMALL * 1000
    print(  # noqa: T201
        f"{SMALL} messages of 3.4 KB over {CLIENTS} connections: {rate:.0f}/s, {cost:.1f} ms of CPU"
    )
    return rate


def _large(listener: Listener) -> float:
    letter = _letter(36 * 1_000_000)
    listener.forget_peak()
    idle, began = listener.memory("VmRSS"), time.monotonic()
    with ThreadPoolExecutor(CLIENTS) as threads:
        list(threads.map(lambda n: _hand_in(listener, n, [letter]), range(CLIENTS)))
    took, above = time.monotonic() - began, listener.memory("VmHWM") - idle
    print(  # noqa: T201
        f"{CLIENTS} x 36 MB at once: {took:.1f} s, idle {idle:.0f} MB, {above:.0f} MB above idle"
    )
    return above


def _beside_idle(listener: Listener) -> None:
    idle = [socket.create_connection(("127.0.0.1", listener.port)) for _n in range(IDLE)]
    times = []
    with listener.session(0) as hand_in:
        for _n in range(50):
            began = time.monotonic()
            hand_in(_letter(3_400))
            times.append((time.monotonic() - began) * 1000)
    for each in idle:
        each.close()
    p95 = statistics.quantiles(times, n=20)[-1]
    print(f"beside {IDLE} idle: p50 {statistics.median(times):.0f} ms, p95 {p95:.0f} ms")  # noqa: T201


def _hand_in(listener: Listener, client: int, letters: list[bytes]) -> None:
    with listener.session(client) as hand_in:
        for letter in letters:
            hand_in(letter)


def _letter(size: int) -> bytes:
    head = (
        f"From: {DESK}\r\nTo: {_TO}\r\nSubject: Scan\r\nMIME-Version: 1.0\r\n"
        f"Message-ID: <{os.urandom(8).hex()}@device>\r\n"
        "Content-Type: application/pdf; name=scan.pdf\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\n"
    ).encode()
    scan = base64.encodebytes(os.urandom((size - len(head)) * 57 // 78))
    return head + scan.replace(b"\n", b"\r\n")


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


if __name__ == "__main__":
    sys.exit(main())
