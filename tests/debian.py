"""Programs and libraries of Debian's that tests and benchmarks need."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

# Where Debian has servers, which is in the PATH of root only.
_PATH = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin"


def missing(packages: Mapping[str, str]) -> list[str]:
    """Return the packages that are not there; as root they are installed first. `packages` has them
    by the name of a program, or by the path of a library."""
    wanted = _not_there(packages)
    if wanted and os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "--quiet"], check=True)  # noqa: S607
        apt = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *wanted]
        subprocess.run(apt, check=True, env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"})
    return _not_there(packages)


def _not_there(packages: Mapping[str, str]) -> list[str]:
    return [package for name, package in packages.items() if not _is_there(name)]


def _is_there(name: str) -> bool:
    return Path(name).exists() if "/" in name else bool(shutil.which(name, path=_PATH))
