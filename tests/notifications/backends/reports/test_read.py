"""What is read from reports of several servers, in several languages and shapes."""

import base64
from datetime import UTC, datetime

import pytest

from notifications.backends.reports.read import read
from notifications.backends.reports.report import Action, DeliveryReport

from . import samples, shapes
from .no_reports import NO_REPORTS
from .samples import DELAYED, FULL, NOT_FOUND, ORIGINAL, RETURNED, exchange


def report(raw: bytes) -> DeliveryReport:
    found = read(raw)
    assert found is not None
    return found


def said(raw: bytes) -> list[tuple[str, str, str]]:
    return [(each.addresses[0], each.action, each.code) for each in report(raw).recipients]


def test_exchanges_report_names_recipient_code_words_and_message():
    found = report(exchange(NOT_FOUND))
    (recipient,) = found.recipients
    assert recipient.addresses == ("nobody@fabrikam.example",)
    assert (recipient.action, recipient.code) == (Action.FAILED, "5.1.10")
    assert recipient.text == (
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient "
        "nobody@fabrikam.example not found by SMTP address lookup"
    )
    assert found.message_ids == (ORIGINAL,)
    assert found.server == "db9pr01mb1234.eurprd01.prod.outlook.com"
    assert found.own_id == "<report-1@contoso.example>"
    assert found.sent_at == datetime(2026, 11, 28, 14, 2, 11, tzinfo=UTC)


def test_each_block_is_a_recipient_of_its_own():
    assert said(exchange(NOT_FOUND, DELAYED, FULL)) == [
        ("nobody@fabrikam.example", "failed", "5.1.10"),
        ("late@fabrikam.example", "delayed", "4.4.7"),
        ("full@fabrikam.example", "failed", "5.2.2"),
    ]


@pytest.mark.parametrize(
    "subject",
    [
        "Unzustellbar: Ticket 4711",
        "Non remis : Ticket 4711",
        "=?utf-8?B?5peg5rOV6YCB6L6+OiBUaWNrZXQgNDcxMQ==?=",
        "Kohaletoimetamatu: Ticket 4711",
        "Nicht zustellbar: Prüfung übergeben",
    ],
)
def test_the_language_of_a_report_does_not_matter(subject):
    raw = exchange(NOT_FOUND, subject=subject, human="Ihre Nachricht wurde nicht zugestellt: ÄÖÜ")
    assert said(raw) == [("nobody@fabrikam.example", "failed", "5.1.10")]


@pytest.mark.parametrize(
    ("raw", "recipients"),
    [
        (samples.POSTFIX, [("alias+support@fabrikam.example", "failed", "5.1.1")]),
        (samples.GMAIL, [("gone@gmail.example", "failed", "5.1.1")]),
        (
            samples.EXIM_OLD,
            [("one@fabrikam.example", "failed", ""), ("two@fabrikam.example", "failed", "")],
        ),
        (
            samples.NO_EMPTY_LINES,
            [
                ("one@fabrikam.example", "failed", "5.1.1"),
                ("two@fabrikam.example", "delivered", "2.1.5"),
            ],
        ),
        (
            samples.AN_EMPTY_LINE_AFTER_EACH,
            [
                ("one@fabrikam.example", "failed", "5.4.1"),
                ("two@fabrikam.example", "delayed", "4.4.1"),
            ],
        ),
    ],
)
def test_other_servers_are_read_as_they_write(raw, recipients):
    assert said(raw) == recipients
    assert said(raw.replace(b"\n", b"\r\n")) == recipients
    assert report(raw).message_ids[0] == ORIGINAL


