"""`make sbom`: print what production installs, as a bill of materials in CycloneDX 1.6."""

import json
import sys
import tomllib
from typing import Any

import locked


def bill() -> dict[str, Any]:
    project = tomllib.loads((locked.ROOT / "pyproject.toml").read_text())["project"]
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _component("application", project["name"], project["version"])},
        "components": [
            {
                **_component("library", each.name, each.version),
                "purl": f"pkg:pypi/{each.name}@{each.version}",
                "hashes": [{"alg": "SHA-256", "content": content} for content in each.hashes],
            }
            for each in locked.packages("production")
        ],
    }


def _component(kind: str, name: str, version: str) -> dict[str, Any]:
    return {"type": kind, "bom-ref": f"{name}@{version}", "name": name, "version": version}


if __name__ == "__main__":
    json.dump(bill(), sys.stdout, indent=2)
