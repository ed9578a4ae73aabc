"""docs/security.md is true as far as a program can tell; and dependencies are pinned."""

import ast
import re
import tomllib
from importlib.metadata import PackageNotFoundError, distributions, requires
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

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


def pinned():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pairs = [line.split("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, version in pairs}


def test_every_package_is_pinned():
    """What we name, and whatever that brings along in this environment."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    ours = list(chain(project["dependencies"], *project["optional-dependencies"].values()))
    versions, seen, waiting = pinned(), set(), [Requirement(text) for text in ours]
    for wanted in waiting:
        assert [specifier.operator for specifier in wanted.specifier] == ["=="], wanted
        assert f"=={versions[canonicalize_name(wanted.name)]}" == str(wanted.specifier)
    missing = set()
    while waiting:
        wanted = waiting.pop()
        name = canonicalize_name(wanted.name)
        if (name, *sorted(wanted.extras)) in seen:
            continue
        seen.add((name, *sorted(wanted.extras)))
        if name not in versions:
            missing.add(name)
        waiting += brought_along(wanted)
    assert missing <= {"setuptools"}  # comes with the environment, as pip does


def test_every_package_takes_the_python_of_debian_12():
    """pip gives up, or searches for minutes, where a pinned version asks for a later one."""
    asks = {each.name: each.metadata["Requires-Python"] or "" for each in distributions()}

    assert [name for name, text in asks.items() if "3.11.2" not in SpecifierSet(text)] == []


def brought_along(wanted):
    try:
        texts = requires(wanted.name) or []
    except PackageNotFoundError:
        return []
    found = [Requirement(text) for text in texts]
    extras = [*wanted.extras, ""]
    return [
        each
        for each in found
        if each.marker is None or any(each.marker.evaluate({"extra": extra}) for extra in extras)
    ]
