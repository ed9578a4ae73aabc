"""The product as processes (workers and beat) with its own PostgreSQL, Redis and emulator, for the
chaos runs and the benchmarks: they can be killed, restarted, and have their clocks moved."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import django
from django.core.management import call_command

from tests import clock
from tests.exchange_emulator import emulator as practice
from tests.exchange_emulator.emulator import Emulator
from tests.servers import PostgreSQL, Redis, postgresql

ROOT = Path(__file__).parents[1]
# A developer's shell may have set these, and a run must not see them.
_OURS = ("MAILCONNECTOR_", "DJANGO_", "DATABASE_URL", "REDIS_URL", "REQUESTS_CA", "CURL_CA")
WORKERS = 2


@dataclass
class Product:
    """`moves_clocks` costs the workers some of what they do: each look at the clock is a call of
    faketime's."""

    folder: Path
    database: PostgreSQL
    redis: Redis
    environment: dict[str, str]
    workers: list[subprocess.Popen] = field(default_factory=list)
    others: list[subprocess.Popen] = field(default_factory=list)
    moves_clocks: bool = True

    def start(self) -> None:
        self.redis.start()
        for index in range(WORKERS):
            if self.moves_clocks:
                self.move_clock(index, 0)
            self.workers.append(self._worker(index))
        self.others.append(self._celery("beat", "--pidfile", "", environment=self.environment))

    def kill_worker(self, index: int) -> None:
        """Kill a worker as the kernel does when memory runs out, and start another in its place."""
        self.workers[index].kill()
        self.workers[index].wait()
        self.workers[index] = self._worker(index)

    def move_clock(self, index: int, seconds: int) -> None:
        """Set one worker's clock wrong by so much from now on."""
        clock.write(self._clock(index), seconds)

    def restart_redis(self) -> None:
        """Restart the broker, which forgets all that it knew."""
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
        options = ["--pool", "threads", "--concurrency", "4", *quiet]
        environment = self.environment
        if self.moves_clocks:
            environment = clock.as_a_file_says(environment, self._clock(index))
        return self._celery("worker", *options, environment=environment)

    def _clock(self, index: int) -> Path:
        return self.folder / f"clock-{index}"

    def _celery(self, *arguments: str, environment: dict[str, str]) -> subprocess.Popen:
        with (self.folder / "processes.log").open("a") as log:
            return subprocess.Popen(
                [
                    *(sys.executable, "-m", "celery", "--quiet", "--app", "mailconnector"),
                    *(*arguments, "--loglevel", "WARNING"),
                ],
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )


@contextmanager
def servers(**variables: str) -> Iterator[tuple[Product, Emulator]]:
    """Yield the product, not started yet, with an empty database. This process gets Django with the
    same settings, so modules that read them have to be imported afterwards."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="mail-connector-processes-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        for name in ("redis", "data/static"):  # WhiteNoise misses the latter
            (folder / name).mkdir(parents=True)
        database = stack.enter_context(postgresql())
        emulator = practice.start(folder / "emulator")
        stack.callback(practice.stop, emulator)
        emulator.limits(**{"*": None})
        redis = Redis(folder / "redis")
        environment = {
            **{n: v for n, v in os.environ.items() if not n.startswith(_OURS)},
            "DATABASE_URL": database.url,
            "REDIS_URL": redis.url,
            "C_FORCE_ROOT": "1",
            "MAILCONNECTOR_DATA_DIR": str(folder / "data"),
            "MAILCONNECTOR_CLOUD": "custom",
            "MAILCONNECTOR_LOGIN_URL": emulator.https,
            "MAILCONNECTOR_GRAPH_URL": f"{emulator.https}/v1.0",
            "MAILCONNECTOR_CA_BUNDLE": emulator.ca,
            **variables,
        }
        os.environ.clear()
        os.environ.update(environment, DJANGO_SETTINGS_MODULE="mailconnector.settings")
        django.setup()
        call_command("migrate", verbosity=0)
        product = Product(folder, database, redis, environment)
        stack.callback(product.stop)
        yield product, emulator


def sign_in(emulator: Emulator, *, protection: bool) -> None:
    """Connect and save, without a pace."""
    from notifications.models import MicrosoftAccount
    from tests import factories

    factories.connect(emulator, protection=protection)
    MicrosoftAccount.objects.update(cloud="custom")
