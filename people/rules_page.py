"""Administration > Log-in: the ways in that there are, and what is asked of people."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from unfold.widgets import UnfoldBooleanSwitchWidget

from notifications.admin.audited import english_labels
from notifications.models.audit.act import Act

from . import acts
from .microsoft import provider
from .models import LoginRules


class RulesForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = LoginRules
        fields = ("second_factor_required",)
        widgets = {"second_factor_required": UnfoldBooleanSwitchWidget}


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@permission_required("auth.view_user", raise_exception=True)
def rules(request: HttpRequest) -> HttpResponse:
    may_change = request.user.has_perm("auth.change_user")
    row = LoginRules.objects.current()
    data = request.POST if request.method == "POST" else None
    form = RulesForm(data, instance=row)
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        with transaction.atomic():
            form.save()
            if form.changed_data:
                acts.tell(Act.CHANGED, request, about=row, fields=english_labels(form))
        messages.success(request, _("Saved."))
        return redirect("login_rules")
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": _("Log-in"),
        "form": form,
        "may_change": may_change,
        "microsoft": provider.is_offered(),
        "issuer": settings.OIDC_ISSUER,
        "redirect_uri": provider.redirect_uri(),
        "passwords": settings.PASSWORD_LOGIN,
        "idle_minutes": settings.SESSION_IDLE.total_seconds() // 60,
        "session_hours": settings.SESSION_COOKIE_AGE // 3600,
    }
    return render(request, "people/rules.html", context)