@pytest.mark.parametrize(
    ("raw", "recipients"),
    [
        (shapes.ACTION_FIRST, [("one", "failed", "4.4.7"), ("two", "delivered", "2.0.0")]),
        (shapes.RECIPIENT_LAST, [("one", "delayed", "4.4.7"), ("two", "failed", "5.1.1")]),
        (shapes.ALL_IN_ONE, [("one", "failed", "5.7.54")]),
        (shapes.NAMED_TWICE, [("alias", "failed", "5.1.1")]),
        (shapes.TWO_STATUSES, [("nobody", "failed", "5.1.10"), ("two", "failed", "5.1.1")]),
        (shapes.STATUS_IS_EMPTY, [("one", "failed", "")]),
        (shapes.WITHOUT_DOMAIN, [("nobody", "failed", "5.1.10")]),
        (shapes.WITHOUT_SENDER, [("nobody", "failed", "5.1.10")]),
        (shapes.LINES_BEFORE, [("nobody", "failed", "5.1.10")]),
        (shapes.ODD_PARAMETER, [("nobody", "failed", "5.1.10")]),
        (shapes.TEXT_ALONE, [("one", "failed", "5.1.10"), ("two", "failed", "5.2.2")]),
        (shapes.OLD_EXCHANGE, [("one", "failed", ""), ("two", "failed", "")]),
        (shapes.ID_IN_THE_TEXT, [("nobody", "failed", "5.1.10")]),
        (shapes.RETURNED_FIRST, [("nobody", "failed", "5.1.10")]),
        (shapes.ID_WITHOUT_BRACKETS, [("nobody", "failed", "5.1.10")]),
        (shapes.HEADERS_BROKEN, [("nobody", "failed", "5.1.10")]),
    ],
)
def test_a_report_out_of_the_standard_is_read(raw, recipients):
    expected = [(f"{name}@fabrikam.example", *more) for name, *more in recipients]
    for written in (raw, raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")):
        assert said(written) == expected
        assert report(written).message_ids == (ORIGINAL,)


def test_the_words_of_a_text_are_those_of_the_server():
    one, two = report(shapes.TEXT_ALONE).recipients
    assert one.text == (
        "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup"
    )
    assert two.text.startswith("5.2.2 smtp;552 5.2.2 full")


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("x400;/C=US/A= /P=fabrikam/;dda:SMTP=a@fabrikam.example;", "a@fabrikam.example"),
        ("rfc822;IMCEASMTP-a+40fabrikam+2Eexample@contoso.example", "a@fabrikam.example"),
        ('rfc822;"a b"@fabrikam.example', '"a b"@fabrikam.example'),
        ("rfc822; <A@Fabrikam.example.>", "a@fabrikam.example"),
    ],
)
def test_an_address_is_read_in_each_way_of_writing_it(written, address):
    block = f"Final-Recipient: {written}\nAction: failed\nStatus: 5.1.1"
    (recipient,) = report(exchange(block)).recipients
    assert recipient.addresses[0] == address


def test_words_before_a_semicolon_are_no_type():
    block = (
        "Final-Recipient: rfc822;a@fabrikam.example\nAction: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: 550 5.1.1 no such user; see http://fabrikam.example\n"
        "Remote-MTA: dns; MX.fabrikam.example"
    )
    (recipient,) = report(exchange(block)).recipients
    assert recipient.text == "550 5.1.1 no such user; see http://fabrikam.example"
    assert recipient.server == "mx.fabrikam.example"


def test_an_address_is_known_by_each_name_that_the_report_has_for_it():
    (recipient,) = report(samples.POSTFIX).recipients
    assert set(recipient.addresses) == {
        "alias+support@fabrikam.example",
        "alias+2bsupport@fabrikam.example",
        "real@inside.fabrikam.example",
    }


def test_the_returned_message_counts_before_the_headers_of_the_report():
    other = RETURNED.replace(ORIGINAL, "<other@contoso.example>")
    assert report(exchange(NOT_FOUND, returned=other)).message_ids == (
        "<other@contoso.example>",
        ORIGINAL,
    )


def test_a_message_id_that_was_encoded_and_folded_is_read():
    folded = RETURNED.replace(
        f"Message-ID: {ORIGINAL}",
        "Message-ID:\n =?utf-8?q?=3C20261128140200=2E4711=40contoso=2Eexample=3E?=",
    )
    assert report(exchange(NOT_FOUND, returned=folded)).message_ids == (ORIGINAL,)


