"""What became of a message, for the log, its message page and the dashboard."""

from typing import Any

from django import template
from django.utils.translation import gettext, ngettext

from notifications.backends.explanations.bounced import explain_bounce
from notifications.backends.explanations.tracing import COMMANDS, explain_trace, words_of
from notifications.log import delivery
from notifications.log.delivery import Line
from notifications.mailbox import delivery_access, trace
from notifications.mailbox.connection import Connection
from notifications.models import Attempt, DeliveryPoll, EmailSettings
from notifications.models.attempt import Result
from notifications.models.delivery.state import (
    ARRIVED,
    DeliverySource,
    DeliveryState,
    DeliverySummary,
)
from notifications.moments import short

from .labels import label

register = template.Library()

_MOST_ANSWERS = 20
_ALWAYS_SHOWN = (DeliverySummary.DELIVERED, DeliverySummary.PENDING, DeliverySummary.FAILED)
_NOT_KNOWN = ("", DeliverySummary.PENDING, DeliverySummary.UNKNOWN)

# Orange needs a person, blue passes by itself, grey is information.
COLOURS = {
    DeliverySummary.PENDING: "info",
    DeliverySummary.DELIVERED: "success",
    DeliverySummary.PARTLY: "warning",
    DeliverySummary.FAILED: "warning",
    DeliverySummary.QUARANTINED: "warning",
    DeliverySummary.SPAM: "warning",
}


@register.simple_tag
def delivery_label(entry: Attempt) -> str:
    """The label of the log's column."""
    return label(_word(entry), COLOURS.get(DeliverySummary(entry.delivery), "default"))


@register.filter
def last_accepted(entries: Any) -> Attempt | None:
    """The entry of a message's attempts that its result belongs to."""
    accepted = [each for each in entries if each.result == Result.ACCEPTED]
    return max(accepted, key=lambda each: (each.at, each.pk), default=None)


@register.inclusion_tag("notifications/_delivery.html", takes_context=True)
def delivery_lines(context: dict[str, Any], entry: Attempt | None) -> dict[str, Any]:
    """A line for each recipient, and the button that asks Microsoft now."""
    if entry is None or entry.result != Result.ACCEPTED:
        return {}
    values = EmailSettings.objects.current()
    if not (entry.delivery or values.trace or values.read_reports):
        return {}
    perms = context.get("perms")
    return {
        "entry": entry,
        "lines": [_shown(line, can_ask=values.trace) for line in delivery.lines(entry)],
        "may_check": values.trace and perms and "notifications.view_attempt" in perms,
    }


@register.filter
def awaits_result(entry: Attempt) -> bool:
    """Say whether nobody knows yet what became of the message after Microsoft took it."""
    return entry.delivery in _NOT_KNOWN


@register.filter
def may_have_arrived(entry: Attempt) -> bool:
    """Say whether a recipient may find the message somewhere."""
    if entry.delivery != DeliverySummary.FAILED:
        return True
    return any(line.state != DeliveryState.FAILED for line in delivery.lines(entry))


@register.inclusion_tag("notifications/_delivery_answer.html")
def delivery_answer(entry: Attempt) -> dict[str, Any]:
    """The answer that "Recipient didn't get it?" begins with: those without a delivery first. Long
    lists are cut, because the whole one, with the servers' words, is on the same page."""
    if not entry.delivery:
        return {}
    can_ask = EmailSettings.objects.current().trace
    lines = sorted(delivery.lines(entry), key=lambda line: line.state in ARRIVED)
    return {
        "lines": [_shown(line, can_ask=can_ask) for line in lines[:_MOST_ANSWERS]],
        "more": max(len(lines) - _MOST_ANSWERS, 0),
    }


