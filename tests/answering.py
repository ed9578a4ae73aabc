"""A server that gives whatever answer a test wants, byte for byte, over TLS."""

import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import trustme


def http(status, body=b"", *, reason="Some Reason", **headers):
    """The bytes of an HTTP answer; header names have underscores for their dashes."""
    lines = [f"HTTP/1.1 {status} {reason}", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1", "replace") + body


@dataclass
class Answering:
    """`answers` maps a part of the request's first line to the bytes of its answer, which may be a
    list: its last one stays. What has none is answered 500. `heard` are the requests' heads."""

    url: str = ""
    ca: str = ""
    answers: dict = field(default_factory=dict)
    heard: list = field(default_factory=list)

    def answer(self, head):
        self.heard.append(head)
        first_line = head.partition("\r\n")[0]
        for part, found in self.answers.items():
            if part in first_line:
                if not isinstance(found, list):
                    return found
                return found.pop(0) if len(found) > 1 else found[0]
        return http(500)


@contextmanager
def answering(folder):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    ca = folder / "answering-ca.pem"
    authority.cert_pem.write_to_path(str(ca))
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:
        server = Answering(f"https://localhost:{listener.getsockname()[1]}", str(ca))
        thread = threading.Thread(target=_serve, args=(listener, context, server), daemon=True)
        thread.start()
        yield server
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _serve(listener, context, server):
    while True:
        try:
            plain, _address = listener.accept()
        except OSError:
            return
        with suppress(OSError), context.wrap_socket(plain, server_side=True) as connection:
            connection.sendall(server.answer(_request(connection)))


def _request(connection):
    """Read one request to its end; return its head."""
    with connection.makefile("rb") as stream:
        head = ""
        while (line := stream.readline().decode("latin-1")) not in ("", "\r\n"):
            head += line
        for line in head.lower().splitlines():
            if line.startswith("content-length:"):
                stream.read(int(line.partition(":")[2]))
        return head