def test_the_message_id_within_a_forwarded_message_is_not_that_of_the_returned_one():
    returned = RETURNED.replace(f"Message-ID: {ORIGINAL}\n", "") + (
        "Content-Type: message/rfc822\n\nMessage-ID: <within@fabrikam.example>\n"
    )
    assert report(exchange(NOT_FOUND, returned=returned)).message_ids[0] == ORIGINAL


@pytest.mark.parametrize("kind", ["message/delivery-status", "message/global-delivery-status"])
def test_a_status_in_base64_is_read(kind):
    status = f"Reporting-MTA: dns;mx.fabrikam.example\n\n{NOT_FOUND.strip()}\n"
    coded = base64.encodebytes(status.encode()).decode()
    raw = (
        "From: postmaster@fabrikam.example\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\nContent-Type: {kind}\nContent-Transfer-Encoding: base64\n\n{coded}\n--b--\n"
    )
    assert said(raw.encode()) == [("nobody@fabrikam.example", "failed", "5.1.10")]


def test_a_status_for_international_addresses_is_read():
    block = NOT_FOUND.replace("rfc822;nobody", "utf-8;müller")
    raw = exchange(block, kind="message/global-delivery-status")
    assert said(raw) == [("müller@fabrikam.example", "failed", "5.1.10")]


@pytest.mark.parametrize(
    ("action", "status", "diagnostic", "result"),
    [
        ("failed", "4.4.7", "smtp;550 4.4.7 QUEUE.Expired", ("failed", "4.4.7")),
        ("", "5.0.0", "smtp;550 5.7.1 refused", ("failed", "5.7.1")),
        ("", "", "smtp;421 busy", ("delayed", "")),
        ("failed", "5.0.0 (undefined)", "smtp;554 no code", ("failed", "5.0.0")),
        ("relayed", "2.0.0", "", ("relayed", "2.0.0")),
        ("failure", "553 too large", "", ("failed", "")),
        ("expired", "", "smtp; Connection timed out", ("failed", "")),
        ("error", "4.4.1", "", ("delayed", "4.4.1")),
        ("failed", "5.0.0", "smtp;550 version 2.0.1 then 5.7.1", ("failed", "5.7.1")),
        ("FAILED", "5.7.233", "smtp;550 5.7.233 tenant limit", ("failed", "5.7.233")),
    ],
)
def test_action_and_code_are_taken_from_where_the_server_writes_them(
    action, status, diagnostic, result
):
    block = (
        f"Final-Recipient: rfc822;a@fabrikam.example\nAction: {action}\nStatus: {status}\n"
        f"Diagnostic-Code: {diagnostic}"
    )
    (recipient,) = report(exchange(block)).recipients
    assert (recipient.action, recipient.code) == result


@pytest.mark.parametrize(("more", "is_internal"), [("Internal", True), ("Anonymous", False)])
def test_exchanges_mark_of_the_inside_is_told(more, is_internal):
    raw = exchange(NOT_FOUND, more=f"X-MS-Exchange-Organization-AuthAs: {more}\n")
    assert report(raw).is_internal is is_internal


def test_a_second_mark_of_the_inside_makes_both_worthless():
    mark = "X-MS-Exchange-Organization-AuthAs: Internal\n"
    assert not report(exchange(NOT_FOUND, more=mark + mark)).is_internal


@pytest.mark.parametrize("name", NO_REPORTS)
def test_what_is_no_report_is_not_taken_for_one(name):
    assert read(NO_REPORTS[name]) is None


def test_only_headers_are_kept_and_no_text():
    kept = dict(report(exchange(NOT_FOUND)).headers)
    assert kept["Subject"] == "Undeliverable: Ticket 4711"
    assert not any("delivered" in value for value in kept.values())
