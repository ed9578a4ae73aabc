"""Workers, beat, PostgreSQL, Redis and the emulator as processes, to be killed and restarted."""

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from tests.servers import PostgreSQL, Redis

ROOT = Path(__file__).parents[2]
WORKERS = 2


@dataclass
class Product:
    folder: Path
    database: PostgreSQL
    redis: Redis
    environment: dict[str, str]
    workers: list[subprocess.Popen] = field(default_factory=list)
    others: list[subprocess.Popen] = field(default_factory=list)

    def start(self) -> None:
        self.redis.start()
        for index in range(WORKERS):
            self.move_clock(index, 0)
            self.workers.append(self._worker(index))
        self.others.append(self._celery("beat", "--pidfile", ""))

    def kill_worker(self, index: int) -> None:
        """As the kernel does when memory runs out; another one is started in its place."""
        self.workers[index].kill()
        self.workers[index].wait()
        self.workers[index] = self._worker(index)

    def move_clock(self, index: int, seconds: int) -> None:
        """The worker's clock is wrong by so much from now on; another's is not."""
        self._clock(index).write_text(f"{seconds:+d}s")

    def restart_redis(self) -> None:
        """All that the broker knew is gone."""
        self.redis.stop()
        self.redis.start()

    def restart_database(self) -> None:
        self.database.stop()
        self.database.start()

    def stop(self) -> None:
        for process in self.workers + self.others:
            process.kill()
            process.wait()
        self.redis.stop()

    def log(self) -> str:
        with suppress(OSError):
            return (self.folder / "processes.log").read_text()
        return ""

    def _worker(self, index: int) -> subprocess.Popen:
        quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
        clock = {
            "LD_PRELOAD": _fake_clock(),
            "FAKETIME_TIMESTAMP_FILE": str(self._clock(index)),
            "FAKETIME_CACHE_DURATION": "1",
            # A jump of the wall clock leaves the monotonic one alone, as on any machine.
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
        options = ["--pool", "threads", "--concurrency", "4", *quiet]
        return self._celery("worker", *options, variables=clock)

    def _clock(self, index: int) -> Path:
        return self.folder / f"clock-{index}"

    def _celery(
        self, *arguments: str, variables: Mapping[str, str] = MappingProxyType({})
    ) -> subprocess.Popen:
        with (self.folder / "processes.log").open("a") as log:
            return subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "--quiet", "--app", "mailconnector"),
                    *(*arguments, "--loglevel", "WARNING"),
                ],
                cwd=ROOT,
                env={**self.environment, **variables},
                stdout=log,
                stderr=log,
            )


def _fake_clock() -> str:
    """The library of Debian's package faketime."""
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    return str(library)


def environment(folder: Path, database: PostgreSQL, redis: Redis, **more: str) -> dict[str, str]:
    """What the processes are told: short leases, so that a run takes seconds."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("MAILCONNECTOR_", "DJANGO_"))}
    return {
        **kept,
        "DATABASE_URL": database.url,
        "REDIS_URL": redis.url,
        "MAILCONNECTOR_DATA_DIR": str(folder / "data"),
        "MAILCONNECTOR_CLAIM_LEASE": "3",
        "MAILCONNECTOR_LANE_LEASE": "2",
        "MAILCONNECTOR_DOUBT_GRACE": "1",
        "MAILCONNECTOR_WAKE_INTERVAL": "1",
        "C_FORCE_ROOT": "1",
        **more,
    }
