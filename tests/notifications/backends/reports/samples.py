"""Reports as servers write them."""

ORIGINAL = "<20261128140200.4711@contoso.example>"
RETURNED = f"""From: desk@contoso.example
To: nobody@fabrikam.example
Subject: Ticket 4711
Message-ID: {ORIGINAL}
"""


def exchange(
    *blocks: str,
    subject: str = "Undeliverable: Ticket 4711",
    human: str = "Your message wasn't delivered.",
    returned: str = RETURNED,
    more: str = "",
    kind: str = "message/delivery-status",
) -> bytes:
    """A non-delivery report in the shape of Exchange Online's."""
    statuses = "\n\n".join(each.strip("\n") for each in blocks)
    return f"""From: <MicrosoftExchange329e71ec88ae4615bbc36ab6ce41109e@contoso.example>
To: desk@contoso.example
Date: Sat, 28 Nov 2026 14:02:11 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="b1"
X-MS-Exchange-Message-Is-Ndr:
Content-Language: en-US
Message-ID: <report-1@contoso.example>
In-Reply-To:
\t{ORIGINAL}
References: {ORIGINAL}
Subject: {subject}
Auto-Submitted: auto-replied
MIME-Version: 1.0
{more}
--b1
Content-Type: text/html; charset="utf-8"
Content-Transfer-Encoding: 8bit

<html><body>{human} <b>550 5.7.1 not this one</b></body></html>

--b1
Content-Type: {kind}

Reporting-MTA: dns;DB9PR01MB1234.eurprd01.prod.outlook.com
Received-From-MTA: dns;DB9PR01MB9999.eurprd01.prod.outlook.com
Arrival-Date: Sat, 28 Nov 2026 14:02:00 +0000

{statuses}

--b1
Content-Type: message/rfc822

{returned}
The ticket was solved.

--b1--
""".encode()


NOT_FOUND = """
Final-Recipient: rfc822;nobody@fabrikam.example
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient
 nobody@fabrikam.example not found by SMTP address lookup
X-Display-Name: Nobody
"""
DELAYED = """
Final-Recipient: rfc822;late@fabrikam.example
Action: delayed
Status: 4.4.7
Will-Retry-Until: Sun, 29 Nov 2026 14:02:00 +0000
"""
FULL = """
Final-Recipient: rfc822;full@fabrikam.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp;552 5.2.2 mailbox full
"""

POSTFIX = f"""Return-Path: <>
Date: Sat, 28 Nov 2026 15:00:00 +0100 (CET)
From: MAILER-DAEMON@mail.fabrikam.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: desk@contoso.example
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
    boundary="4711.1764338400/mail.fabrikam.example"
Content-Transfer-Encoding: 8bit
Message-Id: <20261128140000.AA@mail.fabrikam.example>

This is a MIME-encapsulated message.

--4711.1764338400/mail.fabrikam.example
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

I'm sorry to have to inform you that your message could not be delivered.

--4711.1764338400/mail.fabrikam.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.fabrikam.example
X-Postfix-Queue-ID: AA
X-Postfix-Sender: rfc822; desk@contoso.example
Arrival-Date: Sat, 28 Nov 2026 15:00:00 +0100 (CET)

Final-Recipient: rfc822; real@inside.fabrikam.example
Original-Recipient: rfc822;Alias+2BSupport@Fabrikam.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; inside.fabrikam.example
Diagnostic-Code: smtp; 550 5.1.1 <real@inside.fabrikam.example>: Recipient
    address rejected: User unknown

--4711.1764338400/mail.fabrikam.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <desk@contoso.example>
{RETURNED}
--4711.1764338400/mail.fabrikam.example--
""".encode()

GMAIL = f"""From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: desk@contoso.example
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: <older@contoso.example> {ORIGINAL}
In-Reply-To: {ORIGINAL}
X-Failed-Recipients: gone@gmail.example
Message-ID: <6566@mx.google.com>
Content-Type: multipart/report; boundary="g"; report-type=delivery-status

--g
Content-Type: multipart/related; boundary="h"

--h
Content-Type: text/plain; charset="UTF-8"

** Adresse nicht gefunden **

--h--
--g
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Arrival-Date: Sat, 28 Nov 2026 06:02:00 -0800 (PST)
X-Original-Message-ID: {ORIGINAL}

Final-Recipient: rfc822; gone@gmail.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; The email account that you tried to reach does not exist. 550-5.1.1

--g--
""".encode()

EXIM_OLD = f"""From: Mail Delivery System <Mailer-Daemon@mx.fabrikam.example>
To: desk@contoso.example
Subject: Mail delivery failed: returning message to sender
Auto-Submitted: auto-replied
X-Failed-Recipients: one@fabrikam.example,
  two@fabrikam.example

This message was created automatically by mail delivery software.

  one@fabrikam.example
    550 5.1.1 unknown

------ This is a copy of the message, including all the headers. ------

{RETURNED}
Hello
""".encode()

NO_EMPTY_LINES = f"""From: postmaster@domino.fabrikam.example
Content-Type: multipart/mixed; boundary=d
Auto-Submitted: auto-generated
References: {ORIGINAL}

--d
Content-Type: message/delivery-status

Reporting-MTA: dns;domino.fabrikam.example
Final-Recipient: rfc822;<One@fabrikam.example>
Action: Failed (user unknown)
Status: 5.0.0
Diagnostic-Code: smtp; 550 5.1.1 One
is not known here
Final-Recipient: rfc822;two@fabrikam.example
Action: delivered
Status: 2.1.5
--d--
""".encode()

AN_EMPTY_LINE_AFTER_EACH = f"""From: postmaster@odd.fabrikam.example
Content-Type: multipart/report; boundary=d
In-Reply-To: {ORIGINAL}

--d
Content-Type: message/delivery-status

Reporting-MTA: dns;odd.fabrikam.example

Original-Recipient: rfc822;one@fabrikam.example

Final-Recipient: rfc822;one@fabrikam.example

Status: 5.4.1

Original-Recipient: rfc822;two@fabrikam.example

Final-Recipient: rfc822;two@fabrikam.example

Status: 4.4.1
--d--
""".encode()
