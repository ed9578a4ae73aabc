"""Reports about messages that a test has sent."""

from email.utils import format_datetime

from notifications.backends.reports.read import read
from notifications.mailbox import reports
from notifications.mailbox.connection import Connection
from notifications.models import (
    EmailSettings,
)
from tests.notifications.backends.reports.samples import exchange


def take(raw, *, now):
    saved = EmailSettings.objects.current()
    report = read(raw)
    assert report is not None
    reports.take(report, Connection.of(saved.values()), saved.account, now=now)


def report_about(entry, address="nobody@bounce.example", code="5.1.10", **options):
    block = (
        f"Final-Recipient: rfc822;{address}\nAction: failed\nStatus: {code}\n"
        f"Diagnostic-Code: smtp;550 {code} refused"
    )
    raw = exchange(block, **options)
    raw = raw.replace(b"Sat, 28 Nov 2026 14:02:11 +0000", format_datetime(entry.at).encode())
    return raw.replace(b"<20261128140200.4711@contoso.example>", entry.message_id.encode())


INTERNAL = {"more": "X-MS-Exchange-Organization-AuthAs: Internal\n"}
