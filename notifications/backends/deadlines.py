"""How long a call may take altogether. A socket's own time-out begins anew with each byte, so that
whoever answers byte by byte would keep a thread for ever.

One thread of the process shuts the connections of calls whose time is over; the thread that waits
there then learns it.
"""

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import requests

CONNECTING = 60.0  # seconds, with a proxy's answer and the handshake
SENDING = 3600.0  # seconds; the largest message that EWS takes, at 15 KB/s
ANSWERING = 300.0  # seconds, from the end of the request to that of the answer
_IDLE = 60.0  # seconds; then the thread ends


class _Watchdog:
    """The file descriptors to shut, and when. Who adds one keeps it open until it is removed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._until: dict[int, float] = {}
        self._wakes_at = 0.0
        self._thread: threading.Thread | None = None

    def add(self, descriptor: int, seconds: float) -> None:
        until = time.monotonic() + seconds
        with self._changed:
            self._until[descriptor] = until
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="deadlines", daemon=True)
                self._thread.start()
            elif until < self._wakes_at:
                self._changed.notify()

    def remove(self, descriptor: int) -> bool:
        """Return whether its time was over."""
        with self._changed:
            return self._until.pop(descriptor, None) is None

    def _run(self) -> None:
        idle_until = time.monotonic() + _IDLE
        with self._changed:
            while True:
                now = time.monotonic()
                for descriptor in [each for each, until in self._until.items() if until <= now]:
                    del self._until[descriptor]
                    _shut(descriptor)
                if self._until:
                    idle_until = now + _IDLE
                elif now >= idle_until:
                    self._thread = None
                    return
                self._wakes_at = min([*self._until.values(), idle_until])
                self._changed.wait(max(self._wakes_at - now, 0))


def _shut(descriptor: int) -> None:
    # wrap_socket() and TLS keep their own sockets of the same connection.
    with suppress(OSError), socket.socket(fileno=os.dup(descriptor)) as same:
        same.shutdown(socket.SHUT_RDWR)


_watchdog = _Watchdog()


def _begin_anew() -> None:
    """A child process has no such thread, and none of the calls."""
    global _watchdog  # noqa: PLW0603
    _watchdog = _Watchdog()


os.register_at_fork(after_in_child=_begin_anew)


class _Call(threading.local):
    """The call that this thread makes: what is watched of it, and how it ended."""

    descriptor: int | None = None
    phase: float = 0.0
    over: float = 0.0


_call = _Call()


def watch(sock: socket.socket, seconds: float) -> None:
    """Let the connection end by then, unless the call, or its next part, has come first."""
    rest()
    _call.descriptor, _call.phase = os.dup(sock.fileno()), seconds
    _watchdog.add(_call.descriptor, seconds)


def rest() -> None:
    """End the part of the call that was watched."""
    if _call.descriptor is None:
        return
    if _watchdog.remove(_call.descriptor):
        _call.over = _call.phase
    os.close(_call.descriptor)
    _call.descriptor = None


@contextmanager
def call(request: requests.PreparedRequest) -> Iterator[None]:
    """Make one call. Raises the time-out of requests for one that took too long, whatever came of
    it: an answer that was cut off may look whole."""
    _call.over = 0.0
    try:
        yield
    finally:
        rest()
        if _call.over:
            kind = requests.ConnectTimeout if _call.over == CONNECTING else requests.ReadTimeout
            raise kind(f"It took more than {_call.over:g} seconds.", request=request) from None