@register.inclusion_tag("notifications/_delivery_figures.html")
def delivery_figures() -> dict[str, Any]:
    """The dashboard's figures of seven days, which the round of asking has counted. Each is what
    the log shows behind its link."""
    figures = DeliveryPoll.objects.current().figures
    counted = figures.get("states", {})
    states = [
        (state, state.label, counted.get(state, 0))
        for state in DeliverySummary
        if state in _ALWAYS_SHOWN or counted.get(state)
    ]
    reasons = [
        (code, count, explain_bounce(code, translate=gettext).happened)
        for code, count in figures.get("reasons", [])
    ]
    return {"states": states if figures else [], "reasons": reasons}


@register.simple_tag
def results_state() -> dict[str, Any]:
    """What was in the way of asking for results the last time, for the settings page."""
    poll, connection = DeliveryPoll.objects.current(), Connection.saved()
    values = connection.values
    fault = trace.fault(poll) if values.trace else None
    return {
        "trace": explain_trace(fault, translate=gettext) if fault else None,
        "trace_words": words_of(fault) if fault else "",
        "trace_at": poll.trace_at,
        "inbox": poll.inbox_code if values.read_reports else "",
        "inbox_message": poll.inbox_message,
        "commands": COMMANDS,
        "has_trace": delivery_access.has_trace(connection),
    }


def _word(entry: Attempt) -> str:
    if entry.delivery != DeliverySummary.PARTLY:
        return str(DeliverySummary(entry.delivery).label)
    count = len(delivery.recipients_of(entry))
    text = ngettext(
        "%(delivered)d of %(count)d delivered", "%(delivered)d of %(count)d delivered", count
    )
    return text % {"delivered": entry.delivered_count, "count": count}


def _shown(line: Line, *, can_ask: bool) -> dict[str, Any]:
    fact = line.fact
    return {
        "recipient": line.recipient,
        "state": line.state,
        "colour": COLOURS.get(_as_summary(line.state), "default"),
        "text": _sentence(line),
        "what_to_do": _what_to_do(line, can_ask=can_ask),
        "code": fact.code if fact else "",
        "words": fact.text if fact else "",
        "at": fact.at if fact and line.state != DeliveryState.PENDING else None,
        "is_probable": bool(fact and fact.is_probable),
        "source": _source(line),
    }


def _what_to_do(line: Line, *, can_ask: bool) -> str:
    """`can_ask` says that the message trace can be asked for a reason that is not known."""
    fact = line.fact
    if line.state == DeliveryState.QUARANTINED:
        return gettext("An administrator can release it in Microsoft Defender > Quarantine.")
    if line.state != DeliveryState.FAILED:
        return ""
    found = explain_bounce(fact.code if fact else "", translate=gettext)
    has_words = bool(fact and fact.text)  # the server's own say it
    return "" if found.is_unknown and (has_words or not can_ask) else found.what_to_do


def _as_summary(state: DeliveryState) -> DeliverySummary:
    if state == DeliveryState.EXPANDED:
        return DeliverySummary.DELIVERED
    return DeliverySummary(state.value)


def _sentence(line: Line) -> str:
    """Say it in a sentence; Exchange knows no more than that a server took the message."""
    fact = line.fact
    at = short(fact.at) if fact else ""
    if line.state == DeliveryState.DELIVERED and fact and fact.receiver:
        return gettext("Handed to the recipient's server %(time)s (can still bounce)") % {
            "time": at
        }
    if line.state == DeliveryState.DELIVERED and fact and fact.source == DeliverySource.TRACE:
        return gettext("Delivered to the mailbox or its Junk folder %(time)s") % {"time": at}
    if line.state == DeliveryState.FAILED and fact and fact.code:
        happened = explain_bounce(fact.code, translate=gettext).happened
        return f"{happened} ({fact.code})"
    return str(line.state.label)


def _source(line: Line) -> str:
    sources = line.sources
    if len(sources) > 1:
        return gettext("both")
    words = {DeliverySource.TRACE: gettext("trace"), DeliverySource.REPORT: gettext("report")}
    return words[DeliverySource(sources[0])] if sources else ""
