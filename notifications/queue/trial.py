"""Test Settings: one message by the same path as the queue, with values that may be unsaved.

Runs in the web process: no secret ever is a task's argument.
"""

import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.backends.base import MailBackend, Receipt
from notifications.backends.errors import Answer, SendError, UnknownOutcomeError
from notifications.backends.explanations.explain import Explanation, explain
from notifications.log.entries import AttemptFacts
from notifications.mailbox.connection import Connection
from notifications.message.addresses import Address, parse_address
from notifications.message.message import MailMessage
from notifications.models import Attempt, MicrosoftAccount, Worker
from notifications.models.attempt import Result
from notifications.models.settings import SettingsValues

from . import obstacles, workers
from .outgoing import sender_address

# Says in the log that an attempt was made by Test Settings and not by a worker.
WEB = "Test Settings"


@dataclass(frozen=True, slots=True)
class Step:
    """What the dialog shows. `state` is running, done or failed; the last step of a test has
    the log entry, and if it failed the explanation."""

    name: str
    state: str
    detail: str = ""
    entry: Attempt | None = None
    explanation: Explanation | None = None


def send_test(
    connection: Connection, account: MicrosoftAccount, *, recipient: Address, from_: str = ""
) -> Iterator[Step]:
    """Send a test message, step by step. One log entry is written in any case. Raises nothing
    that Microsoft may answer."""
    values = connection.values
    message = _message(values, account, recipient=recipient, from_=from_)
    started = timezone.now()
    step = _("Get an access token")
    try:
        yield Step(step, "running")
        token = connection.token(account)
        yield Step(step, "done")
        backend = connection.open(account, token=lambda: token.secret)
        with closing(backend):
            step = _("Open the mailbox")
            yield Step(step, "running")
            yield Step(step, "done", _mailbox_detail(backend))
            step = _("Send the message")
            yield Step(step, "running")
            receipt = backend.send(message, checkpoint=lambda reference: None)
    except SendError as error:
        doubtful = isinstance(error, UnknownOutcomeError)
        result = Result.UNCONFIRMED if doubtful else Result.FAILED
        entry = _log(values, message, error.answer, since=started, result=result)
        explanation = explain(
            error.answer,
            from_=message.from_.address,
            account=account.address,
            translate=_,
        )
        yield Step(step, "failed", explanation.happened, entry, explanation)
        return
    _count_for_pace(values, account)
    MicrosoftAccount.objects.filter(pk=account.pk).update(last_success_at=timezone.now())
    entry = _log(
        values, message, receipt.answer, since=started, result=Result.ACCEPTED, receipt=receipt
    )
    yield Step(step, "done", _("Accepted by Microsoft"))
    yield _worker_step()
    yield Step(_("Test message has been sent"), "done", entry=entry)


def _message(
    values: SettingsValues, account: MicrosoftAccount, *, recipient: Address, from_: str
) -> MailMessage:
    sender = parse_address(account.address)
    default = parse_address(values.from_address) if values.from_address else None
    wanted = parse_address(from_) if from_ else None
    return MailMessage(
        message_id=f"<{uuid.uuid4()}@{sender.address.rpartition('@')[2]}>",
        sender=sender,
        from_=sender_address(
            delegation=values.delegation, wanted=wanted, default=default, account=sender
        ),
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


def _mailbox_detail(backend: MailBackend) -> str:
    if backend.check().mailbox_checked:
        return ""
    return _("Not checked: the permission Mail.Send alone does not allow a look into it.")


def _log(
    values: SettingsValues,
    message: MailMessage,
    answer: Answer,
    *,
    since: datetime,
    result: Result,
    receipt: Receipt | None = None,
) -> Attempt:
    now = timezone.now()
    facts = AttemptFacts(message, values.api, WEB, now - since)
    entry = facts.entry(result, answer, now=now, receipt=receipt)
    entry.save()
    return entry


def _count_for_pace(values: SettingsValues, account: MicrosoftAccount) -> None:
    """Tests count. Outside the lane, so this may be overwritten by a drain that is under way;
    one message more or less in a minute does no harm."""
    if not values.messages_a_minute:
        return
    bucket = account.bucket.refilled(per_minute=values.messages_a_minute, now=timezone.now())
    bucket = bucket.take(1)
    MicrosoftAccount.objects.filter(pk=account.pk, lane_owner="").update(
        bucket_level=bucket.level, bucket_at=bucket.at
    )


def _worker_step() -> Step:
    """Whether the queue could do the same."""
    fitness = workers.judge(Worker.objects.alive(now=timezone.now()))
    trouble = obstacles.of_workers(fitness)
    return Step(
        _("Find a worker that can do the same"),
        "done" if fitness.is_fit else "failed",
        f"{trouble.text} {trouble.what_to_do}" if trouble else "",
    )
