"""Make the virtual environment and install what pyproject.toml lists, with nothing but Python.

The project itself is not installed: it runs from its folder, and so needs no build tools.
"""

import os
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

OLDEST = (3, 11)


def main(folder: Path, extras: list[str]) -> int:
    if sys.version_info < OLDEST:
        print(f"Python 3.11 or later is needed, this is {sys.version.split()[0]}.", file=sys.stderr)  # noqa: T201
        return 1
    if not (folder / "bin" / "pip").exists():
        if not _can_make_environments():
            return 1
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
    print("Installing the dependencies; the first time this takes a minute.", flush=True)  # noqa: T201
    project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"]]
    for extra in extras:
        wanted += project["optional-dependencies"][extra]
    pip = [folder / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    constraints = ["--constraint", "constraints.txt"]
    return subprocess.run([*pip, "install", *constraints, *wanted], check=False).returncode


def _can_make_environments() -> bool:
    """Debian's python3 comes without ensurepip: as root we install it, else the person is told."""
    try:
        import ensurepip  # noqa: F401, PLC0415 - whether it is there is the question
    except ImportError:
        package = f"python3.{sys.version_info.minor}-venv"
        if os.geteuid() or not shutil.which("apt-get"):
            print(f"Install the package {package}, then try again.", file=sys.stderr)  # noqa: T201
            return False
        apt = ["apt-get", "--quiet", "--yes"]
        subprocess.run([*apt, "update"], check=True)
        subprocess.run([*apt, "install", "--no-install-recommends", package], check=True)
    return True


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
