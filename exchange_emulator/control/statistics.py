"""Count requests, for tests that care how many there were and how many at once."""

from collections import Counter, defaultdict
from typing import Any


class Statistics:
    def __init__(self) -> None:
        self._under_way: defaultdict[str, int] = defaultdict(int)
        self.clear()

    def clear(self) -> None:
        """Forget all counts; requests under way stay counted, because they still have to leave."""
        self._requests: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._top: defaultdict[str, int] = defaultdict(int)
        self._tokens: Counter[str] = Counter()

    def enter(self, mailbox: str) -> None:
        self._under_way[mailbox] += 1
        self._top[mailbox] = max(self._top[mailbox], self._under_way[mailbox])

    def leave(self, mailbox: str) -> None:
        self._under_way[mailbox] -= 1

    def count_request(self, method: str, template: str, *, outcome: str) -> None:
        """Count a finished request; `outcome` is the HTTP status, or `dropped`."""
        self._requests[f"{method} {template}"][outcome] += 1

    def count_token_request(self, grant_type: str) -> None:
        self._tokens[grant_type or "none"] += 1

    def report(self) -> dict[str, Any]:
        return {
            "requests": {path: dict(counts) for path, counts in sorted(self._requests.items())},
            "total_requests": sum(counts.total() for counts in self._requests.values()),
            "top_concurrency": {name: top for name, top in sorted(self._top.items()) if name},
            "token_requests": self._tokens.total(),
            "token_requests_by_grant": dict(self._tokens),
        }
