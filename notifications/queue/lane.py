"""The way out of one mailbox: its lease, pace, token and rest. One drainer has it at a time."""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from notifications import retry
from notifications.backends.base import MailBackend
from notifications.backends.errors import Answer, AuthError, SendError, ThrottledError
from notifications.backends.microsoft import entra
from notifications.mailbox import account_state
from notifications.mailbox.connection import Connection
from notifications.models import (
    ConnectionEvent,
    EmailSettings,
    MicrosoftAccount,
    Notification,
    bucket,
)
from notifications.models.account import AccountState
from notifications.models.event import EventKind

from . import pace
from .pace import DayLimit

logger = logging.getLogger(__name__)

# After a token that was refused although it looked valid: do not ask in a tight loop.
REFUSED_TOKEN_REST = timedelta(seconds=10)


class Lane:
    """Settings and account as they were when the lane was taken, and the open backend."""

    def __init__(self, saved: EmailSettings, account: MicrosoftAccount, *, owner: str) -> None:
        self._version = saved.version
        self._connection = Connection.of(saved.values())
        self.values = self._connection.values
        self.cloud = self._connection.cloud.key
        self.account = account
        self.owner = owner
        self._until = timezone.now() + settings.LANE_LEASE
        self._bucket = account.bucket
        self._day = DayLimit(
            account.address, limit=self.values.recipients_a_day, now=timezone.now()
        )
        self._token: entra.AccessToken | None = None
        self._accepted_at: datetime | None = None
        self.backend: MailBackend = self._connection.open(account, token=self._current_token)

    @classmethod
    def take(cls, saved: EmailSettings, *, owner: str, now: datetime) -> "Lane | None":
        """The lane of the settings' account; None if another drainer has it."""
        account = saved.account
        if account is None or not MicrosoftAccount.objects.take_lane(
            account.pk, owner=owner, now=now, lease=settings.LANE_LEASE
        ):
            return None
        account.refresh_from_db()
        return cls(saved, account, owner=owner)

    def leave(self) -> None:
        """Give the lane back, with what was learned. No sending may be under way."""
        self.backend.close()
        if self._accepted_at:
            MicrosoftAccount.objects.filter(pk=self.account.pk).update(
                last_success_at=self._accepted_at
            )
        MicrosoftAccount.objects.leave_lane(self.account.pk, owner=self.owner, bucket=self._bucket)

    def is_current(self, *, now: datetime) -> bool:
        """Whether settings and lane are still as they were taken; extends the lease in time."""
        unchanged = EmailSettings.objects.filter(
            pk=1, version=self._version, account_id=self.account.pk
        )
        if not unchanged.exists():
            return False
        if now > self._until - settings.LANE_LEASE / 2:
            if not MicrosoftAccount.objects.take_lane(
                self.account.pk, owner=self.owner, now=now, lease=settings.LANE_LEASE
            ):
                return False
            self._until = now + settings.LANE_LEASE
        return True

    def accepted(self, *, now: datetime) -> None:
        self._accepted_at = now

    # Pace

    def allowance(self, *, now: datetime) -> int | None:
        """How many messages may leave now; None = as many as you like."""
        if not self.values.messages_a_minute:
            return None
        self._bucket = self._bucket.refilled(per_minute=self.values.messages_a_minute, now=now)
        return bucket.available(self._bucket)

    def fitting(self, rows: Iterable[Notification]) -> list[Notification]:
        """Those of `rows` that today's limit of recipients has room for; a large one does not
        keep small ones from leaving."""
        planned, fitting = 0, []
        for row in rows:
            recipients = len(row.recipients)
            if self._day.fits(recipients, planned=planned):
                planned += recipients
                fitting.append(row)
        return fitting

    def use(self, row: Notification) -> None:
        self._use(1, recipients=len(row.recipients))

    def give_back(self, row: Notification) -> None:
        """What was used for a message that was not begun."""
        self._use(-1, recipients=-len(row.recipients))

    def reached_nobody(self, row: Notification) -> None:
        """It used the pace, but none of the day's recipients."""
        self._day.use(-len(row.recipients))

    def _use(self, messages: int, *, recipients: int) -> None:
        if self.values.messages_a_minute:
            self._bucket = self._bucket.take(messages)
        self._day.use(recipients)

    def next_allowed_at(self) -> datetime:
        """When the next message may leave, if none may now."""
        return bucket.next_token(self._bucket, per_minute=self.values.messages_a_minute)

    def day_has_room(self) -> None:
        """What is due fits into the limit of recipients again."""
        if self.account.day_full_until:
            self.account.day_full_until = None
            MicrosoftAccount.objects.filter(pk=self.account.pk).update(day_full_until=None)

    def day_is_full(self, row: Notification, *, now: datetime) -> datetime:
        """Nothing that is due fits into the limit of recipients. Returns when `row` will."""
        until = self._day.room_at(len(row.recipients), now=now)
        with transaction.atomic():
            # Not if a Save has changed the limit meanwhile; none can until this is committed.
            ours = EmailSettings.objects.select_for_update().filter(version=self._version)
            if ours.first():
                self.account.day_full_until = until
                self.account.save(update_fields=["day_full_until"])
            ConnectionEvent.objects.note_rest(
                EventKind.DAY_FULL,
                account=self.account.address,
                code=pace.CODE,
                now=now,
                until=until,
            )
        return until

    # Token

    def renew_token(self, *, force: bool = False) -> None:
        """Have a token that is good for a while. Called where the database may be asked."""
        if not force and self._token and self._token.is_fresh(now=timezone.now()):
            return
        self._token = self._connection.token(self.account, force=force)

    def _current_token(self) -> str:
        """For the sender threads, which never ask the database."""
        if self._token is None:
            raise RuntimeError("renew_token comes first")
        return self._token.secret

    # Trouble

    def halt(self, error: SendError, *, now: datetime) -> datetime | None:
        """An error that concerns all mail of the lane. Returns when to try again; None = when a
        person has acted."""
        if isinstance(error, AuthError):
            return self._lose_sign_in(error, now=now)
        retry_after = error.retry_after if isinstance(error, ThrottledError) else None
        kind = EventKind.THROTTLED if isinstance(error, ThrottledError) else EventKind.RESTED
        until = retry.rest_until(retry_after, now=now)
        return self._rest(until, error.answer, kind=kind, now=now)

    def _rest(self, until: datetime, answer: Answer, *, kind: EventKind, now: datetime) -> datetime:
        code = answer.code or str(answer.status)
        logger.warning(
            "Account %s rests until %s: %s",
            self.account.pk,
            until,
            code,
            extra={"account_id": self.account.pk, "code": code},
        )
        with transaction.atomic():
            MicrosoftAccount.objects.filter(pk=self.account.pk).update(
                rests_until=until, rest_code=code
            )
            ConnectionEvent.objects.note_rest(
                kind, account=self.account.address, code=code, now=now, until=until
            )
        return until

    def _lose_sign_in(self, error: AuthError, *, now: datetime) -> datetime | None:
        until = None
        if error.answer.code != "InvalidAuthenticationToken":
            account_state.remember_trouble(self.account, error.answer)
        else:
            # The token may have been revoked although the sign-in lives: a renewal tells.
            try:
                self.renew_token(force=True)
                until = self._rest(
                    now + REFUSED_TOKEN_REST, error.answer, kind=EventKind.RESTED, now=now
                )
            except AuthError:
                pass  # the renewal has kept the account's new state
            except SendError as failure:
                until = self._rest(
                    now + retry.DEFAULT_REST, failure.answer, kind=EventKind.RESTED, now=now
                )
        if self.account.state != AccountState.CONNECTED:
            logger.error(
                "Account %s: %s, %s",
                self.account.pk,
                self.account.state,
                self.account.last_error_code,
                extra={"account_id": self.account.pk, "code": self.account.last_error_code},
            )
        return until
