"""The setup checklist: what is known here on a GET, and on a POST what Microsoft says as well."""

from django.contrib import admin
from django.contrib.auth.decorators import login_required, permission_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notifications import wakeups
from notifications.health.checklist import local_facts, microsoft_facts, points


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@permission_required("notifications.view_emailsettings", raise_exception=True)
def setup_checklist(request: HttpRequest) -> HttpResponse:
    may_change = request.user.has_perm("notifications.change_emailsettings")
    facts = local_facts.read(now=timezone.now(), browser_host=request.get_host())
    if request.method == "POST":
        if not may_change:
            raise PermissionDenied
        if facts.stored:
            facts = microsoft_facts.asked(facts)
            # A renewal may have brought a lost sign-in back.
            wakeups.wake()
    found = points.findings(facts)
    context = {
        **admin.site.each_context(request),
        "title": _("Setup checklist"),
        "findings": found,
        "summary": points.summary(found),
        "is_wrong": points.is_wrong(found),
        "may_change": may_change,
        "was_asked": facts.outside is not None,
    }
    return render(request, "settings_ui/checklist.html", context)
