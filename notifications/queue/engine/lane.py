"""The way out of one mailbox: its lease, its open backend and the token. One drainer has it at a
time; how fast it may send is its pace, why it may not is in rest.py."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from notifications.mailbox import open_backends
from notifications.models import MicrosoftAccount
from notifications.models.settings import Api

from .mailbox import Mailbox
from .pace import Pace

# More threads than requests at once: some wait until their reference is kept. Each may leave a
# doubt behind if the worker is killed, so there are no more than it takes.
THREADS, THREADS_WITH_REFERENCES = 5, 12


class Lane:
    """Mailbox and account as they were when the lane was taken, and the open backend."""

    def __init__(self, mailbox: Mailbox, account: MicrosoftAccount, *, owner: str) -> None:
        now = timezone.now()
        self._mailbox = mailbox
        self._connection = mailbox.connection
        self._until = now + settings.LANE_LEASE
        self._accepted_at: datetime | None = None
        self.version = mailbox.settings.version
        self.rows = mailbox.rows
        self.values = self._connection.values
        self.cloud = self._connection.cloud.key
        self.account = account
        self.owner = owner
        self.pace = Pace(account, self.values, now=now)
        self._open = open_backends.take(self._connection, account, version=self.version)
        self.backend = self._open.backend

    @classmethod
    def take(cls, mailbox: Mailbox, *, owner: str, now: datetime) -> "Lane | None":
        """Take the lane of the mailbox; None if another drainer has it."""
        account = mailbox.account
        if account is None or not MicrosoftAccount.objects.take_lane(
            account.pk, owner=owner, now=now, lease=settings.LANE_LEASE
        ):
            return None
        account.refresh_from_db()
        try:
            return cls(mailbox, account, owner=owner)
        except Exception:  # whatever it was: nobody else could take the lane until its lease ends
            MicrosoftAccount.objects.leave_lane(account.pk, owner=owner, bucket=account.bucket)
            raise

    @property
    def threads(self) -> int:
        """The most threads that are of use to it."""
        keeps_references = self.values.protection or self.values.api == Api.EWS
        return THREADS_WITH_REFERENCES if keeps_references else THREADS

    def leave(self, *, is_quiet: bool) -> None:
        """Give the lane back, with what was learned. Where nothing is under way the backend stays
        open for the next drain."""
        if is_quiet:
            self._open.keep()
        else:
            self._open.close()
        if self._accepted_at:
            MicrosoftAccount.objects.filter(pk=self.account.pk).update(
                last_success_at=self._accepted_at, refused_tokens=0, tried_again=0
            )
        MicrosoftAccount.objects.leave_lane(
            self.account.pk, owner=self.owner, bucket=self.pace.bucket
        )

    def is_current(self, *, now: datetime) -> bool:
        """Say whether settings and lane are still as they were taken, and extend the lease."""
        if not self._mailbox.is_current():
            return False
        if now > self._until - settings.LANE_LEASE / 2:
            if not MicrosoftAccount.objects.take_lane(
                self.account.pk, owner=self.owner, now=now, lease=settings.LANE_LEASE
            ):
                return False
            self._until = now + settings.LANE_LEASE
        return True

    @property
    def is_on_probation(self) -> bool:
        """Say whether a fresh token was refused, or the account was lost, and no message has got
        through since."""
        was_refused = self.account.refused_tokens > 0 or self.account.tried_again > 0
        return was_refused and self._accepted_at is None

    def note_success(self, *, now: datetime) -> None:
        """Remember that a message was accepted; it is written when the lane is left."""
        self._accepted_at = now

    def renew_token(self, *, force: bool = False) -> None:
        """Have a token that is good for a while. Called where the database may be asked."""
        token = self._open.token
        if force or not token or not token.is_fresh(now=timezone.now()):
            self._open.token = self._connection.token(self.account, force=force)
