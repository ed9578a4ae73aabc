"""Wrong passwords: who has tried too often waits, others at the same address do not."""

import time
from collections import OrderedDict

MOST_WRONG = 5
WAIT = 15 * 60  # seconds
_MOST_KEPT = 10_000


def plain_name(user: str) -> str:
    """The user name without the domain that some devices want in it."""
    return user.strip().partition("@")[0].casefold()


class WrongSignIns:
    """Counts by user name and address, in this process."""

    def __init__(self) -> None:
        self._wrong: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()

    def has_to_wait(self, user: str, address: str) -> bool:
        count, since = self._wrong.get((plain_name(user), address), (0, 0.0))
        return count >= MOST_WRONG and time.monotonic() - since < WAIT

    def note(self, user: str, address: str) -> None:
        key = (plain_name(user), address)
        count, since = self._wrong.pop(key, (0, 0.0))
        if time.monotonic() - since >= WAIT:
            count = 0
        self._wrong[key] = (count + 1, time.monotonic())
        if len(self._wrong) > _MOST_KEPT:
            self._wrong.popitem(last=False)

    def forget(self, user: str, address: str) -> None:
        self._wrong.pop((plain_name(user), address), None)
