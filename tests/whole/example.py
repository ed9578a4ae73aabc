"""`python -m tests.whole.example`, in a product's environment: two days of a desk's mail."""

import os
import random
from datetime import timedelta

import django

DAY = timedelta(days=1)
SUBJECTS = (
    "Ticket {n}: we have received your request",
    "Ticket {n} is assigned to Megan Bowen",
    "Ticket {n} is waiting for your answer",
    "Ticket {n} is closed",
    "Approval needed: change {n}",
)
PEOPLE = (
    "alex.wilber",
    "adele.vance",
    "diego.siciliani",
    "grady.archie",
    "lee.gu",
    "pradeep.gupta",
)
# These of each hundred attempts go wrong: result, code, HTTP status, error.
WRONG = {
    5: ("failed", "ErrorInvalidRecipients", 400, "A recipient was refused."),
    23: ("deferred", "ApplicationThrottled", 429, "Exchange is throttling this mailbox."),
    57: ("deferred", "ConnectTimedOut", 0, "The connection to Microsoft timed out."),
    81: (
        "refused",
        "AttachmentLimitExceeded",
        0,
        "The attachments have 31.4 MB together; the limit is 25 MB.",
    ),
}


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "mailconnector.settings"
    django.setup()
    from django.utils import timezone

    from notifications import outbox
    from notifications.log import tallies
    from notifications.models import Attempt
    from notifications.outbox import NewNotification

    now = timezone.now()
    random.seed(7)
    entries = []
    for n in range(420):
        at = now - 2 * DAY * random.random() ** 1.2
        result, code, status, error = WRONG.get(n % 100, ("accepted", "", 202, ""))
        entries.append(
            Attempt(
                at=at, result=result, code=code, http_status=status, error=error, api="graph",
                account="servicedesk@contoso.example", from_address="servicedesk@contoso.example",
                recipients=f"{random.choice(PEOPLE)}@contoso.example",
                subject=random.choice(SUBJECTS).format(n=4200 + n),
                message_id=f"<{n}@contoso.example>", duration_ms=random.randint(180, 900),
            )
        )  # fmt: skip
    Attempt.objects.bulk_create(sorted(entries, key=lambda entry: entry.at))
    tallies.count_new(now=now)
    outbox.pause(by="megan")
    _fail(now)
    for n in range(8):
        outbox.enqueue(
            NewNotification(
                to=f"{PEOPLE[n % 6]}@contoso.example", subject=SUBJECTS[n % 5].format(n=4620 + n),
                text="Hello",
            ),
            initiator=("admin", "Workflow", "Ticket system")[n % 3],
        )  # fmt: skip


def _fail(now):
    """A message that Microsoft has refused, with its entry in the log."""
    from notifications import outbox
    from notifications.models import Attempt, Notification
    from notifications.outbox import NewNotification

    values = {"error": "The account isn't allowed to send from this address."}
    row = outbox.enqueue(
        NewNotification(
            to="adele.vance@contoso.example", from_="approvals@contoso.example",
            subject="Approval needed: change 4619",
            html="<h2>Change 4619</h2><p>The change <b>New front door lock</b> needs your approval"
            " until Friday.</p>",
        ),
        initiator="Workflow",
    )  # fmt: skip
    Notification.objects.filter(pk=row.pk).update(
        status="failed", error_code="ErrorSendAsDenied", error_status=403, attempts=1,
        queued_at=now - timedelta(minutes=3), **values,
    )  # fmt: skip
    Attempt.objects.create(
        notification=row, at=now - timedelta(minutes=2), result="failed", code="ErrorSendAsDenied",
        http_status=403, api="graph", account="servicedesk@contoso.example", **values,
        from_address=row.from_address, recipients="adele.vance@contoso.example",
        subject=row.subject, message_id=row.message_id, initiator="Workflow", duration_ms=412,
        message="The user account which was used to submit this request does not have the right to"
        " send mail on behalf of the specified sending account.",
    )  # fmt: skip


if __name__ == "__main__":
    main()
