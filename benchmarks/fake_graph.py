"""A Graph that is never the bottleneck: nginx, which takes a mail over TLS in a fraction of a
millisecond and answers as Graph does, after a delay if wanted. It needs Debian's packages nginx and
libnginx-mod-http-echo.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import trustme

from tests.servers import free_port
from tests.waiting import wait_until

_NGINX = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
MODULE = Path("/usr/lib/nginx/modules/ngx_http_echo_module.so")
_ID = "AAMkAGI0Fake="
_DRAFT = f'{{"id":"{_ID}","isDraft":true,"internetMessageId":"<fake@contoso.example>"}}'
_TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True)
class FakeGraph:
    """`arrived` has a line for each mail that was accepted: the time in seconds since 1970."""

    url: str
    ca: str
    arrived: Path


@contextmanager
def fake_graph(folder: Path, *, latency_ms: int) -> Iterator[FakeGraph]:
    """Start it in a new folder of its own; each answer comes after `latency_ms`."""
    if not _NGINX or not MODULE.exists():
        raise RuntimeError("apt install nginx libnginx-mod-http-echo")
    folder.mkdir()
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    certificate = authority.issue_cert("localhost")
    certificate.private_key_and_cert_chain_pem.write_to_path(folder / "server.pem")
    port = free_port()
    (folder / "nginx.conf").write_text(_configuration(folder, port, latency_ms / 1000))
    server = subprocess.Popen([_NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder)])
    try:
        wait_until((folder / "pid").exists)
        yield FakeGraph(
            f"https://localhost:{port}/v1.0", str(folder / "ca.pem"), folder / "arrived"
        )
    finally:
        server.terminate()
        server.wait()


def _configuration(folder: Path, port: int, latency: float) -> str:
    user = "user root;" if os.geteuid() == 0 else ""
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in _TEMPORARY)
    return f"""
        load_module {MODULE};
        {user} worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;
        events {{ worker_connections 1024; }}
        http {{
            log_format moment "$msec";
            access_log off;
            {temporary}
            client_max_body_size 200m;
            client_body_buffer_size 256k;
            keepalive_requests 1000000;
            server {{
                listen 127.0.0.1:{port} ssl;
                ssl_certificate {folder}/server.pem;
                ssl_certificate_key {folder}/server.pem;
                # Graph repeats the id of the request; without it nobody believes an answer.
                add_header client-request-id $http_client_request_id always;
                location = /v1.0/me/sendMail {{
                    access_log {folder}/arrived moment;
                    {_answer(202, "", latency)}
                }}
                location = /v1.0/me/messages {{
                    default_type application/json;
                    {_answer(201, _DRAFT, latency)}
                }}
                location ~ /send$ {{
                    access_log {folder}/arrived moment;
                    {_answer(202, "", latency)}
                }}
            }}
        }}
    """


def _answer(status: int, body: str, latency: float) -> str:
    return f"""
        echo_read_request_body;
        echo_sleep {latency};
        echo_status {status};
        echo -n '{body}';
    """
