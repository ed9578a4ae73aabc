"""Read the reports in the Inbox: what other servers say about our messages.

Graph alone: it finds reports by their class. The service desk may read the same Inbox, so that they
stay where they are unless somebody has chosen otherwise. A report that cannot be read is passed
over, and nothing here holds mail back.
"""

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from django.db import transaction

from notifications.backends.errors import AuthError, PermanentError, SendError
from notifications.backends.reports.read import read
from notifications.backends.reports.report import DeliveryReport
from notifications.errors import Contained
from notifications.log import bounces, matches
from notifications.models import DeliveryPoll, MicrosoftAccount
from notifications.models.delivery.options import ReportHandling
from notifications.models.settings import Api

from . import delivery_access, results
from .connection import Connection

if TYPE_CHECKING:
    from notifications.backends.microsoft.graph.inbox import Found, InboxReader

logger = logging.getLogger(__name__)

# A report may be stored a moment after the time that it bears.
_OVERLAP = timedelta(minutes=10)
# One that Exchange does not give keeps the others waiting for so long.
_PATIENCE = timedelta(hours=1)
_MOST_AT_ONCE = 200
# Together with those of one turn no more than the reader lists.
_MOST_REMEMBERED = 2000


@dataclass(slots=True)
class _Progress:
    """How far one Inbox was read: until when, and when each of the last reports was received. Where
    there were too many to remember, those from before `since` are not listed again. `stuck_at` is
    the report that could not be had the last time, and since when that is so."""

    until: float
    since: float
    seen: dict[str, float]
    stuck_at: str = ""
    stuck_since: float = 0

    def begin(self) -> float:
        return max(self.until - _OVERLAP.total_seconds(), self.since)

    def note_stuck(self, report: "Found", *, now: datetime) -> None:
        if self.stuck_at != report.id:
            self.stuck_at, self.stuck_since = report.id, now.timestamp()

    def is_hopeless(self, *, now: datetime) -> bool:
        """Say whether the report that cannot be had is in the way for too long."""
        return now.timestamp() - self.stuck_since >= _PATIENCE.total_seconds()

    def note(self, report: "Found", *, now: datetime) -> None:
        at = report.received_at.timestamp()
        # Somebody may have given a message a time that is still to come.
        self.until = max(self.until, min(at, now.timestamp()))
        begin = self.begin()
        # The filter knows whole seconds.
        self.seen = {id_: at for id_, at in self.seen.items() if at >= begin - 1} | {report.id: at}
        if len(self.seen) > _MOST_REMEMBERED:
            oldest = min(self.seen, key=self.seen.__getitem__)
            self.since = min(self.seen.pop(oldest) + 1, self.until)


def can_read(connection: Connection) -> bool:
    """Say whether the settings allow it: other ways to Exchange have no such reader, and Mail.Send
    alone does not open the Inbox."""
    values = connection.values
    return values.read_reports and values.api == Api.GRAPH and values.protection


def read_all(connection: Connection, account: MicrosoftAccount, *, now: datetime) -> None:
    """Read what is new in each Inbox. The caller sees to it that only one does so at a time."""
    results.apply(bounces.match_again(now=now), connection=connection, now=now)
    fault: SendError | None = None
    for mailbox in ("", *further_mailboxes(connection)):
        try:
            _read_inbox(connection, account, mailbox, now=now)
        except SendError as error:
            fault = fault or error
            logger.warning("An Inbox could not be read: %s", error.answer.code)
    answer = fault.answer if fault else None
    DeliveryPoll.objects.made().update(
        inbox_at=now,
        inbox_code=(answer.code or str(answer.status)) if answer else "",
        inbox_message=answer.message if answer else "",
    )


def further_mailboxes(connection: Connection) -> list[str]:
    written = connection.values.report_mailboxes.replace(",", "\n").splitlines()
    return [each.strip() for each in written if each.strip()]


