"""A real proxy on this machine: it asks for a password, refuses, inspects TLS, or passes on."""

import base64
import socket
import ssl
import threading
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import requests
import trustme

from tests.waiting import PATIENCE

USER, PASSWORD = "proxy-user", "pr0xy-pa55"
_ALLOWED = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()


@dataclass
class Proxy:
    """`connected` are the hosts that were asked for, `paths` what went to each inside TLS, and
    `tunnels` the connections of clients.

    With `refuses` it answers every CONNECT with that status. With `stands_for`, an emulator, it
    inspects TLS: whatever host is asked for, the emulator answers in its place. With `leads_to`,
    a port of this machine, that is where it passes everything on to.
    """

    asks_password: bool = False
    refuses: int = 0
    stands_for: object = None
    leads_to: int = 0
    connected: list = field(default_factory=list)
    tunnels: list = field(default_factory=list)
    paths: list = field(default_factory=list)
    authority: trustme.CA = field(default_factory=trustme.CA)
    port: int = 0

    @property
    def url(self):
        return f"http://localhost:{self.port}"

    @property
    def url_with_password(self):
        return f"http://{USER}:{PASSWORD}@localhost:{self.port}"

    def certificate_for(self, host):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.authority.issue_cert(host).configure_cert(context)
        return context


@contextmanager
def running(proxy):
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Connect)
    server.daemon_threads = True
    server.proxy, proxy.port = proxy, server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.socket.close()
        thread.join()


class _Quiet(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_arguments):
        pass


class _Connect(_Quiet):
    def do_CONNECT(self):
        proxy = self.server.proxy
        host = self.path.rpartition(":")[0]
        proxy.connected.append(host)
        proxy.tunnels.append(self.connection)
        self.close_connection = True
        if proxy.asks_password and self.headers["Proxy-Authorization"] != _ALLOWED:
            self.send_response(407, "Proxy Authentication Required")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif proxy.refuses:
            self.send_error(proxy.refuses)
        else:
            self.send_response(200, "Connection established")
            self.end_headers()
            if proxy.stands_for:
                self._inspect(host)
            else:
                self._pass_on()

    def _inspect(self, host):
        context = self.server.proxy.certificate_for(host)
        try:
            with context.wrap_socket(self.connection, server_side=True) as inside:
                _Inside(inside, self.client_address, self.server, host)
        except OSError:
            return  # the other side does not trust us, or is gone

    def _pass_on(self):
        host, _colon, port = self.path.rpartition(":")
        if self.server.proxy.leads_to:
            host, port = "127.0.0.1", self.server.proxy.leads_to
        with socket.create_connection((host, int(port))) as other:
            back = threading.Thread(target=_pump, args=(other, self.connection))
            back.start()
            _pump(self.connection, other)
            back.join()


class _Inside(_Quiet):
    """A request inside the tunnel: the emulator answers it under the host's own name."""

    def __init__(self, connection, address, server, host):
        self.host = host
        super().__init__(connection, address, server)

    def _answer(self):
        emulator, paths = self.server.proxy.stands_for, self.server.proxy.paths
        paths.append((self.host, self.path))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        with requests.Session() as session:
            session.trust_env = False
            answer = session.request(
                self.command,
                emulator.https + self.path,
                headers={k: v for k, v in self.headers.items() if k != "Host"},
                data=body,
                verify=emulator.ca,
                allow_redirects=False,
                timeout=PATIENCE,
            )
        ours, theirs = emulator.https.encode(), f"https://{self.host}".encode()
        # The issuer is a name and no address; it stands in tokens too, which stay as they are.
        content = answer.content.replace(ours, theirs)
        content = content.replace(b'"issuer":"' + theirs, b'"issuer":"' + ours)
        self.send_response(answer.status_code)
        for name, value in answer.headers.items():
            if name.lower() not in ("content-length", "content-encoding", "transfer-encoding"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - as http.server wants


def _pump(source, target):
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return  # one of the two is gone


@contextmanager
def tls_server(authority, host="localhost", **certificate):
    """Yield the https address of a server that has a certificate and answers nothing."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host, **certificate).configure_cert(context)
    with silent_server() as (listener, url):
        thread = threading.Thread(target=_shake_hands, args=(listener, context))
        thread.start()
        yield url.replace("http:", "https:")
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def _shake_hands(listener, context):
    while True:
        try:
            plain, _address = listener.accept()
        except OSError:
            return
        try:
            context.wrap_socket(plain, server_side=True).close()
        except OSError:
            plain.close()


@dataclass
class Slow:
    """A server that begins each answer so and goes on with this piece, again and again, until its
    client is gone: by TLS with an authority, else as a proxy may."""

    first: bytes
    piece: bytes
    authority: trustme.CA | None = None
    between: float = 0.02  # seconds
    ended: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER) if self.authority else None
        if self.authority:
            self.authority.issue_cert("localhost").configure_cert(context)
        with silent_server() as (listener, url), ExitStack() as talks:
            thread = threading.Thread(target=self._accept, args=(listener, context, talks))
            thread.start()
            yield url.replace("http:", "https:") if context else url
            self.ended.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()

    def _accept(self, listener, context, talks):
        while True:
            try:
                client, _address = listener.accept()
            except OSError:
                return
            with suppress(OSError):
                client = context.wrap_socket(client, server_side=True) if context else client
                thread = threading.Thread(target=self._answer, args=(client,))
                talks.callback(thread.join)
                thread.start()

    def _answer(self, client):
        with suppress(OSError), client:
            client.recv(65536)
            client.sendall(self.first)
            while not self.ended.wait(self.between):
                client.sendall(self.piece)


class SlowReader(Slow):
    """One that reads so slowly that a large request never comes to its end."""

    def _answer(self, client):
        with suppress(OSError), client:
            while not self.ended.wait(self.between):
                client.recv(16)


@contextmanager
def silent_server(backlog=5):
    """Yield a server that accepts connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(backlog)
        yield listener, f"http://localhost:{listener.getsockname()[1]}"


@contextmanager
def full_server():
    """Yield a server whose queue of connections is full: Linux drops others, as a firewall does."""
    with silent_server(backlog=0) as (listener, url), ExitStack() as waiting:
        for _place in range(4):
            visitor = waiting.enter_context(socket.socket())
            visitor.setblocking(False)
            visitor.connect_ex(listener.getsockname())
        yield url
