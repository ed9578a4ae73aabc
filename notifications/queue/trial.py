"""Test Settings: one message by the same path as the queue, with values that may be unsaved.

Runs in the web process: no secret ever is a task's argument. Its steps are facts; the dialog of
E-mail > Settings puts them into words.
"""

import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.backends.base import Receipt
from notifications.backends.errors import SendError, UnknownOutcomeError
from notifications.log.entries import AttemptFacts
from notifications.mailbox.connection import Connection
from notifications.message.addresses import Address, parse_address
from notifications.message.message import MailMessage
from notifications.models import Attempt, MicrosoftAccount, Worker
from notifications.models.attempt import Result
from notifications.models.settings import SettingsValues

from . import workers
from .engine.pace import Pace
from .holding import obstacles
from .holding.obstacles import Obstacle
from .outgoing import from_address

# Says in the log that an attempt was made by Test Settings and not by a worker.
WEB = "Test Settings"


class StepCode(StrEnum):
    GET_TOKEN = "get_token"  # noqa: S105 - a step
    OPEN_MAILBOX = "open_mailbox"
    SEND = "send"
    FIND_WORKER = "find_worker"
    SENT = "sent"


class StepState(StrEnum):
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Step:
    """The last step of a test has its log entry. `mailbox_checked` is False where no permission
    allows a look; `obstacle` is what is wrong with the workers, one of which may be fit."""

    code: StepCode
    state: StepState
    entry: Attempt | None = None
    mailbox_checked: bool = True
    obstacle: Obstacle | None = None


def send_test(
    connection: Connection, account: MicrosoftAccount, *, recipient: Address, from_: str = ""
) -> Iterator[Step]:
    """Send a test message, step by step. One log entry is written in any case. Raises nothing
    that Microsoft may answer."""
    values = connection.values
    message = _message(values, account, recipient=recipient, from_=from_)
    started = timezone.now()
    code = StepCode.GET_TOKEN
    try:
        yield Step(code, StepState.RUNNING)
        # A token that is good still would not show a wrong secret.
        token = connection.trial_token(account)
        yield Step(code, StepState.DONE)
        backend = connection.open(account, token=lambda: token.secret)
        with closing(backend):
            code = StepCode.OPEN_MAILBOX
            yield Step(code, StepState.RUNNING)
            found = backend.check()
            yield Step(code, StepState.DONE, mailbox_checked=found.mailbox_checked)
            code = StepCode.SEND
            yield Step(code, StepState.RUNNING)
            receipt = backend.send(message, checkpoint=lambda reference: None)
    except SendError as error:
        yield Step(code, StepState.FAILED, _log(values, message, error, since=started))
        return
    _note_success(values, account)
    entry = _log(values, message, receipt, since=started)
    yield Step(code, StepState.DONE)
    yield _worker_step()
    yield Step(StepCode.SENT, StepState.DONE, entry)


def _message(
    values: SettingsValues, account: MicrosoftAccount, *, recipient: Address, from_: str
) -> MailMessage:
    sender = parse_address(account.address)
    return MailMessage(
        message_id=f"<{uuid.uuid4()}@{sender.address.rpartition('@')[2]}>",
        sender=sender,
        from_=from_address(values, wanted=from_, account=sender),
        to=(recipient,),
        subject=_("Test message from Mail Connector"),
        text=_(
            "This message was sent by Test Settings of Mail Connector at %(url)s.\n"
            "If you can read it, notifications can be sent with these settings."
        )
        % {"url": settings.PUBLIC_URL},
        charset=values.charset,
        plain_text_only=values.plain_text_only,
    )


def _log(
    values: SettingsValues, message: MailMessage, outcome: Receipt | SendError, *, since: datetime
) -> Attempt:
    now = timezone.now()
    facts = AttemptFacts(message, values.api, WEB, now - since)
    if isinstance(outcome, Receipt):
        entry = facts.entry(Result.ACCEPTED, outcome.answer, now=now, receipt=outcome)
    else:
        is_doubt = isinstance(outcome, UnknownOutcomeError)
        result = Result.UNCONFIRMED if is_doubt else Result.FAILED
        entry = facts.entry(result, outcome.answer, now=now, submitted=is_doubt)
    entry.save()
    return entry


def _note_success(values: SettingsValues, account: MicrosoftAccount) -> None:
    """Count the test for the pace, though it has no lane. A drain that is under way does not know
    of it: one message more in a minute does no harm."""
    now = timezone.now()
    pace = Pace(account, values, now=now)
    pace.use(1)
    MicrosoftAccount.objects.keep_bucket(account.pk, bucket=pace.bucket)
    MicrosoftAccount.objects.filter(pk=account.pk).update(last_success_at=now)


def _worker_step() -> Step:
    """Say whether the queue could do the same."""
    fitness = workers.judge(Worker.objects.alive(now=timezone.now()))
    return Step(
        StepCode.FIND_WORKER,
        StepState.DONE if fitness.is_fit else StepState.FAILED,
        obstacle=obstacles.of_workers(fitness),
    )
