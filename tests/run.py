"""`make test`: all tests, with what they need. PostgreSQL is started here, on a socket of its own,
and stopped after; the tests start the other servers themselves.

`python -m tests.run --clock +400d --zone Asia/Tokyo --locale de_DE.ISO-8859-1 PATHS` runs these
paths on a machine with another date, zone and language; so do all servers and processes of the run.
"""

import argparse
import os
import subprocess
import sys
from dataclasses import dataclass

from tests import debian
from tests.machines import machine
from tests.servers import postgresql

# The Debian package of each program, and of libraries by their path.
PACKAGES = {
    "chromium": "chromium",
    "curl": "curl",
    "faketime": "faketime",
    "locale-gen": "locales",
    "nginx": "nginx",
    "msgfmt": "gettext",
    "pg_virtualenv": "postgresql",
    # Programs of others that hand in mail
    "msmtp": "msmtp",
    "postfix": "postfix",
    "s-nail": "s-nail",
    "swaks": "swaks",
    "javac": "default-jdk-headless",
    "/usr/share/java/javax.mail.jar": "libmail-java",
}

# They know neither the database nor, but for what `-m now` chooses, the date.
_BACKENDS = "tests/notifications/backends"


# Each waits for servers and browsers half of its time.
_PROCESSES = 2 * (os.cpu_count() or 1)


@dataclass(frozen=True)
class Once:
    """Some of the tests once more, on SQLite and on a machine that is not ours."""

    title: str
    tests: list[str]
    clock: str
    zone: str
    locale: str = ""


# What touches the database runs on SQLite too, each part of it at a date that has its own traps;
# the rest has no reason to run twice, but for some of it that waits for processes.
ONCE_MORE = (
    Once(
        "The tests of time, in the night in which Berlin's clocks go back",
        ["-m", "now", "tests/notifications"],
        clock="2027-10-31T02:59:20",
        zone="Europe/Berlin",
    ),
    Once(
        "The other tests of notifications, in a leap year's night to 29 February",
        ["-m", "not now", f"--ignore={_BACKENDS}", "tests/notifications"],
        clock="2028-02-28T23:59:20Z",
        zone="America/St_Johns",
        locale="C",
    ),
    Once(
        "The tests of the settings, in 400 days, 14 hours east, on a machine that speaks German",
        ["tests/settings_ui"],
        clock="+400d",
        zone="Pacific/Kiritimati",
        locale="de_DE.ISO-8859-1",
    ),
    Once(
        "Whole processes and a browser, tomorrow",
        ["tests/whole/test_run.py", "tests/whole/test_log.py"],
        clock="+1d",
        zone="Pacific/Kiritimati",
        locale="de_DE.ISO-8859-1",
    ),
)


def main(arguments: list[str]) -> int:
    if missing := debian.missing(PACKAGES):
        print(f"Install these Debian packages first: {' '.join(missing)}", file=sys.stderr)  # noqa: T201
        return 1
    options, arguments = _options().parse_known_args(arguments)
    with machine(when=options.clock, zone=options.zone, locale=options.locale) as environment:
        os.environ.update(environment)
        status = _on_postgresql(arguments)
    if status or options.clock or any(not a.startswith("-") for a in arguments):
        return status
    return next(filter(None, (_once_more(once, arguments) for once in ONCE_MORE)), 0)


def _on_postgresql(arguments: list[str]) -> int:
    with postgresql() as server:
        print("All tests, on PostgreSQL", flush=True)  # noqa: T201
        return _pytest(arguments, DATABASE_URL=server.url)


def _once_more(once: Once, arguments: list[str]) -> int:
    print(once.title, flush=True)  # noqa: T201
    with machine(when=once.clock, zone=once.zone, locale=once.locale) as environment:
        return _pytest([*arguments, *once.tests], **environment)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    parser.add_argument("--clock", default="", help="how far (+400d), or a date and time")
    parser.add_argument("--zone", default="")
    parser.add_argument("--locale", default="", help="C, or one that is made for the run")
    return parser


def _pytest(arguments: list[str], **environment: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", "-n", str(_PROCESSES), *arguments]
    return subprocess.run(command, env={**os.environ, **environment}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
