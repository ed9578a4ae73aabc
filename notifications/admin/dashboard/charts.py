"""Figures as charts for Chart.js, and as tables that say the same."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from notifications.log.figures import Span
from notifications.models.attempt import Result

# These can be told apart on white and on black, and by people who see no red or no green.
_COLOURS = {
    Result.ACCEPTED: "#2f9e6e",
    Result.FAILED: "#d9364f",
    Result.DEFERRED: "#4a7fe0",
    Result.UNCONFIRMED: "#e0952b",
    Result.REFUSED: "#8b5cc7",
}
# These would only lengthen the legend while they have no entry.
_SELDOM = (Result.UNCONFIRMED, Result.REFUSED)
_TEXT = "#788291"  # it is readable on both themes
_AXIS = {"stacked": True, "border": {"display": False}}
_OPTIONS = json.dumps(
    {
        "animation": False,
        "responsive": True,
        "maintainAspectRatio": False,
        "interaction": {"mode": "index", "intersect": False},
        "plugins": {
            "legend": {
                "position": "bottom",
                "labels": {"color": _TEXT, "boxWidth": 10, "boxHeight": 10},
            }
        },
        "scales": {
            "x": {
                **_AXIS,
                "grid": {"display": False},
                "ticks": {"color": _TEXT, "maxRotation": 0, "autoSkipPadding": 12},
            },
            "y": {
                **_AXIS,
                "beginAtZero": True,
                "grid": {"tickWidth": 0},
                "ticks": {"color": _TEXT, "precision": 0, "maxTicksLimit": 6},
            },
        },
    }
)


@dataclass(frozen=True, slots=True)
class Chart:
    """`data` and `options` are JSON for Unfold's script. `rows` has a label and the counts in the
    order of `columns`, newest first, without the spans in which nothing happened."""

    title: str
    unit: str
    data: str
    options: str
    columns: list[str]
    rows: list[tuple[str, list[int]]]


def by_hour(hours: Sequence[Span]) -> Chart:
    labels = [date_format(span.start, "H:i") for span in hours]
    return _chart(_("In the last 24 hours"), _("Hour"), hours, labels=labels)


def by_day(days: Sequence[Span]) -> Chart:
    labels = [date_format(span.start, "m-d") for span in days]
    return _chart(_("In the last 30 days"), _("Day"), days, labels=labels)


def _chart(title: str, unit: str, spans: Sequence[Span], *, labels: list[str]) -> Chart:
    shown = [
        result
        for result in Result
        if result not in _SELDOM or any(span.counts[result] for span in spans)
    ]
    rows = [
        (label, [span.counts[result] for result in shown])
        for label, span in zip(labels, spans, strict=True)
    ]
    datasets: list[dict[str, Any]] = [
        {
            "label": str(result.label),
            "data": [counts[n] for _label, counts in rows],
            "backgroundColor": _COLOURS[result],
            "maxBarThickness": 24,
        }
        for n, result in enumerate(shown)
    ]
    return Chart(
        title=title,
        unit=unit,
        data=json.dumps({"labels": labels, "datasets": datasets}),
        options=_OPTIONS,
        columns=[str(result.label) for result in shown],
        rows=[row for row in reversed(rows) if any(row[1])],
    )
