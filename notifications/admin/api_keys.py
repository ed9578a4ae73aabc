"""API keys, which are made, shown once and revoked here; and the log of their callbacks."""

from typing import Any

from django import forms
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
from unfold.decorators import display
from unfold.widgets import UnfoldBooleanWidget

from notifications.i18n import shown
from notifications.models import ApiKey, Callback
from notifications.models.callback import CallbackState
from notifications.models.sealed.address import readable_part
from notifications.templatetags.notifications import one_line
from notifications.webhooks import signature
from notifications.webhooks.target import is_same_receiver, shown_address, target_problem

from .base import ReadOnlyAdmin, StrictLookups

_STATES = {"active": "success", "expired": "warning", "revoked": "danger"}


class ApiKeyForm(forms.ModelForm):  # type: ignore[type-arg]
    new_callback_secret = forms.BooleanField(
        label=_("Make a new secret for the callbacks"), required=False, widget=UnfoldBooleanWidget
    )

    class Meta:
        model = ApiKey
        fields = (
            "name", "may_send", "may_read", "requests_a_minute", "expires_at", "callback_url",
        )  # fmt: skip
        help_texts = {
            "callback_url": _(
                "Optional: called when a message was accepted or has failed, signed with a "
                "secret that is shown once."
            )
        }

    def clean_callback_url(self) -> str:
        url: str = self.cleaned_data["callback_url"].strip()
        if url and (problem := target_problem(url)):
            raise forms.ValidationError(gettext(problem))
        return url

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("may_send") and not data.get("may_read"):
            self.add_error("may_send", _("Choose at least one of the two."))
        return data


@admin.register(ApiKey)
class ApiKeyAdmin(StrictLookups, ModelAdmin):
    form = ApiKeyForm
    list_display = ("name", "shown_hint", "shown_state", "may_send", "may_read", "last_used_at")
    search_fields = ("name", "hint")
    change_list_template = "notifications/api_keys.html"
    change_form_template = "notifications/api_key.html"

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [path("<int:pk>/revoke/", view(revoke), name="api_key_revoke"), *super().get_urls()]

    def get_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        fields = super().get_fields(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fields
        return [name if name != "callback_url" else "shown_callback_url" for name in fields]

    @display(description=_("Callback address"))
    def shown_callback_url(self, obj: ApiKey) -> str:
        return shown_address(obj.callback_url) if obj.callback_url else ""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Forbid deletion: keys are revoked instead, because their notifications name them."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiKey, form: Any, change: bool) -> None:
        """Save a key; only the answer to this request shows the secrets that it makes."""
        made: dict[str, str] = {}
        if not change:
            obj.created_by = request.user  # type: ignore[assignment]
            made["token"] = obj.make_token()
        # Another receiver shall not get calls with the signature that the former one trusts.
        former = readable_part(form.initial.get("callback_url") or "")
        is_elsewhere = not is_same_receiver(former, obj.callback_url)
        wants_secret = form.cleaned_data["new_callback_secret"] or is_elsewhere
        if obj.callback_url and wants_secret:
            made["callback_secret"] = signature.new_secret()
            obj.callback_secret = ApiKey.callback_secret.field.seal(made["callback_secret"])
        request.made = made  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: ApiKey, post_url_continue: Any = None
    ) -> HttpResponse:
        return self._shown_once(request, obj)

    def response_change(self, request: HttpRequest, obj: ApiKey) -> HttpResponse:
        if request.made:  # type: ignore[attr-defined]
            return self._shown_once(request, obj)
        return super().response_change(request, obj)

    def _shown_once(self, request: HttpRequest, obj: ApiKey) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": obj.name,
            "key": obj,
            **request.made,  # type: ignore[attr-defined]
        }
        return render(request, "notifications/api_key_made.html", context)

    @display(description=_("Begins with"))
    def shown_hint(self, key: ApiKey) -> str:
        return f"{key.hint}…"

    @display(description=_("State"), label=_STATES)
    def shown_state(self, key: ApiKey) -> tuple[str, Any]:
        if key.revoked_at:
            return "revoked", _("Revoked")
        if key.is_usable(now=timezone.now()):
            return "active", _("Active")
        return "expired", _("Expired")


@require_POST
@permission_required("notifications.change_apikey", raise_exception=True)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=pk)
    ApiKey.objects.filter(pk=pk, revoked_at=None).update(revoked_at=timezone.now())
    messages.success(request, _("The key “%(name)s” is revoked.") % {"name": key})
    return redirect("admin:notifications_apikey_change", pk)


@admin.register(Callback)
class CallbackAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at", "shown_state", "api_key", "event", "shown_notification", "attempts",
        "http_status", "shown_error", "due_at",
    )  # fmt: skip
    list_display_links = None
    list_filter = ("state", "api_key")
    list_select_related = ("api_key",)
    list_per_page = 50
    show_full_result_count = False
    list_disable_select_all = True

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("notifications.view_apikey"))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    @display(
        description=_("State"),
        ordering="state",
        label={
            CallbackState.WAITING: "info",
            CallbackState.DELIVERED: "success",
            CallbackState.GIVEN_UP: "danger",
        },
    )
    def shown_state(self, row: Callback) -> tuple[str, str]:
        return row.state, row.get_state_display()

    @display(description=_("Notification"), ordering="notification_id")
    def shown_notification(self, row: Callback) -> int | None:
        return row.notification_id

    @display(description=_("Error"), ordering="error")
    def shown_error(self, row: Callback) -> str:
        return one_line(shown(row.error, gettext))
