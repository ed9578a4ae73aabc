"""A report with one odd value is kept for all that is as it should be."""

import base64

import pytest
from django.utils import timezone

from notifications.models import Bounce
from tests.notifications.backends.reports.samples import NOT_FOUND, exchange

from .reporting import take

pytestmark = pytest.mark.django_db
NOBODY = "nobody@fabrikam.example"
_LONG = f"{'a' * 300}@{'b' * 250}"
_GROWS = "\u0130" * 200 + "@fabrikam.example"  # its lower case has twice the characters


def _block(address):
    return f"Final-Recipient: rfc822;{address}\nAction: failed\nStatus: 5.1.1"


def _text(address):
    told = f"{address}\n550 5.1.1 unknown\n\n{NOBODY}\n550 5.1.1 unknown\n"
    coded = base64.encodebytes(told.encode()).decode()
    return f"""From: postmaster@fabrikam.example
X-MS-Exchange-Message-Is-Ndr:
Message-ID: <report@fabrikam.example>
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: base64

{coded}""".encode()


def _listed(address):
    return f"""From: mailer-daemon@fabrikam.example
Message-ID: <report@fabrikam.example>
X-Failed-Recipients: {address}, {NOBODY}

It was not delivered.
""".encode()


def _with_id(word):
    return exchange(NOT_FOUND, returned=f"\nMessage-ID: <a{word}b@contoso.example>")


def _dated(date):
    return exchange(NOT_FOUND).replace(b"Sat, 28 Nov 2026 14:02:11 +0000", date)


ODD = {
    "a long address": exchange(_block(_LONG), NOT_FOUND),
    "an address that grows": exchange(_block(_GROWS), NOT_FOUND),
    "a long address in a header": _listed(_LONG),
    "a long address in a text": _text(f"{'a' * 200}@{'b' * 255}"),
    "NUL in an address of a text": _text("a\0b@fabrikam.example"),
    "half a character in the Message-ID": _with_id("=?utf-7?q?+2AA-?="),
    "NUL in the Message-ID": _with_id("=?utf-8?q?=00?="),
    "the year 100": _dated(b"Fri, 1 Jan 0100 00:00:00 +0000"),
    "the year 9999": _dated(b"Fri, 31 Dec 9999 23:59:59 -0800"),
}


@pytest.mark.parametrize("name", ODD)
def test_one_odd_value_loses_nothing_else_of_a_report(unconnected, now, name):
    take(ODD[name], now=now)

    bounce = Bounce.objects.get()
    # SQLite keeps what is too long for its column.
    bounce.clean_fields(exclude=["entry", "message_ids"])
    assert bounce.address == NOBODY
    assert timezone.localtime(bounce.at).year >= 1970
