"""Hold Exchange Online's limits, each of which can be changed or switched off.

Sources: "Microsoft Graph service-specific throttling limits", "Exchange Online
limits" and "EWS throttling in Exchange".
"""

from collections import defaultdict, deque
from typing import Any

WINDOW = 600.0
MINUTE = 60.0
DAY = 86400.0
LARGEST = 10**9

MICROSOFTS: dict[str, int | None] = {
    # These two count requests at once, for one mailbox and application.
    "mailbox_concurrency": 4,
    "ews_concurrency": 27,
    # This one counts requests in ten minutes, for one mailbox and application.
    "requests_per_10_minutes": 10_000,
    # Exchange accepts the mail above this rate, and delivers it later.
    "messages_per_minute": 30,
    # Transport takes these seconds from acceptance to delivery; here none unless asked.
    "delivery_delay": 0,
    "recipients_per_message": 500,
    "recipients_per_day": 10_000,
    # These are the bytes of a whole message, and of one request to Graph.
    "message_size": 35 * 1024 * 1024,
    "request_size": 4 * 1024 * 1024,
}

Caller = tuple[str, str]
"""A caller is (mailbox address, application id)."""


def _is_limit(name: str, value: Any) -> bool:
    """Say whether the limit may have this value; no message a minute would stop delivery."""
    least = 1 if name == "messages_per_minute" else 0
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= LARGEST


class Limits:
    def __init__(self) -> None:
        self._under_way: defaultdict[Caller, int] = defaultdict(int)
        self.reset()

    def reset(self) -> None:
        """Restore Microsoft's limits; requests under way stay counted: they have yet to leave."""
        self.values: dict[str, int | None] = dict(MICROSOFTS)
        self._requests: defaultdict[Caller, deque[float]] = defaultdict(deque)
        self._deliveries: defaultdict[str, deque[float]] = defaultdict(deque)
        self._recipients: defaultdict[str, deque[tuple[float, int]]] = defaultdict(deque)
        self._recipients_today: defaultdict[str, int] = defaultdict(int)

    def change(self, values: Any) -> None:
        """Set limits; `null` switches one off, `{"*": null}` all; raise ValueError for the rest."""
        if not isinstance(values, dict):
            raise ValueError("an object of limits is needed")  # noqa: TRY004 - a bad value here
        if "*" in values:
            values = dict.fromkeys(MICROSOFTS, values["*"])
        for name, value in values.items():
            if name not in MICROSOFTS or not (value is None or _is_limit(name, value)):
                raise ValueError(f"no such limit, or not a number for it: {name} = {value!r}")
        self.values.update(values)

    def over(self, name: str, amount: float) -> bool:
        limit = self.values[name]
        return limit is not None and amount > limit

    def enter(self, caller: Caller, *, limit: str) -> bool:
        """Count a request in; False if the mailbox has enough of them (then do not `leave`)."""
        if self.over(limit, self._under_way[caller] + 1):
            return False
        self._under_way[caller] += 1
        return True

    def leave(self, caller: Caller) -> None:
        self._under_way[caller] -= 1

    def wait_for_request(self, caller: Caller, *, now: float) -> int:
        """Count a request and return 0, or return the seconds to wait if there were too many."""
        seen, limit = self._requests[caller], self.values["requests_per_10_minutes"]
        while seen and seen[0] <= now - WINDOW:
            seen.popleft()
        if limit is not None and len(seen) >= limit:
            return int(seen[0] + WINDOW - now) + 1
        seen.append(now)
        return 0

    def delivery_at(self, mailbox: str, *, now: float) -> float:
        """Return when the message leaves: at once, or a minute after the thirtieth before it."""
        limit = self.values["messages_per_minute"]
        recent = self._deliveries[mailbox]
        now += self.values["delivery_delay"] or 0
        if limit is None:
            return now
        while len(recent) > limit:
            recent.popleft()
        due_at = max(now, recent[-limit] + MINUTE) if len(recent) >= limit else now
        recent.append(due_at)
        return due_at

    def allow_recipients(self, mailbox: str, count: int, *, now: float) -> bool:
        """Count the recipients; False if the mailbox may not address so many more today."""
        seen = self._recipients[mailbox]
        while seen and seen[0][0] <= now - DAY:
            self._recipients_today[mailbox] -= seen.popleft()[1]
        if self.over("recipients_per_day", self._recipients_today[mailbox] + count):
            return False
        seen.append((now, count))
        self._recipients_today[mailbox] += count
        return True
