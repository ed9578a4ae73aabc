"""TLS to Microsoft. urllib3 reads all authorities again for each connection, which takes 10 ms and
keeps 0.7 MB for as long as it lives; here all connections of a process share them."""

import ssl
from functools import lru_cache
from pathlib import Path
from typing import Any

import certifi
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.ssl_ import create_urllib3_context


class TlsAdapter(HTTPAdapter):
    """It wants `verify` with each request: True for the usual authorities, or the file of others.
    Raises OSError itself, and none of its kinds, for one that cannot be read."""

    def build_connection_pool_key_attributes(
        self, request: requests.PreparedRequest, verify: Any, cert: Any = None
    ) -> tuple[Any, Any]:
        place, given = super().build_connection_pool_key_attributes(request, verify, cert)
        if place["scheme"] == "https":
            given = {"cert_reqs": "CERT_REQUIRED", "ssl_context": _context_of(verify)}
        return place, given

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """The context knows the authorities; named here, they would be read again. Only a proxy
        that is reached by TLS itself has no context."""
        if conn.proxy and conn.proxy.scheme == "https":
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]


def _context_of(verify: Any) -> ssl.SSLContext:
    file = certifi.where() if verify is True else verify
    try:
        return _context(file, Path(file).stat().st_mtime_ns)
    except OSError:
        raise OSError(f"The authorities cannot be read: {file}") from None


@lru_cache(maxsize=4)
def _context(file: str, _changed: int) -> ssl.SSLContext:
    context = create_urllib3_context(cert_reqs=ssl.CERT_REQUIRED)
    context.load_verify_locations(file)
    return context
