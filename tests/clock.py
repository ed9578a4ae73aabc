"""Clocks that are wrong on purpose, which Debian's package faketime provides."""

import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

_SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}
_NAME = "FAKETIME"


def moved(when: str, *, zone: str = "UTC") -> dict[str, str]:
    """Return variables that move the clock of a process and of all that it starts. `when` is a
    distance such as +400d, or the date and time, in the zone, at which the run begins."""
    return {**_loaded(), _NAME: f"{_distance(when, zone):+d}s"}


def for_another_user(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without the memory that faketime shares with what a process starts: it
    belongs to the first process's user, and a process of another user would not start."""
    return {name: value for name, value in environment.items() if name != "FAKETIME_SHARED"}


def right(environment: Mapping[str, str]) -> dict[str, str]:
    """This environment with the true clock."""
    return {name: value for name, value in environment.items() if name != "LD_PRELOAD"}


def as_a_file_says(environment: Mapping[str, str], path: Path) -> dict[str, str]:
    """Return the environment with the clock that `write` moves while the process runs."""
    kept = {name: value for name, value in environment.items() if name != _NAME}
    follows = {"FAKETIME_TIMESTAMP_FILE": str(path), "FAKETIME_CACHE_DURATION": "1"}
    return {**kept, **_loaded(), **follows}


def write(path: Path, seconds: int) -> None:
    """Move the clock in the file by so many seconds from this process's clock."""
    moved_already = int(os.environ.get(_NAME, "0").rstrip("s"))
    path.write_text(f"{moved_already + seconds:+d}s")


def _loaded() -> dict[str, str]:
    (library,) = Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")
    mended = [str(Path(__file__).parent / "under_faketime"), os.environ.get("PYTHONPATH", "")]
    return {
        "LD_PRELOAD": str(library),
        # A jump of the wall clock leaves the monotonic one alone, as on any machine.
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, mended)),
    }


def _distance(when: str, zone: str) -> int:
    if found := re.fullmatch(r"([+-]\d+)([dhms])", when):
        return int(found[1]) * _SECONDS[found[2]]
    begins = datetime.fromisoformat(when)
    if begins.tzinfo is None:
        begins = begins.replace(tzinfo=ZoneInfo(zone))
    return round((begins - datetime.now(UTC)).total_seconds())
