"""The list and the page of alarm channels, and Send test."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import action

from notifications.admin.audited import Audited
from notifications.admin.base import StrictLookups, pages_of
from notifications.alarms import deliveries
from notifications.audit.actors import person
from notifications.audit.record import Target, record
from notifications.i18n import shown
from notifications.models import Alarm, AlarmChannel, Callback
from notifications.models.alarms.channel import ChannelKind
from notifications.models.audit.act import Act
from notifications.webhooks import signature

from . import heartbeat
from .access import CHANGE, OfSettings
from .columns import ChannelColumns
from .form import FIELDS, ChannelForm

_SHOWN_DELIVERIES = 10
# With the test there is no room for all of Django's in one line.
_FEWER_BUTTONS = {"show_save_and_add_another": False}
# Whoever only looks sees these instead of the fields that have, or take, a secret.
_INSTEAD = {"alarm_url": "shown_url", "new_secret": None, "new_password": None}


@admin.register(AlarmChannel)
class AlarmChannelAdmin(OfSettings, Audited, ChannelColumns, StrictLookups, ModelAdmin):
    form = ChannelForm
    list_display = (
        "name", "kind", "shown_state", "shown_alarms", "shown_last_delivery", "send_test",
    )  # fmt: skip
    list_disable_select_all = True
    show_add_link = False  # its page has one for each kind
    sortable_by = ()
    actions = None
    show_full_result_count = False
    paginator = pages_of("notifications/_channel_pages.html")
    change_list_template = "notifications/alarms.html"
    change_form_template = "notifications/alarm_channel.html"
    actions_submit_line = ("save_and_test",)
    warn_unsaved_form = True

    def get_list_display(self, request: HttpRequest) -> Any:
        """Offer the test to those who may send one."""
        may_test = self.has_change_permission(request)
        return [each for each in self.list_display if may_test or each != "send_test"]

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Its callbacks go with it, although nobody may delete one alone."""
        shown, counts, refused, protected = super().get_deleted_objects(objs, request)
        return shown, counts, refused - {Callback._meta.verbose_name}, protected

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/test/", view(test), name="alarm_channel_test"),
            path(
                "heartbeat/",
                view(heartbeat.change),
                {"show": self.changelist_view},
                name="alarm_heartbeat",
            ),
            *super().get_urls(),
        ]

    def get_fieldsets(self, request: HttpRequest, obj: AlarmChannel | None = None) -> Any:
        kind = _kind(request, obj)
        own: list[Any] = list(FIELDS[kind])
        alarms = "alarms"
        if not self.has_change_permission(request, obj):
            own = [_INSTEAD.get(name, name) for name in own if _INSTEAD.get(name, name)]
            alarms = "shown_alarms"
        return [
            (None, {"fields": ["name", "enabled"]}),
            (kind.label, {"fields": own}),
            (_("Alarms"), {"fields": [alarms]}),
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: AlarmChannel | None = None) -> Any:
        return () if self.has_change_permission(request, obj) else ("shown_url", "shown_alarms")

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **more: Any
    ) -> Any:
        """Make the form of this kind; a new channel gets its kind from the page's address."""
        kind = _kind(request, obj)
        made = super().get_form(request, obj, change=change, **more)

        class OfKind(made):  # type: ignore[misc, valid-type]
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                kwargs["instance"] = kwargs.get("instance") or AlarmChannel(kind=kind)
                super().__init__(*args, **kwargs)

        return OfKind

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        extra = {
            "standing": Alarm.objects.standing(),
            "kinds": ChannelKind.choices,
            **heartbeat.context(request),
        }
        return super().changelist_view(request, {**extra, **(extra_context or {})})

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Offer the test for a new channel too; Unfold does so for those that are saved."""
        offered = {"actions_submit_line": self.get_actions_submit_line(request, 0)}
        extra = {**(extra_context or {}), **offered, **_FEWER_BUTTONS}
        return super().add_view(request, form_url, extra)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        found = self.get_object(request, object_id)
        rows = found.deliveries.select_related("alarm")[:_SHOWN_DELIVERIES] if found else ()
        extra = {**(extra_context or {}), "deliveries": rows, **_FEWER_BUTTONS}
        return super().change_view(request, object_id, form_url, extra)

    def save_model(self, request: HttpRequest, obj: AlarmChannel, form: Any, change: bool) -> None:
        """Save it; only the answer to this request shows the secret that is made."""
        typed, obj.left_out = form.cleaned_data, form.left_out()
        request.made = ""  # type: ignore[attr-defined]
        if form.needs_new_secret and not typed["new_secret"]:
            request.made = signature.new_secret()  # type: ignore[attr-defined]
        if secret := typed.get("new_secret") or request.made:  # type: ignore[attr-defined]
            obj.alarm_secret = AlarmChannel.alarm_secret.field.seal(secret)
        if not obj.smtp_user:
            obj.smtp_password = ""
        elif typed.get("new_password"):
            obj.smtp_password = AlarmChannel.smtp_password.field.seal(typed["new_password"])
        super().save_model(request, obj, form, change)

    @action(description=_("Save and send test"), permissions=["change"])
    def save_and_test(self, request: HttpRequest, obj: AlarmChannel) -> None:
        _test(request, obj)
        request.stays = True  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: AlarmChannel, post_url_continue: Any = None
    ) -> HttpResponse:
        return self._answer(request, obj) or super().response_add(request, obj, post_url_continue)

    def response_change(self, request: HttpRequest, obj: AlarmChannel) -> HttpResponse:
        return self._answer(request, obj) or super().response_change(request, obj)

    def _answer(self, request: HttpRequest, obj: AlarmChannel) -> HttpResponse | None:
        if made := request.made:  # type: ignore[attr-defined]
            context = {
                **self.admin_site.each_context(request),
                "title": obj.name,
                "channel": obj,
                "secret": made,
            }
            return render(request, "notifications/alarm_channel_secret.html", context)
        if getattr(request, "stays", False):
            return redirect("admin:notifications_alarmchannel_change", obj.pk)
        return None


@require_POST
@permission_required(CHANGE, raise_exception=True)
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Deliver a test with the saved values, at once."""
    _test(request, get_object_or_404(AlarmChannel, pk=pk))
    return redirect("admin:notifications_alarmchannel_changelist")


def _test(request: HttpRequest, channel: AlarmChannel) -> None:
    record(Act.TESTED, person(request), Target.of(channel))
    result = deliveries.send_test(channel, now=timezone.now())
    if error := result.error or result.left_out:
        text = gettext("The test by “%(name)s” failed: %(error)s")
        values = {"name": channel.name, "error": shown(error, gettext)}
        messages.error(request, text % values)
    else:
        text = gettext("“%(name)s”: Test delivered (%(answer)s).")
        protocol = "SMTP" if channel.kind == ChannelKind.SMTP else "HTTP"
        answer = f"{protocol} {result.status}"
        messages.success(request, text % {"name": channel.name, "answer": answer})


def _kind(request: HttpRequest, channel: AlarmChannel | None) -> ChannelKind:
    """Return the kind of the channel, else what the address of the page asks for."""
    asked = channel.kind if channel else request.GET.get("kind", "")
    return ChannelKind(asked) if asked in ChannelKind.values else ChannelKind.WEBHOOK
