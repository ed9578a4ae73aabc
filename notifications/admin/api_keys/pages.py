"""API keys, which are created, shown once and revoked here."""

from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display

from notifications.admin.audited import Audited
from notifications.admin.base import FormOfActor, RefusedForms, ShownOnce, StrictLookups
from notifications.admin.form_token import new_token
from notifications.audit.actors import person
from notifications.audit.record import Target, record
from notifications.models import ApiKey
from notifications.models.audit.act import Act
from notifications.templatetags.moments import moment
from notifications.webhooks import signature
from notifications.webhooks.target import shown_address

from . import activity, rights
from .examples import examples
from .form import FIELDSETS, ApiKeyForm
from .trial import send_test

_STATES = {"active": "success", "expired": "warning", "revoked": "danger"}


@admin.register(ApiKey)
class ApiKeyAdmin(ShownOnce, RefusedForms, Audited, FormOfActor, StrictLookups, ModelAdmin):
    form = ApiKeyForm
    list_display = ("name", "shown_hint", "shown_state", "may_send", "may_read", "last_used")
    search_fields = ("name", "hint")
    change_list_template = "notifications/api_keys.html"
    show_add_link = False  # the template has it
    change_form_template = "notifications/api_key.html"
    warn_unsaved_form = True

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("<int:pk>/revoke/", view(revoke), name="api_key_revoke"),
            path("<int:pk>/send-test/", view(send_test), name="api_key_test"),
            *super().get_urls(),
        ]

    def has_change_permission(self, request: HttpRequest, obj: ApiKey | None = None) -> bool:
        """Whoever lacks what a key may do can revoke it, and nothing else."""
        allowed = super().has_change_permission(request, obj)
        return allowed and (obj is None or rights.may_manage(request.user, obj))

    def get_fieldsets(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        """Offer another secret where there are callbacks; hide the address from who only looks."""
        may_change = self.has_change_permission(request, obj)
        called = ["callback_url" if obj is None or may_change else "shown_callback_url"]
        if obj and obj.callback_url and may_change:
            called.append("new_callback_secret")
        return (*FIELDSETS, (_("Callbacks"), {"fields": called}))

    def get_readonly_fields(self, request: HttpRequest, obj: ApiKey | None = None) -> Any:
        return () if self.has_change_permission(request, obj) else ("shown_callback_url",)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        key = self.get_object(request, object_id)
        found = activity.read(key, request.user, now=timezone.now()) if key else None
        extra = {"activity": found}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **extra})

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
        if form.needs_new_secret:
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
            **_first_steps(request, obj),
        }
        return render(request, "notifications/api_key_made.html", context)

    @display(description=_("Key prefix"))
    def shown_hint(self, key: ApiKey) -> str:
        return f"{key.hint}…"

    @display(description=_("Last used"), ordering="last_used_at")
    def last_used(self, key: ApiKey) -> Any:
        return moment(key.last_used_at) if key.last_used_at else _("Never")

    @display(description=_("State"), label=_STATES)
    def shown_state(self, key: ApiKey) -> tuple[str, Any]:
        if key.revoked_at:
            return "revoked", _("Revoked")
        if key.is_usable(now=timezone.now()):
            return "active", _("Active")
        return "expired", _("Expired")


def _first_steps(request: HttpRequest, key: ApiKey) -> dict[str, Any]:
    """Ready programs and the form of a test, where a key was made just now that may send."""
    token = request.made.get("token")  # type: ignore[attr-defined]
    if not token or not key.may_send:
        return {}
    own = getattr(request.user, "email", "")
    recipient = own or "alex@contoso.example"
    return {
        "examples": examples(settings.PUBLIC_URL, token, recipient),
        "may_test": request.user.has_perm("notifications.change_apikey"),
        "recipient": own,
        "form_token": new_token(),
    }


@require_POST
@permission_required("notifications.change_apikey", raise_exception=True)
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    key = get_object_or_404(ApiKey, pk=pk)
    with transaction.atomic():
        if ApiKey.objects.filter(pk=pk, revoked_at=None).update(revoked_at=timezone.now()):
            record(Act.REVOKED, person(request), Target.of(key))
    messages.success(request, _("The key “%(name)s” is revoked.") % {"name": key})
    return redirect("admin:notifications_apikey_change", pk)
