"""The form of the log's filters, which makes a LogQuery of the page's address."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.cache import caches
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from notifications.log.query import LogQuery
from notifications.models import ApiKey
from notifications.models.attempt import Result
from notifications.models.delivery.state import DeliverySummary
from notifications.models.search_field import typed_words, wanted

_WEEK = timedelta(days=7)
_HIGHEST_STATUS = 599
_SHOWN = (
    "result", "delivery",
    "date", "since", "until", "application", "sender", "code", "api", "test", "events",
)  # fmt: skip
_LINKED = ("message", "status")
_MOST_APPLICATIONS = 100
_REMEMBERED = 60  # seconds


def _midnight(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)


# From when on a choice of the date shows entries.
_SPANS: dict[str, Callable[[datetime], datetime]] = {
    "today": _midnight,
    "7d": lambda now: now - _WEEK,
}


class _MomentInput(UnfoldAdminTextInputWidget):
    """The browser's own picker for a moment, in the time zone of the page."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local"})
        self.input_type = "datetime-local"

    def format_value(self, value: Any) -> Any:
        return f"{value:%Y-%m-%dT%H:%M}" if isinstance(value, datetime) else value


def _choice(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label,
        choices=choices,
        required=False,
        widget=forms.Select(attrs={"class": "mc-chip-field"}),
    )


def _typed(label: Any, *, longest: int, example: Any, **attributes: Any) -> forms.CharField:
    attributes |= {"class": "mc-chip-field", "placeholder": example}
    return forms.CharField(
        label=label,
        required=False,
        max_length=longest,
        widget=forms.TextInput(attrs=attributes),
    )


class LogFilterForm(forms.Form):
    """The filters. "All time" is the default: a search that left out entries older than a week
    would say that a message was never sent."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=500,
        widget=UnfoldAdminTextInputWidget(
            attrs={
                "type": "search",
                "placeholder": _("Subject, address, Message-ID or request id"),
            }
        ),
    )
    result = _choice(_("Result"), [("", _("All")), *Result.choices])
    delivery = _choice(_("Delivery"), [("", _("All")), *DeliverySummary.choices])
    api = _choice(_("API"), [("", _("All")), ("graph", _("MS Graph")), ("ews", _("EWS"))])
    test = _choice(
        _("Test"), [("", _("All")), ("yes", _("Only tests")), ("no", _("Without tests"))]
    )
    date = _choice(
        _("Date"),
        [
            ("", _("All time")),
            ("today", _("Today")),
            ("7d", _("Last 7 days")),
            ("range", _("Range")),
        ],
    )
    since = forms.DateTimeField(label=_("From"), required=False, widget=_MomentInput)
    until = forms.DateTimeField(label=_("Until"), required=False, widget=_MomentInput)
    events = _choice(
        _("Connection events"),
        [("", _("Show")), ("hide", _("Hide")), ("only", _("Only these"))],
    )
    application = _typed(
        _("Application"), longest=150, example=_("Any"), size=12, list="log-applications"
    )
    sender = _typed(_("Sender"), longest=400, example=_("Any"), size=18, inputmode="email")
    code = _typed(_("Code"), longest=100, example=_("Any"), size=14)
    # These are not shown as fields; links lead here with them.
    status = forms.IntegerField(
        label=_("HTTP status"), required=False, min_value=0, max_value=_HIGHEST_STATUS
    )
    message = forms.CharField(
        label=_("All attempts of the notification"), required=False, max_length=255
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        typed = self.data.get("q", "")
        if typed and not (wanted(typed) and typed_words(typed)):
            self.add_error("q", _("Search for letters or digits; other signs are not searched."))
        since, until = data.get("since"), data.get("until")
        if data.get("date") not in _SPANS and since and until and since >= until:
            self.add_error("until", _("This is before “From”."))
        return data

    def query(self, *, now: datetime) -> LogQuery:
        """Return the query of a valid form."""
        data = self.cleaned_data
        span = _SPANS.get(data["date"])
        # A link may ask for entries that have a status and no code.
        has_no_code = "code" in self.data and data["status"] is not None
        return LogQuery(
            text=data["q"],
            result=data["result"],
            delivery=data["delivery"],
            api=data["api"],
            is_test={"yes": True, "no": False}.get(data["test"]),
            code=data["code"] or ("" if has_no_code else None),
            initiator=data["application"],
            sender=data["sender"],
            status=data["status"],
            since=span(now) if span else data["since"],
            until=None if span else data["until"],
            message_id=data["message"],
            with_entries=data["events"] != "only",
            with_events=data["events"] != "hide",
        )

    @property
    def chips(self) -> list[dict[str, Any]]:
        """Return the filters, and the address that leaves out one that is set."""
        return [
            {"field": self[name], "without": self._without(name) if self.data.get(name) else ""}
            for name in _SHOWN
        ]

    def _without(self, name: str) -> str:
        rest = {k: v for k, v in self.data.items() if v and k in self.fields and k != name}
        return f"?{urlencode(rest)}"

    @property
    def link_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in _LINKED]

    @property
    def applications(self) -> list[str]:
        """The names that a person may mean; any other initiator can be typed."""
        names = ApiKey.objects.values_list("name", flat=True)[:_MOST_APPLICATIONS]
        return list(
            caches["process"].get_or_set("log_applications", lambda: list(names), _REMEMBERED) or ()
        )

    @property
    def is_used(self) -> bool:
        """Tell whether the page leaves anything out."""
        return any(self.data.get(name) for name in self.fields)
