"""The line with which an administrator asks Exchange."""

from datetime import UTC, datetime

import pytest

from notifications.backends.microsoft.trace_command import message_trace

AT = datetime(2026, 3, 1, 3, 12, tzinfo=UTC)


def line(message_id="<1@contoso.example>", senders=("desk@contoso.example",)):
    return message_trace(message_id, senders=senders, at=AT)


def test_the_line_has_the_message_its_sender_and_days_that_one_query_may_have():
    assert line() == (
        "Get-MessageTraceV2 -MessageId '<1@contoso.example>' "
        "-SenderAddress 'desk@contoso.example' -StartDate 2026-02-28 -EndDate 2026-03-03"
    )


def test_with_delegation_both_addresses_are_asked_for():
    text = line(senders=("CEO <ceo@contoso.example>", "desk@contoso.example"))

    assert "-SenderAddress 'ceo@contoso.example','desk@contoso.example' " in text


def test_the_same_address_is_asked_for_once():
    assert line(senders=("Desk <Desk@contoso.example>", "desk@contoso.example")).count("desk@") == 1


@pytest.mark.parametrize("quote", ["'", "\u2019"])
def test_nothing_of_it_can_end_the_quotes(quote):
    assert f"x{quote}{quote}; Remove-Mailbox" in line(message_id=f"x{quote}; Remove-Mailbox")
