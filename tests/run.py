"""`make test` runs all tests with what they need. It starts PostgreSQL on a socket of its own, and
stops it afterwards; the tests start the other servers themselves.

`python -m tests.run --clock +400d --zone Asia/Tokyo --locale de_DE.ISO-8859-1 PATHS` runs these
paths on a machine with another date, zone and language; so do all servers and processes of the run.
"""

import argparse
import os
import shutil
import subprocess
import sys

from tests.machines import machine
from tests.servers import postgresql

PACKAGES = {
    "chromium": "chromium",
    "curl": "curl",
    "faketime": "faketime",
    "locale-gen": "locales",
    "nginx": "nginx",
    "msgfmt": "gettext",
    "pg_virtualenv": "postgresql",
}
# Debian's servers are here, which is in the PATH of root only.
_PATH = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin"
# These tests touch the database; the others have no reason to run twice.
ON_SQLITE_TOO = ["tests/notifications", "tests/settings_ui"]


def main(arguments: list[str]) -> int:
    if missing := _missing():
        print(f"Install these Debian packages first: {' '.join(missing)}", file=sys.stderr)  # noqa: T201
        return 1
    options, arguments = _options().parse_known_args(arguments)
    with machine(when=options.clock, zone=options.zone, locale=options.locale) as environment:
        os.environ.update(environment)
        return _everywhere(arguments)


def _everywhere(arguments: list[str]) -> int:
    with postgresql() as server:
        print("All tests, on PostgreSQL", flush=True)  # noqa: T201
        first = _pytest(arguments, DATABASE_URL=server.url)
    if first or any(not a.startswith("-") for a in arguments):
        return first
    print("The tests that use the database, on SQLite", flush=True)  # noqa: T201
    return _pytest([*arguments, *ON_SQLITE_TOO])


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--clock", default="", help="how far (+400d), or a date and time")
    parser.add_argument("--zone", default="")
    parser.add_argument("--locale", default="", help="C, or one that is made for the run")
    return parser


def _pytest(arguments: list[str], **environment: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-n", "auto", *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


def _missing() -> list[str]:
    """Return the Debian packages that are missing; root gets them installed first."""
    missing = [
        package for program, package in PACKAGES.items() if not shutil.which(program, path=_PATH)
    ]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "--quiet"], check=True)  # noqa: S607
        apt = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *missing]
        subprocess.run(apt, check=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    return [
        package for program, package in PACKAGES.items() if not shutil.which(program, path=_PATH)
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
