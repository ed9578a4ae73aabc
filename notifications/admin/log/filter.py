"""The form of the log's filters, which makes a LogQuery of the page's address."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from notifications.log.query import LogQuery
from notifications.models.attempt import Result
from notifications.models.delivery.state import DeliverySummary
from notifications.models.search_field import typed_words, wanted

_WEEK = timedelta(days=7)
_HIGHEST_STATUS = 599
_SHOWN = ("result", "delivery", "api", "test", "date", "since", "until", "events")
_LINKED = ("message", "code", "status")


class _MomentInput(UnfoldAdminTextInputWidget):
    """The browser's own picker for a moment, in the time zone of the page."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "datetime-local"})
        self.input_type = "datetime-local"

    def format_value(self, value: Any) -> Any:
        return f"{value:%Y-%m-%dT%H:%M}" if isinstance(value, datetime) else value


def _choice(label: Any, choices: list[tuple[str, Any]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, choices=choices, required=False, widget=UnfoldAdminSelectWidget
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
        _("Date"), [("", _("All time")), ("7d", _("Last 7 days")), ("range", _("Range"))]
    )
    since = forms.DateTimeField(label=_("From"), required=False, widget=_MomentInput)
    until = forms.DateTimeField(label=_("To"), required=False, widget=_MomentInput)
    events = _choice(
        _("Connection events"),
        [("", _("Show")), ("hide", _("Hide")), ("only", _("Only these"))],
    )
    # These are not shown as fields; links lead here with them.
    code = forms.CharField(label=_("Code"), required=False, max_length=100)
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
        if data.get("date") != "7d" and since and until and since >= until:
            self.add_error("until", _("This is before “From”."))
        return data

    def query(self, *, now: datetime) -> LogQuery:
        """Return the query of a valid form."""
        data = self.cleaned_data
        week = data["date"] == "7d"
        return LogQuery(
            text=data["q"],
            result=data["result"],
            delivery=data["delivery"],
            api=data["api"],
            is_test={"yes": True, "no": False}.get(data["test"]),
            code=data["code"] if "code" in self.data else None,
            status=data["status"],
            since=now - _WEEK if week else data["since"],
            until=None if week else data["until"],
            message_id=data["message"],
            with_entries=data["events"] != "only",
            with_events=data["events"] != "hide",
        )

    @property
    def shown_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in _SHOWN]

    @property
    def link_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in _LINKED]

    @property
    def is_used(self) -> bool:
        """Tell whether the page leaves anything out."""
        return any(self.data.get(name) for name in self.fields)
