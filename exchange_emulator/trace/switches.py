"""Hold what is believed about message trace and reports; each belief can be switched.

Sources: "List messageTraces" (Graph v1.0), the onboarding guide of message trace, and measurements
of others in October 2026; docs/not-verified.md lists what nobody has confirmed.
"""

from collections import defaultdict, deque
from typing import Any

FIVE_MINUTES = 300.0
BELIEFS: dict[str, int | bool] = {
    # Microsoft's own application has its service principal in the tenant.
    "service_principal": True,
    # An administrator has consented to ExchangeMessageTrace.Read.All.
    "consent": True,
    # A tenant may ask so often in five minutes, and so often for details.
    "requests_per_5_minutes": 100,
    "details_per_5_minutes": 100,
    # `or` and the like are accepted and ignored: the last value of each property wins.
    "ignores_or": True,
    # Both bounds of the time are needed.
    "needs_both_bounds": True,
    "longest_window_days": 10,
    "kept_days": 90,
    # A row appears so many seconds after the message was accepted.
    "delay": 0,
    # The trace has the Message-ID that the sender wrote.
    "keeps_message_id": True,
    # `recalled` is told only to who asks for it; others get unknownFutureValue.
    "hides_recalled": True,
    # Reports for mail sent as another mailbox go to that mailbox.
    "reports_to_from": True,
}


class Switches:
    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.values: dict[str, int | bool] = dict(BELIEFS)
        self._asked: defaultdict[str, deque[float]] = defaultdict(deque)

    def change(self, values: Any) -> None:
        if not isinstance(values, dict):
            raise ValueError("an object of switches is needed")  # noqa: TRY004 - a bad value here
        for name, value in values.items():
            is_right = isinstance(value, int) and 0 <= value <= 10**6
            if name not in BELIEFS or not is_right:
                raise ValueError(f"no such switch, or no value for it: {name} = {value!r}")
        self.values.update(values)

    def wait_for(self, budget: str, tenant: str, *, now: float) -> int:
        """Count a request and return 0, or return the seconds to wait if there were too many."""
        seen, limit = self._asked[f"{budget} {tenant}"], int(self.values[budget])
        while seen and seen[0] <= now - FIVE_MINUTES:
            seen.popleft()
        if len(seen) >= limit:
            return int(seen[0] + FIVE_MINUTES - now) + 1 if seen else int(FIVE_MINUTES)
        seen.append(now)
        return 0
