"""The certificates that connections to Microsoft are checked against."""

import hashlib
import os
import tempfile
from pathlib import Path

import certifi


def bundle(own: Path, *, folder: Path) -> Path:
    """Return a file in `folder` with the usual authorities and those of `own`: libraries take one
    file, and a proxy that inspects some hosts passes others through. If `own` cannot be read it is
    returned itself, and whoever opens it says so."""
    try:
        both = Path(certifi.where()).read_bytes() + b"\n" + own.read_bytes()
    except OSError:
        return own
    made = folder / f"trusted-{hashlib.sha256(both).hexdigest()[:16]}.pem"
    if not made.exists():
        # The file is written aside, because another process may read it at any moment.
        descriptor, draft = tempfile.mkstemp(dir=folder, suffix=".pem")
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(both)
        Path(draft).replace(made)
    return made
