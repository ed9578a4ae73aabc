"""TLS to Microsoft. urllib3 reads all authorities again for each connection, which takes 10 ms and
keeps 0.7 MB for as long as it lives; here all connections of a process share them. And no answer
takes for ever, or all memory."""

import socket
import ssl
from functools import lru_cache
from pathlib import Path
from typing import Any

import certifi
import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPSConnectionPool, PoolManager, ProxyManager
from urllib3.connection import HTTPSConnection
from urllib3.util.ssl_ import create_urllib3_context

from . import deadlines

# No message of Exchange's is larger ("Exchange Online limits": 150 MB).
MOST_BYTES = 160 * 1024 * 1024
_AT_ONCE = 256 * 1024


class _Connection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        deadlines.watch(made, deadlines.CONNECTING)
        return made

    def connect(self) -> None:
        try:
            super().connect()
        finally:
            deadlines.rest()

    def request(self, *args: Any, **options: Any) -> None:
        if self.sock:
            deadlines.watch(self.sock, deadlines.SENDING)
        super().request(*args, **options)

    def getresponse(self) -> Any:
        if self.sock:
            deadlines.watch(self.sock, deadlines.ANSWERING)
        return super().getresponse()


class _Pool(HTTPSConnectionPool):
    ConnectionCls = _Connection


class TlsAdapter(HTTPAdapter):
    """It reads each answer to its end, in the time of deadlines.py and up to MOST_BYTES. It wants
    `verify` with each request: True for the usual authorities, or the file of others.
    Raises OSError itself, and none of its kinds, for one that cannot be read."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        _choose_pool(self.poolmanager)

    def proxy_manager_for(self, *args: Any, **options: Any) -> ProxyManager:
        found: ProxyManager = super().proxy_manager_for(*args, **options)
        _choose_pool(found)
        return found

    def send(
        self, request: requests.PreparedRequest, *args: Any, **options: Any
    ) -> requests.Response:
        with deadlines.call(request):
            response = super().send(request, *args, **options)
            try:
                _read(response)
            except BaseException:
                response.close()
                raise
            return response

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


def _choose_pool(manager: PoolManager) -> None:
    manager.pool_classes_by_scheme = manager.pool_classes_by_scheme | {"https": _Pool}


def _read(response: requests.Response) -> None:
    found, count = [], 0
    for each in response.iter_content(_AT_ONCE):
        found.append(each)
        count += len(each)
        if count > MOST_BYTES:
            raise requests.ConnectionError(f"The answer is larger than {MOST_BYTES} bytes.")
    response._content = b"".join(found)  # as Response.content does


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
