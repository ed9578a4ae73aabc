"""`make lock`: write requirements/*.txt from pyproject.toml.

Each package gets one version and the hashes of all files that its index has of it, for every
platform and version of Python. What is locked already stays, unless `--upgrade` is given.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

import locked

# The oldest that runs the product: Debian 12's. Packages have to have a wheel, because building
# from source would fetch build tools that no hash is known of.
COMPILE = [
    *("--quiet", "--system-certs", "pip", "compile", "--universal", "--python-version", "3.11.2"),
    *("--generate-hashes", "--only-binary", ":all:", "--no-header", "--no-annotate"),
]
HEADER = "# Made by `make lock` from pyproject.toml. Do not edit.\n"


def main(options: list[str]) -> int:
    with tempfile.TemporaryDirectory() as folder:
        for named in locked.EXTENDS:
            _lock(named, Path(folder), options)
    return 0


def _lock(named: str, folder: Path, options: list[str]) -> None:
    """Lock a set together with those before it, and write what they do not have."""
    earlier = locked.before(named)
    lines = [line for each in (*earlier, named) for line in locked.wanted(each)]
    asked, made = folder / f"{named}.in", folder / f"{named}.txt"
    asked.write_text("\n".join(lines))
    # uv keeps the versions that it finds in the file that it is to write.
    old = [locked.path(each) for each in locked.EXTENDS]
    made.write_text("".join(path.read_text() for path in old if path.exists()))
    fixed = [part for each in earlier for part in ("--constraint", str(folder / f"{each}.txt"))]
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, *COMPILE, *fixed, *options, asked, "--output-file", made], check=True)
    known = {block for each in earlier for block in _blocks(folder / f"{each}.txt")}
    ours = [block for block in _blocks(made) if block not in known]
    locked.path(named).write_text(HEADER + "".join(ours))


def _blocks(path: Path) -> list[str]:
    """Return the packages of a file of requirements, each with the lines of its hashes."""
    blocks: list[str] = []
    for line in path.read_text().splitlines(keepends=True):
        if line.startswith(" "):
            blocks[-1] += line
        elif not line.startswith("#"):
            blocks.append(line)
    return blocks


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
