"""What was said in a session: for the page Sessions. Passwords and content never get here."""

import time
from datetime import datetime

_MOST_LINES, _LONGEST = 200, 200


class Transcript:
    def __init__(self, *, at: datetime, peer: str) -> None:
        self.at = at
        self.peer = peer
        self.encryption = ""
        self.queued = 0
        self.lines: list[tuple[float, str, str]] = []
        self._began = time.monotonic()

    def client_said(self, command: str, argument: str | None) -> None:
        """Note a command. Whatever stands behind AUTH may be a secret."""
        words = (argument or "").split()
        shown = argument or ""
        if command == "AUTH":
            mechanism = words[0].upper() if words else ""
            shown = mechanism if mechanism in ("PLAIN", "LOGIN") else ""
        self._add("C", f"{command} {shown}".strip())

    def client_sent(self, size: int) -> None:
        self._add("C", f"({size:,} bytes)")

    def server_said(self, text: str) -> None:
        for line in text.split("\r\n"):
            self._add("S", line)

    def _add(self, side: str, text: str) -> None:
        if len(self.lines) < _MOST_LINES:
            clean = "".join(each if each.isprintable() else "\ufffd" for each in text[:_LONGEST])
            self.lines.append((round(time.monotonic() - self._began, 2), side, clean))
