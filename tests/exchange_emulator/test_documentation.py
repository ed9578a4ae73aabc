"""docs/emulator.md names every error that there is."""

import re
from pathlib import Path

from exchange_emulator.entra.errors import KINDS
from exchange_emulator.graph.known_errors import GRAPH_ERRORS

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "emulator.md").read_text(encoding="utf-8")
QUOTED = re.compile(
    r'"(Error[A-Z]\w+|Invalid[A-Z]\w+|[A-Z]\w+(?:Error|Denied|NotFound|Dependency))"'
)


def named_in_the_code():
    sources = (ROOT / "exchange_emulator").rglob("*.py")
    return {code for path in sources for code in QUOTED.findall(path.read_text(encoding="utf-8"))}


def test_every_error_of_graph_and_ews_is_in_the_document():
    codes = (named_in_the_code() | set(GRAPH_ERRORS)) - {"ErrorMessage"}
    assert sorted(code for code in codes if code not in DOCUMENT) == []


def test_every_error_of_entra_is_in_the_document():
    assert [number for number in KINDS if not re.search(rf"\b{number}\b", DOCUMENT)] == []
