"""Make the virtual environment and install what requirements/ locks, with nothing but Python.

    install.py FOLDER [SET …]       installs production, and then the sets named

Only wheels are installed, and only files whose hash is in requirements/. The project itself is not
installed: it runs from its folder. So nothing is built, and no build tools come along.
"""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

OLDEST = (3, 11)
REQUIREMENTS = Path(__file__).parents[1] / "requirements"
NOT_INSTALLED = """\
The packages could not be installed. Read pip's message above:
- "do not match the hashes": the package index, or a mirror of it, gave another file than the one
  that requirements/ names. Take the index that the files were locked from, or an exact copy of it.
  A mirror that builds packages itself cannot be used, and nobody should take the hashes out.
- "No matching distribution": the index lacks the version, or has no file of it for this machine.
- anything else: the index was not reached, or the disk is full. Try again.
"""


def main(folder: Path, sets: list[str]) -> int:
    if sys.version_info < OLDEST:
        print(f"Python 3.11 or later is needed, this is {sys.version.split()[0]}.", file=sys.stderr)  # noqa: T201
        return 1
    if not (folder / "bin" / "pip").exists():
        if not _can_make_environments():
            return 1
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
    print("Installing the dependencies; the first time this takes a minute.", flush=True)  # noqa: T201
    # The installer comes first: the pip that Python brings is old.
    if _install(folder, ["installer"]) and _install(folder, ["production", *sets]):
        return 0
    print(NOT_INSTALLED, file=sys.stderr)  # noqa: T201
    return 1


def _install(folder: Path, sets: list[str]) -> bool:
    pip = [folder / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    only = ["install", "--require-hashes", "--only-binary", ":all:"]
    files = [part for each in sets for part in ("-r", REQUIREMENTS / f"{each}.txt")]
    return subprocess.run([*pip, *only, *files], check=False).returncode == 0


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
