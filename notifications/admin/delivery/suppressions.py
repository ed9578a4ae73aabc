"""The suppression list: the second tab of Bounces."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminTextInputWidget

from notifications.admin.audited import Audited
from notifications.admin.base import ReadOnlyAdmin, pages_of
from notifications.admin.csv_file import streamed, tell_export, utc
from notifications.audit.record import partly
from notifications.i18n import translated
from notifications.message.addresses import AddressError, parse_address
from notifications.models import Suppression
from notifications.models.delivery.suppression import SuppressionQuerySet
from notifications.queue.intake import suppressed
from notifications.templatetags.moments import moment

_COLUMNS: tuple[tuple[Any, Callable[[Suppression], object]], ...] = (
    (_("Address"), lambda row: row.address),
    (_("Since"), lambda row: utc(row.since)),
    (_("Until"), lambda row: utc(row.until) if row.until else ""),
    (_("Bounces"), lambda row: row.bounces),
    (_("Added by"), lambda row: row.added_by),
)


class SuppressionForm(forms.ModelForm):  # type: ignore[type-arg]
    address = forms.CharField(
        label=_("Address"), max_length=320, widget=UnfoldAdminTextInputWidget({"type": "email"})
    )
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=UnfoldAdminTextInputWidget({"type": "date", "class": "mc-date"}),
        help_text=_("Empty: until somebody takes it off the list."),
    )

    class Meta:
        model = Suppression
        fields = ("address",)

    def clean_address(self) -> str:
        try:
            address = parse_address(self.cleaned_data["address"]).address.lower()
        except AddressError as error:
            raise forms.ValidationError(translated(error, gettext)) from error
        if Suppression.objects.of([address], now=timezone.now()):
            raise forms.ValidationError(_("This address is on the list already."))
        return address

    def clean(self) -> dict[str, Any] | None:
        """The model's own check, which comes next, would meet one that has left the list."""
        if not self.errors:
            Suppression.objects.make_room([self.cleaned_data["address"]], now=timezone.now())
        return super().clean()

    def clean_until(self) -> datetime | None:
        """Return the end of the day."""
        day = self.cleaned_data.get("until")
        until = timezone.make_aware(datetime.combine(day, time(23, 59, 59))) if day else None
        if until and until <= timezone.now():
            raise forms.ValidationError(_("Choose a day that is not over yet."))
        return until


@admin.register(Suppression)
class SuppressionAdmin(Audited, ReadOnlyAdmin):
    form = SuppressionForm
    list_display = ("address", "since_when", "until_when", "bounces", "added")
    list_display_links = None
    search_fields = ("address__startswith",)
    search_help_text = _("The beginning of an address")
    actions_list = ("export",)
    actions_row = ("remove",)
    paginator = pages_of("notifications/_suppression_pages.html")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> SuppressionQuerySet:
        """Those that have left the list by themselves are deleted a little later."""
        rows: SuppressionQuerySet = super().get_queryset(request)
        return rows.in_force(now=timezone.now())

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        title = {"title": gettext("Suppression list")}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    @display(description=_("Since"), ordering="since")
    def since_when(self, row: Suppression) -> str:
        return moment(row.since)

    @display(description=_("Until"), ordering="until")
    def until_when(self, row: Suppression) -> str:
        return moment(row.until) if row.until else gettext("no end")

    @display(description=_("Added by"), ordering="added_by")
    def added(self, row: Suppression) -> str:
        return row.added_by or gettext("Mail Connector")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("notifications.add_suppression")

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return request.user.has_perm("notifications.delete_suppression")

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return ("address", "until") if obj is None else self.list_display

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return () if obj is None else self.list_display

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Keep who added it."""
        obj.added_by = request.user.get_username()
        obj.until = form.cleaned_data.get("until")
        super().save_model(request, obj, form, change)
        suppressed.forget_remembered()

    def told_name(self, obj: Any) -> str:
        return partly(obj.address)

    @action(description=_("Remove"), url_path="remove", permissions=["delete"])
    def remove(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Lead to the question whether it shall be removed."""
        return redirect("admin:notifications_suppression_delete", object_id)

    @action(description=_("Export (CSV)"), url_path="export", permissions=["view"])
    def export(self, request: HttpRequest) -> StreamingHttpResponse:
        tell_export(request, self.model)
        return streamed(
            self.get_queryset(request), _COLUMNS, name="suppression-list.csv", moment="since"
        )
