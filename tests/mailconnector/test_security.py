"""docs/security.md is true as far as a program can tell."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs/security.md").read_text().split("## Who")[0].splitlines()
    if line.startswith("| ") and not line.startswith(("| threat", "| ---"))
]
NAMED = sorted({name for row in ROWS for name in re.findall(r"`(tests/[^`]+)`", row[2])})


def test_every_threat_has_a_defence_and_a_test():
    assert len(ROWS) > 35
    for threat, defence, tests in ROWS:
        assert defence, threat
        assert "::test_" in tests, threat


@pytest.mark.parametrize("name", NAMED)
def test_each_named_test_exists(name):
    path, _colons, function = name.partition("::")

    names = {
        node.name
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.FunctionDef)
    }

    assert function in names
