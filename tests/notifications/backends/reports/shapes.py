"""Reports in shapes that servers really have, and the standard has not."""

from .samples import NOT_FOUND, ORIGINAL, RETURNED

_MIXED = "Content-Type: multipart/mixed; boundary=b\n"
_REPORT = "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n"


def status(
    fields: str, *, head: str = _REPORT, sender: str = "postmaster@fabrikam.example"
) -> bytes:
    """A report with these fields after an empty line, and the headers of what came back."""
    return f"""From: {sender}
To: desk@contoso.example
{head}
--b
Content-Type: text/plain

It was not delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns;mx.fabrikam.example

{fields}
--b
Content-Type: text/rfc822-headers

{RETURNED}
--b--
""".encode()


# Amazon SES
ACTION_FIRST = status("""Action: failed
Final-Recipient: rfc822; one@fabrikam.example
Original-Recipient: rfc822; one@fabrikam.example
Diagnostic-Code: smtp; 554 4.4.7 Message expired
Status: 4.4.7

Action: delivered
Final-Recipient: rfc822; two@fabrikam.example
Status: 2.0.0
""")
RECIPIENT_LAST = status("""Action: delayed
Status: 4.4.7
Final-Recipient: rfc822;one@fabrikam.example

Action: failed
Status: 5.1.1
Final-Recipient: rfc822;two@fabrikam.example
""")
# Mimecast
ALL_IN_ONE = status("one").replace(
    b"Reporting-MTA: dns;mx.fabrikam.example\n\none",
    b"""DISPLAY_DATE_FORMAT : EEE, dd MMM yyyy
Reporting-MTA : dns;mx.fabrikam.example
Action : failed
Status : 5.0.0
Diagnostic-Code : smtp;550 5.7.54 Unable to relay
Original-Recipient : rfc/822;one@fabrikam.example
Remote-MTA : fabrikam.example
Final-Recipient : rfc/822;one@fabrikam.example
""",
)
NAMED_TWICE = status("""Original-Recipient: rfc822;alias@fabrikam.example

Final-Recipient: rfc822;one@fabrikam.example
Action: failed
Status: 5.1.1
""")
TWO_STATUSES = status(NOT_FOUND.strip()).replace(
    b"--b\nContent-Type: text/rfc822-headers",
    b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns;mx\n\n"
    b"Final-Recipient: rfc822;two@fabrikam.example\nAction: failed\nStatus: 5.1.1\n"
    b"--b\nContent-Type: text/rfc822-headers",
)
STATUS_IS_EMPTY = status("", head="X-Failed-Recipients: one@fabrikam.example\n" + _REPORT)
WITHOUT_DOMAIN = status(
    NOT_FOUND.strip(), head=_MIXED, sender="MAILER-DAEMON (Mail Delivery System)"
)
WITHOUT_SENDER = status(NOT_FOUND.strip(), head=_MIXED, sender="<>")
LINES_BEFORE = b"\r\n\n" + status(NOT_FOUND.strip())
ODD_PARAMETER = status(NOT_FOUND.strip(), head=_REPORT.replace("status;", "status charset=x;"))

_EXCHANGE = "X-MS-Exchange-Message-Is-Ndr:\n"
ORIGINAL_HEADERS = f"""Received: from a.prod.outlook.com (192.0.2.3) by
 b.prod.outlook.com (192.0.2.4) with Microsoft SMTP
Message-ID:
 {ORIGINAL}
From: Desk <desk@contoso.example>
"""
# Exchange Online in German, which came without its status part.
TEXT_ALONE = f"""From: <postmaster@contoso.example>
{_EXCHANGE}Content-Type: text/plain; charset="utf-8"
Subject: Unzustellbar: Ticket 4711

Fehler bei der Nachrichtenzustellung an folgende Empf\u00e4nger oder Gruppen:

one@fabrikam.example<mailto:one@fabrikam.example>
Die E-Mail-Adresse wurde nicht gefunden. Siehe DSN 5.1.10.

Diagnoseinformationen f\u00fcr Administratoren:

Generierender Server: b.prod.outlook.com

one@fabrikam.example
Remote Server returned '550 5.1.10 RESOLVER.ADR.RecipientNotFound;
Recipient not found by SMTP address lookup'

two@fabrikam.example
mx.fabrikam.example #<mx.fabrikam.example #5.2.2 smtp;552 5.2.2 full> #SMTP#

Urspr\u00fcngliche Nachrichtenkopfzeilen:

{ORIGINAL_HEADERS}
""".encode()
# Exchange 2003 and before
OLD_EXCHANGE = f"""From: System Administrator <postmaster@fabrikam.example>
X-MS-Embedded-Report:
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/plain

did not reach the following recipient(s):

One@fabrikam.example on Thu, 29 Apr 2010 16:51:51 -0500
    The recipient name is not recognized
    MSEXCH:IMS:CONTOSO:EXCHANGE 0 (000C05A6) Unknown Recipient
two@fabrikam.example on Thu, 29 Apr 2010 16:51:51 -0500
    MSEXCH:IMS:CONTOSO:EXCHANGE 0 (000C05A6) Unknown Recipient

--b
Content-Type: message/rfc822

{RETURNED}
--b--
""".encode()

_STATUS = f"Content-Type: message/delivery-status\n\nReporting-MTA: dns;mx\n\n{NOT_FOUND.strip()}\n"
ID_IN_THE_TEXT = f"""From: postmaster@contoso.example
{_EXCHANGE}{_REPORT}
--b
Content-Type: text/plain

Original message headers:

{ORIGINAL_HEADERS}
--b
{_STATUS}
--b--
""".encode()
RETURNED_FIRST = f"""From: postmaster@contoso.example
{_REPORT}
--b
Content-Type: message/rfc822

{RETURNED}
--b
{_STATUS}
--b--
""".encode()
ID_WITHOUT_BRACKETS = status(NOT_FOUND.strip()).replace(
    f"Message-ID: {ORIGINAL}".encode(), f"Message-ID: {ORIGINAL.strip('<>')}".encode()
)
# A line lost its indent on the way.
HEADERS_BROKEN = f"""From: postmaster@contoso.example
{_REPORT}
--b
{_STATUS}
--b
Content-Type: message/rfc822

Received: from a.fabrikam.example
by b.fabrikam.example
{RETURNED}
Message-ID: <of-the-text@fabrikam.example>
--b--
""".encode()
