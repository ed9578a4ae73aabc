"""Where to listen: MAILCONNECTOR_SMTP_LISTEN, or the sockets that systemd has opened."""

import os
import socket
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured

from notifications.i18n import gettext_noop as _
from notifications.i18n import storable

NOT_OPEN = storable(_("%(address)s cannot be opened: %(reason)s."))
NEEDS_CERTIFICATE = storable(_("%(address)s is not open, because it needs a certificate."))
_FIRST_OF_SYSTEMD = 3
_HIGHEST_PORT = 65_535
_BACKLOG = 100


@dataclass(frozen=True, slots=True)
class Listen:
    """An address; `is_tls`: encrypted from the first octet on."""

    host: str
    port: int
    is_tls: bool = False

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}{'/tls' if self.is_tls else ''}"

    def open(self) -> socket.socket:
        """Bind it. `[::]` takes IPv4 as well."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            bound.bind((self.host, self.port))
            bound.listen(_BACKLOG)
        except OSError:
            bound.close()
            raise
        return bound


def read(text: str) -> list[Listen]:
    """Read `[::]:587,192.0.2.1:25,[::]:465/tls`. Raises ImproperlyConfigured."""
    return [_one(word.strip()) for word in text.split(",") if word.strip()]


def _one(word: str) -> Listen:
    place, slash, kind = word.partition("/")
    host, colon, port = place.rpartition(":")
    is_number = port.isascii() and port.isdecimal() and 0 < int(port) <= _HIGHEST_PORT
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not is_number or (slash and kind != "tls"):
        raise ImproperlyConfigured(
            f"MAILCONNECTOR_SMTP_LISTEN: {word!r} is not host:port or host:port/tls."
        )
    return Listen(host, int(port), is_tls=bool(slash))


def of_systemd() -> list[tuple[Listen, socket.socket]]:
    """The sockets of a .socket unit (sd_listen_fds); those whose name has "tls" in it are encrypted
    from the first octet on."""
    if os.environ.get("LISTEN_PID") != str(os.getpid()):
        return []
    count = int(os.environ.get("LISTEN_FDS", "0"))
    names = os.environ.get("LISTEN_FDNAMES", "").split(":")
    found = []
    for number in range(count):
        opened = socket.socket(fileno=_FIRST_OF_SYSTEMD + number)
        host, port = opened.getsockname()[:2]
        name = names[number] if number < len(names) else ""
        found.append((Listen(host, port, is_tls="tls" in name), opened))
    return found