def _read_inbox(
    connection: Connection, account: MicrosoftAccount, mailbox: str, *, now: datetime
) -> None:
    """Raises a SendError where the Inbox, a report of it or what shall become of a report was
    refused."""
    progress = _progress(mailbox, now=now)
    _keep(mailbox, progress)  # from its beginning on, also where nothing is in the Inbox yet
    since = datetime.fromtimestamp(progress.begin(), now.tzinfo)
    refused: SendError | None = None
    with closing(delivery_access.open_inbox(connection, account, mailbox=mailbox)) as inbox:
        for report in _new(inbox, progress, since=since):
            try:
                with Contained(logger, "reading a report", passing=SendError):
                    refused = _read_one(inbox, report, connection, account, now=now) or refused
            except SendError:
                progress.note_stuck(report, now=now)
                if not progress.is_hopeless(now=now):
                    _keep(mailbox, progress)
                    raise
                logger.warning("A report could not be had for an hour, and is passed over")
            progress.note(report, now=now)
            _keep(mailbox, progress)
    if refused:
        raise refused


def _new(inbox: "InboxReader", progress: _Progress, *, since: datetime) -> "Iterator[Found]":
    seen, count = progress.seen.copy(), 0
    for report in inbox.reports(since=since):
        if report.id not in seen:
            yield report
            count += 1
        if count == _MOST_AT_ONCE:
            return


def _read_one(
    inbox: "InboxReader",
    found: "Found",
    connection: Connection,
    account: MicrosoftAccount,
    *,
    now: datetime,
) -> SendError | None:
    """Return what refused to do with it what was chosen: what it says is kept all the same."""
    try:
        report = read(inbox.mime(found))
    except PermanentError:
        return None  # somebody has moved or deleted it meanwhile
    if report is None:
        return None
    take(report, connection, account, now=now)
    return _handle(inbox, found, connection)


@transaction.atomic
def take(
    report: DeliveryReport, connection: Connection, account: MicrosoftAccount, *, now: datetime
) -> None:
    """Keep what a report says. The same report may be taken any number of times."""
    matched, unknown = matches.match(report)
    is_trusted = report.is_internal and delivery_access.is_trusted_server(report.server)
    bounces.keep(
        report,
        matched,
        unknown,
        is_trusted=is_trusted,
        is_proven=is_trusted or matches.were_traced(matched),
        is_exchange=delivery_access.is_exchange,
        now=now,
    )
    at = min(report.sent_at or now, now)
    results.apply(matches.said(matched, at=at), connection=connection, now=now)


def _handle(inbox: "InboxReader", found: "Found", connection: Connection) -> SendError | None:
    """Do with a report what was chosen; return what refused it for good. Mail.Read.Shared lets
    nobody change another mailbox."""
    values = connection.values
    if not inbox.is_own:
        return None
    try:
        if values.report_handling == ReportHandling.READ:
            inbox.mark_as_read(found)
        elif values.report_handling == ReportHandling.MOVE:
            inbox.move(found, inbox.folder(values.report_folder))
    except (PermanentError, AuthError) as error:
        # Where it is gone, a person has done something else with it.
        return None if error.answer.status == HTTPStatus.NOT_FOUND else error
    return None


def _progress(mailbox: str, *, now: datetime) -> _Progress:
    """Begin with what comes from now on."""
    kept: dict[str, Any] = DeliveryPoll.objects.current().read_until.get(mailbox, {})
    # No later than now: a clock may have been ahead.
    until, seen = min(kept.get("until", now.timestamp()), now.timestamp()), kept.get("seen", {})
    if not isinstance(seen, dict):  # as they were kept before, without their times
        seen = dict.fromkeys(seen, until)
    stuck = kept.get("stuck_at", ""), kept.get("stuck_since", 0)
    return _Progress(until, kept.get("since", 0), seen, *stuck)


def _keep(mailbox: str, progress: _Progress) -> None:
    poll = DeliveryPoll.objects.current()
    poll.read_until[mailbox] = asdict(progress)
    DeliveryPoll.objects.made().update(read_until=poll.read_until)
