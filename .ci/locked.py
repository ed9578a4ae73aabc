"""`make requirements`: whether requirements/ has every package that pyproject.toml names, by hash.

A file of requirements/ names only what the sets before it do not: `EXTENDS` says which those are.
"""

import re
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
# Every set maps to the one that is installed before it.
EXTENDS = {
    "installer": "",
    "production": "",
    "practice": "production",
    "test": "practice",
    "bench": "test",
    "lock": "test",
}
_PINNED = r"(?P<name>[\w.-]+)(?P<extras>\[[\w,.-]+\])?==(?P<version>[\w.!+-]+)"
_LOCKED = re.compile(rf"{_PINNED}( ; [^#]+?)?(?P<hashes>( --hash=sha256:[0-9a-f]{{64}})+)")


class Package(NamedTuple):
    """A locked package; `hashes` are the SHA-256 of all files that may be installed as it."""

    name: str
    version: str
    hashes: list[str]


def wanted(named: str, root: Path = ROOT) -> list[str]:
    """Return the lines of pyproject.toml for one set."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    optional: dict[str, list[str]] = project["optional-dependencies"]
    return optional.get(named, []) if named != "production" else list(project["dependencies"])


def path(named: str, root: Path = ROOT) -> Path:
    return root / "requirements" / f"{named}.txt"


def before(named: str) -> list[str]:
    """Return the sets that are installed before this one, the first one first."""
    parent = EXTENDS[named]
    return [*before(parent), parent] if parent else []


def packages(named: str, root: Path = ROOT) -> list[Package]:
    """Read one file of requirements/; raise ValueError for a line that is not locked by hash."""
    text = path(named, root).read_text().replace(" \\\n", " ")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return [_package(line, named) for line in lines if line and not line.startswith("#")]


def _package(line: str, named: str) -> Package:
    found = _LOCKED.fullmatch(line)
    if found is None:
        raise ValueError(f"requirements/{named}.txt: {line!r} is not one version with its hashes")
    hashes = [each.partition("sha256:")[2] for each in found["hashes"].split()]
    return Package(_canonical(found["name"]), found["version"], hashes)


def _canonical(name: str) -> str:
    """Write a name as indexes do (PyPA's "Names and normalization")."""
    return re.sub(r"[-_.]+", "-", name).lower()


def faults(root: Path = ROOT) -> list[str]:
    """Say what is wrong with requirements/, in one sentence each."""
    found = []
    for named in EXTENDS:
        try:
            sets = [packages(each, root) for each in (*before(named), named)]
        except (OSError, ValueError) as error:
            found.append(str(error))
            continue
        versions = {each.name: each.version for packages in sets for each in packages}
        found += [fault for text in wanted(named, root) if (fault := _differs(text, versions))]
    return found


def _differs(text: str, versions: dict[str, str]) -> str:
    pinned = re.fullmatch(_PINNED, text)
    if pinned is None:
        return f"pyproject.toml: {text!r} is not one version"
    has = versions.get(_canonical(pinned["name"]), "nothing")
    return "" if has == pinned["version"] else f"pyproject.toml: {text!r}, requirements/: {has}"


def main() -> int:
    found = faults()
    for fault in found:
        print(fault, file=sys.stderr)  # noqa: T201 - a command's output
    if found:
        print("`make lock` makes requirements/ anew from pyproject.toml.", file=sys.stderr)  # noqa: T201
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
