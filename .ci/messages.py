"""`make messages`: the texts of the source into locale/*/LC_MESSAGES/django.po, and those into .mo.

Needs Debian's gettext. The .mo files are committed, because a machine that only runs the product
has no msgfmt; tests/mailconnector/test_messages.py fails when one of the two is not up to date.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

NOT_OURS = ("*/.venv/*", ".venv", "tests", "benchmarks", "exchange_emulator", "build")


def main() -> int:
    ignored = [part for pattern in NOT_OURS for part in ("--ignore", pattern)]
    with tempfile.TemporaryDirectory() as data:
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "mailconnector.settings",
            "MAILCONNECTOR_DATA_DIR": data,
        }
        django = [sys.executable, "manage.py"]
        # Without places, obsolete texts and line breaks, so that a change is a few lines.
        options = ["--all", "--no-location", "--no-obsolete", "--no-wrap"]
        subprocess.run([*django, "makemessages", *options, *ignored], check=True, env=environment)
        for catalog in Path("locale").glob("*/LC_MESSAGES/django.po"):
            # By their text: in the order of the source every moved file would change the catalog.
            in_order = ["msgcat", "--sort-output", "--no-wrap", f"--output-file={catalog}"]
            subprocess.run([*in_order, catalog], check=True)
            lines = catalog.read_text().splitlines(keepends=True)
            # It would be different each time.
            kept = [line for line in lines if not line.startswith('"POT-Creation-Date')]
            catalog.write_text("".join(kept))
        return subprocess.run(
            [*django, "compilemessages", *ignored], check=False, env=environment
        ).returncode


if __name__ == "__main__":
    sys.exit(main())
