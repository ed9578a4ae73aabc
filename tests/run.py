"""`make test`: all tests, with what they need. PostgreSQL is started here, on a free port, and
stopped after; the tests start the other servers themselves."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PACKAGES = {"chromium": "chromium", "pg_virtualenv": "postgresql"}
# What touches the database; the rest has no reason to run twice.
ON_SQLITE_TOO = ["tests/notifications", "tests/settings_ui"]


def main(arguments: list[str]) -> int:
    if missing := _missing():
        print(f"Install these Debian packages first: {' '.join(missing)}", file=sys.stderr)  # noqa: T201
        return 1
    with _postgresql() as url:
        print("All tests, on PostgreSQL", flush=True)  # noqa: T201
        first = _pytest(arguments, DATABASE_URL=url)
    if first or any(not a.startswith("-") for a in arguments):
        return first
    print("The tests that use the database, on SQLite", flush=True)  # noqa: T201
    return _pytest([*arguments, *ON_SQLITE_TOO])


def _pytest(arguments: list[str], **environment: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


def _missing() -> list[str]:
    """Debian packages that are needed; as root they are installed first."""
    missing = [package for program, package in PACKAGES.items() if not shutil.which(program)]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "--quiet"], check=True)  # noqa: S607
        apt = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *missing]
        subprocess.run(apt, check=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    return [package for program, package in PACKAGES.items() if not shutil.which(program)]


@contextmanager
def _postgresql() -> Iterator[str]:
    """A server of our own; its URL. It refuses to run as root: Debian has a user for it."""
    binaries = max(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name))
    folder = Path(tempfile.mkdtemp(prefix="mail-connector-postgresql-"))
    is_root = os.geteuid() == 0
    if is_root:
        shutil.chown(folder, "postgres")
    user = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--clear-groups"]
    as_postgres = user if is_root else []
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [*as_postgres, str(binaries / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
        )

    # A socket in a folder of its own instead of a port: it cannot be taken.
    options = f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off"
    run("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "-D", str(data))
    run("pg_ctl", "-D", str(data), "-w", "-l", str(folder / "log"), "-o", options, "start")
    try:
        host = str(folder).replace("/", "%2F")
        yield f"postgres://postgres@{host}/postgres"
    finally:
        run("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
