"""A queue whose process is killed when half of the mails have arrived, and started anew. The
emulator counts what arrives; each mail has a subject of its own.
"""

import os
import signal
import subprocess
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg

from tests.exchange_emulator.emulator import Emulator
from tests.waiting import wait_until

# A message takes so long, so that the kill comes while some are under way.
LATENCY_MS = 50
# A queue is given up once nothing has arrived for so long. Ours looks after what is in doubt, and
# its leases are that short here.
_QUIET = 20  # seconds
_LEASES = {
    "MAILCONNECTOR_CLAIM_LEASE": "5",
    "MAILCONNECTOR_LANE_LEASE": "5",
    "MAILCONNECTOR_DOUBT_GRACE": "1",
}


@dataclass(frozen=True)
class Losses:
    """`lost` never arrived and nobody is told, `twice` arrived more than once, `held` wait for a
    person, who is told that they may have been sent."""

    lost: int
    twice: int
    held: int


def killed_half_way(
    name: str, count: int, environment: dict[str, str], emulator: Emulator, *, folder: Path
) -> Losses:
    """Put `count` mails, begin to send, kill, begin again, and count what arrived. The queue runs
    in `folder`."""
    environment |= _LEASES
    subprocess.run([*_command(name, count), "put"], env=environment, check=True, cwd=folder)
    process = _drain(name, count, environment, folder)
    wait_until(lambda: _arrived(emulator) >= count // 2, between=0.02)
    _kill(process)
    process = _drain(name, count, environment, folder)
    _wait_for_the_end(process, emulator)
    _kill(process)
    arrived = Counter(message["subject"] for message in emulator.messages())
    held = _held(environment["DATABASE_URL"]) if name.startswith("ours") else set()
    return Losses(
        count - len(arrived.keys() | held), sum(times > 1 for times in arrived.values()), len(held)
    )


def _held(database: str) -> set[str]:
    with psycopg.connect(database) as connection:
        rows = connection.execute(
            "SELECT subject FROM notifications_notification WHERE status = 'unconfirmed'"
        )
        return {subject for (subject,) in rows}


def _command(name: str, count: int) -> list[str]:
    return [sys.executable, "-m", "benchmarks.peers.candidate", name, str(count)]


def _drain(
    name: str, count: int, environment: dict[str, str], folder: Path
) -> subprocess.Popen[bytes]:
    """Start it in a group of its own: a kill reaches the Celery worker too."""
    return subprocess.Popen(
        [*_command(name, count), "drain"], env=environment, start_new_session=True, cwd=folder
    )


def _kill(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _arrived(emulator: Emulator) -> int:
    """Count the requests that sent a mail; the mails themselves take long to read."""
    requests = emulator.control("GET", "stats").json()["requests"]
    return sum(int(answers.get("202", 0)) for answers in requests.values())


def _wait_for_the_end(process: subprocess.Popen[bytes], emulator: Emulator) -> None:
    """Wait until the queue has ended, or nothing more arrives."""
    seen = -1
    while process.poll() is None and seen != (seen := _arrived(emulator)):
        wait_until(lambda: process.poll() is not None or _arrived(emulator) != seen, seconds=_QUIET)
