"""How fast messages leave: a token bucket. Pure: takes values, returns values."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Exchange Online delivers 30 messages a minute for a mailbox; a short burst does no harm.
CAPACITY = 4.0


@dataclass(frozen=True, slots=True)
class Bucket:
    """`level` tokens at the time `at`; one token is one message."""

    level: float
    at: datetime

    def refilled(self, *, per_minute: int, now: datetime) -> "Bucket":
        """The bucket at `now`. A clock that went back adds nothing and takes nothing."""
        elapsed = max(0.0, (now - self.at).total_seconds())
        return Bucket(min(CAPACITY, self.level + elapsed * per_minute / 60), now)

    def take(self, count: int) -> "Bucket":
        return Bucket(self.level - count, self.at)


def available(bucket: Bucket) -> int:
    """How many messages may leave now."""
    return max(0, int(bucket.level))


def next_token(bucket: Bucket, *, per_minute: int) -> datetime:
    """Tell when the next message may leave."""
    missing = max(0.0, 1 - bucket.level)
    return bucket.at + timedelta(seconds=missing * 60 / per_minute)
