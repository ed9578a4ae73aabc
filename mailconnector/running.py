"""What `make run` runs with, told to manage.py in another shell by a file of the data folder."""

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_NAMES = frozenset(
    {
        "PORT",
        "MAILCONNECTOR_PUBLIC_URL",
        "MAILCONNECTOR_CLOUD",
        "MAILCONNECTOR_EMULATOR_HTTP_PORT",
        "MAILCONNECTOR_EMULATOR_HTTPS_PORT",
    }
)


@contextmanager
def told(folder: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """Keep the variables in the folder while the product runs."""
    file = _file(folder)
    file.write_text(json.dumps(variables))
    try:
        yield
    finally:
        file.unlink(missing_ok=True)


def take_over(folder: Path) -> None:
    """Set the variables that this shell does not set itself. A damaged file tells nothing."""
    try:
        variables = json.loads(_file(folder).read_text())
    except (OSError, ValueError):
        return
    if not isinstance(variables, dict):
        return
    for name, value in variables.items():
        if name in _NAMES and isinstance(value, str):
            os.environ.setdefault(name, value)


def _file(folder: Path) -> Path:
    return folder / "running.json"
