"""What git's hooks run is what `make check` runs."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_hooks_run_the_parts_of_make_check():
    (parts,) = re.findall(r"^check:(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    config = (ROOT / ".pre-commit-config.yaml").read_text()

    assert re.findall(r"entry: (.*)", config) == [f"make {part}" for part in parts.split()]
    assert set(re.findall(r"repo: (.*)", config)) == {"local"}
