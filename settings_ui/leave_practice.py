"""Leave practice mode: what stays, what goes, and how to start with the real cloud."""

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notifications.alarms import watch
from notifications.audit.actors import person
from notifications.backends.microsoft.clouds import EMULATOR, REAL_CLOUDS
from notifications.mailbox import practice
from notifications.models import ApiKey, SmtpClient
from notifications.models.rows import row_number
from notifications.webhooks.target import shown_address


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@permission_required(
    ["notifications.change_emailsettings", "notifications.delete_attempt"], raise_exception=True
)
def leave_practice(request: HttpRequest) -> HttpResponse:
    may_change_keys = request.user.has_perm("notifications.change_apikey")
    may_delete_clients = request.user.has_perm("notifications.delete_smtpclient")
    if request.method == "POST":
        practice.leave(
            by=request.user,  # type: ignore[arg-type]
            deleted_keys=_chosen(request, "delete_key") if may_change_keys else [],
            cleared_callbacks=_chosen(request, "delete_callback") if may_change_keys else [],
            deleted_clients=_chosen(request, "delete_client") if may_delete_clients else [],
            actor=person(request),
        )
        watch.watch(now=timezone.now())
        messages.success(request, _("Everything of practice mode has been deleted."))
        return redirect("leave_practice")
    context = {
        **admin.site.each_context(request),
        "title": _("Leave practice mode"),
        "practice": practice.found(),
        "most_counted": practice.MOST_COUNTED,
        "keys": _keys() if may_change_keys else [],
        "clients": SmtpClient.objects.order_by("name") if may_delete_clients else [],
        "is_practice": settings.CLOUD == EMULATOR,
        "clouds": REAL_CLOUDS.values(),
        "public_url": _public_url(),
    }
    return render(request, "settings_ui/leave_practice.html", context)


def _chosen(request: HttpRequest, name: str) -> list[int]:
    numbers = (row_number(text) for text in request.POST.getlist(name))
    return [number for number in numbers if number is not None]


def _keys() -> list[tuple[ApiKey, str]]:
    return [(key, _receiver(key)) for key in ApiKey.objects.order_by("name")]


def _receiver(key: ApiKey) -> str:
    return shown_address(key.callback_url) if key.callback_url else ""


def _public_url() -> str:
    """Return the address of this installation if Entra takes it, else an example of one."""
    url: str = settings.PUBLIC_URL
    return url if url.startswith("https:") else "https://mail.contoso.example"
