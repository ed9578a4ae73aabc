"""Machines with another date, another zone and another language."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import clock


@contextmanager
def machine(*, when: str = "", zone: str = "", locale: str = "") -> Iterator[dict[str, str]]:
    """Yield the variables for a process and all that it starts; others stay as they are."""
    environment = {"TZ": zone} if zone else {}
    if when:
        environment |= clock.moved(when, zone=zone or "UTC")
    if not locale:
        yield environment
        return
    environment |= {"LC_ALL": locale, "LANG": locale, "LANGUAGE": locale.partition("_")[0]}
    with tempfile.TemporaryDirectory(prefix="mail-connector-locale-") as folder:
        Path(folder).chmod(0o755)  # PostgreSQL runs as a user of its own
        _make_locale(locale, Path(folder))
        yield environment | {"LOCPATH": folder}


def _make_locale(name: str, folder: Path) -> None:
    """Make the locale for the run, because machines have few of them."""
    language, _dot, charset = name.partition(".")
    if charset:
        command = ["localedef", "-i", language, "-f", charset, str(folder / name)]
        subprocess.run(command, check=True)
