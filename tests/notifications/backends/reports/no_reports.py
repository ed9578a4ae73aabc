"""Messages that look like reports and are none."""

from .samples import NOT_FOUND, ORIGINAL, RETURNED, exchange

OUT_OF_OFFICE = f"""From: Alex Wilber <alex@fabrikam.example>
To: desk@contoso.example
Subject: Automatic reply: Ticket 4711
Auto-Submitted: auto-generated
X-Auto-Response-Suppress: All
In-Reply-To: {ORIGINAL}
References: {ORIGINAL}
Content-Type: multipart/alternative; boundary=o

--o
Content-Type: text/plain

I am away until Monday. Error 550 5.1.1 is not meant.
Final-Recipient: rfc822;alex@fabrikam.example
Action: failed
--o--
""".encode()
READ_RECEIPT = f"""From: Alex Wilber <alex@fabrikam.example>
Subject: Read: Ticket 4711
In-Reply-To: {ORIGINAL}
Content-Type: multipart/report; report-type=disposition-notification; boundary=r

--r
Content-Type: text/plain

Your message was read.
--r
Content-Type: message/disposition-notification

Final-Recipient: RFC822;alex@fabrikam.example
Original-Message-ID: {ORIGINAL}
Disposition: automatic-action/MDN-sent-automatically; displayed
--r--
""".encode()
FORWARDED_AS_FILE = (
    b"From: Alex Wilber <alex@fabrikam.example>\nSubject: FW: what is this?\n"
    b"Content-Type: multipart/mixed; boundary=f\n\n--f\nContent-Type: text/plain\n\nSee below.\n"
    b"--f\nContent-Type: message/rfc822\n\n" + exchange(NOT_FOUND) + b"\n--f--\n"
)
FORWARDED_TAKEN_APART = f"""From: Alex Wilber <alex@fabrikam.example>
Subject: FW: Undeliverable
Content-Type: multipart/mixed; boundary=f

--f
Content-Type: text/plain

See the file.
--f
Content-Type: message/delivery-status

Reporting-MTA: dns;mail.fabrikam.example

{NOT_FOUND}
--f
Content-Type: message/rfc822

{RETURNED}
--f--
""".encode()
ORDINARY = f"""From: Alex Wilber <alex@fabrikam.example>
Subject: Undeliverable: please call
In-Reply-To: {ORIGINAL}

The server said: 550 5.1.1 nobody@fabrikam.example
Action: failed
""".encode()
COMPLAINT = f"""From: feedback@fabrikam.example
Content-Type: multipart/report; report-type=feedback-report; boundary=c

--c
Content-Type: message/feedback-report

Feedback-Type: abuse
--c
Content-Type: message/rfc822

{RETURNED}
--c--
""".encode()
ABSENT_WITH_A_STATUS = FORWARDED_TAKEN_APART.replace(
    b"Subject: FW", b"Auto-Submitted: auto-replied\nReturn-Path: <>\nSubject: FW"
)
_NEWS = """From: {}
X-Failed-Recipients: anna@fabrikam.example
Subject: News

anna@fabrikam.example
550 5.1.1 is what servers say
"""
NO_REPORTS = {
    "out of office, with a report in it": ABSENT_WITH_A_STATUS,
    "news of the postmaster's team": _NEWS.format("postmaster-news@fabrikam.example").encode(),
    "news of a product": _NEWS.format("microsoftexchange-news@fabrikam.example").encode(),
    "of a person with such a name": _NEWS.format("Postmaster <anna@fabrikam.example>").encode(),
    "out of office": OUT_OF_OFFICE,
    "read receipt": READ_RECEIPT,
    "a report forwarded as a file": FORWARDED_AS_FILE,
    "a report forwarded in parts": FORWARDED_TAKEN_APART,
    "an answer": ORDINARY,
    "a complaint": COMPLAINT,
    "nothing": b"",
    "no header": b"\r\n\r\nhello",
}
