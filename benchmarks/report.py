"""Writing figures into the marked parts of docs/benchmarks.md."""

import re
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"


def write_section(name: str, text: str) -> None:
    """Replace what stands between `<!-- name -->` and `<!-- end -->`."""
    marked = re.compile(rf"(<!-- {re.escape(name)} -->\n).*?(<!-- end -->)", re.DOTALL)
    page, found = marked.subn(lambda marks: f"{marks[1]}{text}\n{marks[2]}", PAGE.read_text())
    if not found:
        raise ValueError(f"docs/benchmarks.md has no part “{name}”")
    PAGE.write_text(page)
