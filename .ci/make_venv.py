"""Make the virtual environment. Debian's python3 comes without the part that venv needs: as
root it is installed, else the person is told."""

import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

OLDEST = (3, 11)


def main(folder: str) -> int:
    if sys.version_info < OLDEST:
        print(f"Python 3.11 or later is needed, this is {sys.version.split()[0]}.", file=sys.stderr)  # noqa: T201
        return 1
    try:
        import ensurepip  # noqa: F401, PLC0415 - whether it is there is the question
    except ImportError:
        package = f"python3.{sys.version_info.minor}-venv"
        if os.geteuid() or not shutil.which("apt-get"):
            print(f"Install the package {package}, then try again.", file=sys.stderr)  # noqa: T201
            return 1
        apt = ["apt-get", "install", "--yes", "--no-install-recommends", package]
        subprocess.run(["apt-get", "update", "--quiet"], check=True)  # noqa: S607
        subprocess.run(apt, check=True)
    # Half an environment, left by a try without ensurepip, must not look whole.
    shutil.rmtree(folder, ignore_errors=True)
    venv.create(Path(folder), with_pip=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
