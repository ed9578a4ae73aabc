"""Make a certificate authority for TLS once, and keep it in the data folder."""

import ssl
from pathlib import Path

import trustme

NAMES = ("localhost", "127.0.0.1", "::1")


def authority(folder: Path) -> tuple[trustme.CA, Path]:
    """Return the authority and the path of its public certificate, `ca.pem`.

    Clients keep that file, so it has to survive a restart together with its key.
    """
    public, private = folder / "ca.pem", folder / "ca-key.pem"
    if public.exists() and private.exists():
        return trustme.CA.from_pem(public.read_bytes(), private.read_bytes()), public
    made = trustme.CA(organization_name="Mail Connector exchange emulator")
    private.touch(mode=0o600)
    made.private_key_pem.write_to_path(str(private))
    made.cert_pem.write_to_path(str(public))
    return made, public


def server_context(made_by: trustme.CA) -> ssl.SSLContext:
    """Return a context with a fresh certificate for the local machine's names."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made_by.issue_cert(*NAMES).configure_cert(context)
    return context
