"""gunicorn's worker with threads, so that slow clients hold up nobody but themselves.

gunicorn's own gives a thread to a connection that has sent one byte, and waits in it for the rest
without an end. Here a request waits in the loop until its head and a short body have arrived, all
within the deadline; a longer body is read by a thread, and has to keep a pace.
"""

import errno
import re
import time
from collections import deque
from functools import partial
from selectors import EVENT_READ
from socket import SHUT_WR, socket
from typing import Any

from gunicorn.http import get_parser
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import ThreadWorker

from mailconnector import env

DEADLINE = env.number("MAILCONNECTOR_REQUEST_DEADLINE", 30)  # seconds
_LONGEST_HEAD = 64 * 1024  # bytes
_SHORT_BODY = 64 * 1024  # bytes, as many as people may send who are not logged in
_SLOWEST = 16 * 1024  # bytes a second of a longer body, once the deadline is used up
_PIECE = 64 * 1024  # bytes
# A closed connection is read for so long, or the answer could be lost on the way (RFC 9112, 9.6).
_LINGER = 2.0  # seconds
_END_OF_HEAD = b"\r\n\r\n"
_LENGTH = re.compile(rb"\ncontent-length:[ \t]*(\d{1,9})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_ASKS_FIRST = re.compile(rb"\nexpect:", re.IGNORECASE)


class Incoming(SocketUnreader):
    """What comes in on a connection: gathered by the loop, then read by a thread for a time."""

    def __init__(self, sock: socket) -> None:
        super().__init__(sock)
        self._gathered, self._wanted = bytearray(), 0
        self._body_ends_at: float | None = None  # None: no body is being read

    def has_arrived(self, piece: bytes = b"") -> bool:
        """Add a piece of a request; say whether a thread can go on with what is there."""
        if not self._gathered:
            piece = self.take_buffered() + piece
        searched = max(0, len(self._gathered) - len(_END_OF_HEAD))
        self._gathered += piece
        if not self._wanted:
            end = self._gathered.find(_END_OF_HEAD, searched)
            if end < 0:
                return len(self._gathered) > _LONGEST_HEAD
            head = bytes(self._gathered[:end])
            self._wanted = end + len(_END_OF_HEAD) + _short_body(head)
        return len(self._gathered) >= self._wanted

    def hand_over(self) -> None:
        self.unread(bytes(self._gathered))
        self._gathered, self._wanted = bytearray(), 0

    def begin_body(self) -> None:
        self._body_ends_at = time.monotonic() + DEADLINE

    def end_body(self) -> None:
        """Let nobody wait for what is left of it: that is known or never comes."""
        self._body_ends_at = 0.0

    def begin_head(self) -> None:
        self._body_ends_at = None

    def chunk(self, size_hint: int | None = None) -> bytes:
        """Read on in a body. Raises OSError where it is cut off or too slow: a part of a message
        must not be taken for the whole."""
        if self._body_ends_at is None:
            return b""  # the head is longer than allowed
        left = self._body_ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError(errno.ETIMEDOUT, "The body was too slow.")
        usual = self.sock.gettimeout()
        self.sock.settimeout(left)
        piece: bytes = super().chunk(size_hint)
        self.sock.settimeout(usual)
        if not piece:
            raise ConnectionResetError(errno.ECONNRESET, "The body ended too early.")
        self._body_ends_at += len(piece) / _SLOWEST
        return piece


def _short_body(head: bytes) -> int:
    """Return how many bytes of a body are waited for before a thread gets the request."""
    found = _LENGTH.search(head)
    # Some clients send a body only after an answer to its head, which a thread gives.
    if not found or _ASKS_FIRST.search(head):
        return 0
    length = int(found[1])
    return length if length <= _SHORT_BODY else 0


class WebWorker(ThreadWorker):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._ending: deque[Any] = deque()
        self._stops_at: float | None = None

    def enqueue_req(self, conn: Any) -> None:
        """Wait in the loop for a request of a new connection, or of one that was kept open."""
        if conn.parser is None:
            conn.parser = get_parser(self.cfg, conn.sock, conn.client)
            conn.parser.unreader = Incoming(conn.sock)
        conn.parser.unreader.begin_head()
        conn.sock.setblocking(False)
        conn.timeout = time.monotonic() + DEADLINE
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self._gather, conn))
        if conn.parser.unreader.has_arrived():
            self._start(conn)
        else:
            self._gather(conn, conn.sock)

    def _gather(self, conn: Any, sock: socket) -> None:
        try:
            piece = sock.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        # A thread finds out by itself that a connection has ended.
        if conn.parser.unreader.has_arrived(piece) or not piece:
            self._start(conn)

    def _start(self, conn: Any) -> None:
        self.poller.unregister(conn.sock)
        self.pending_conns.remove(conn)
        conn.parser.unreader.hand_over()
        conn.data_ready = True
        super().enqueue_req(conn)

    def handle_request(self, req: Any, conn: Any) -> Any:
        conn.sock.settimeout(DEADLINE)  # of an answer that nobody reads
        conn.parser.unreader.begin_body()
        try:
            return super().handle_request(req, conn)
        except TimeoutError:
            return False
        finally:
            conn.parser.unreader.end_body()

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Wait in the loop for the end of a connection: gunicorn waits instead of the loop."""
        if not fs.cancelled() and not fs.exception() and fs.result():
            super().finish_request(conn, fs)
            return
        try:
            conn.sock.setblocking(False)
            conn.sock.shutdown(SHUT_WR)
        except OSError:
            self.nr_conns -= 1
            conn.close()
            return
        conn.timeout = time.monotonic() + _LINGER
        self._ending.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self._read_to_nowhere, conn))

    def _read_to_nowhere(self, conn: Any, sock: socket) -> None:
        try:
            has_ended = not sock.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            has_ended = True
        if has_ended:
            self._ending.remove(conn)
            self._close(conn)

    def _close(self, conn: Any) -> None:
        self.nr_conns -= 1
        self.poller.unregister(conn.sock)
        conn.close()

    def murder_pending(self) -> None:
        now = time.monotonic()
        if not self.alive:
            self._stops_at = self._stops_at or now + _LINGER
            for conn in self.pending_conns:
                conn.timeout = min(conn.timeout, self._stops_at)
        super().murder_pending()
        while self._ending and self._ending[0].timeout <= now:
            self._close(self._ending.popleft())
