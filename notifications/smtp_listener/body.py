"""What comes after DATA, up to the line with a dot. Pure.

Only CR LF . CR LF ends it (RFC 5321 4.1.1.4): what other servers also take for the end is how
one message is smuggled in behind another. A bare LF becomes CR LF.
"""

import re

_END = b"\r\n.\r\n"
_BARE_LF = re.compile(rb"(?<!\r)\n")


class Body:
    """Takes what the network gives, in any pieces. `is_over` once the end was found; `rest` is what
    came behind it, which are commands."""

    def __init__(self) -> None:
        # The line before the first one ended as well.
        self._held = b"\r\n"
        self._is_first = True
        self._last = b""
        self.is_over = False
        self.rest = b""

    def feed(self, piece: bytes) -> bytes:
        """Return what of the message is certain now."""
        data = self._held + piece
        end = data.find(_END)
        if end >= 0:
            self.is_over, self.rest = True, data[end + len(_END) :]
            data, self._held = data[: end + 2], b""
        else:
            held = _beginning_of_end(data)
            data, self._held = data[: len(data) - held], data[len(data) - held :]
        return self._with_line_ends(data.replace(b"\r\n.", b"\r\n"))

    def _with_line_ends(self, data: bytes) -> bytes:
        if self._is_first:
            if not data:
                return b""
            data, self._is_first = data[2:], False
        if not data:
            return b""
        is_joined = self._last == b"\r" and data[:1] == b"\n"
        self._last = data[-1:]
        if is_joined:
            return b"\n" + _BARE_LF.sub(b"\r\n", data[1:])
        return _BARE_LF.sub(b"\r\n", data)


def _beginning_of_end(data: bytes) -> int:
    """How many of the last octets might begin the end."""
    lengths = range(min(len(_END) - 1, len(data)), 0, -1)
    return next((length for length in lengths if data.endswith(_END[:length])), 0)
