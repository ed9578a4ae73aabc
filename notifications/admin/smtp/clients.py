"""The tab Clients: who hands in mail, with a password that is shown once and a sheet to print."""

import socket
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.contrib.auth.decorators import permission_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from unfold.admin import ModelAdmin
from unfold.decorators import display

from notifications.admin.audited import Audited
from notifications.admin.base import ShownOnce, StrictLookups
from notifications.audit.actors import person
from notifications.audit.record import Target, record
from notifications.counts import Counted
from notifications.models import EmailSettings, SmtpClient, SmtpListener, SmtpSession, SmtpSettings
from notifications.models.audit.act import Act
from notifications.models.smtp.client import Authentication
from notifications.smtp_listener import addresses
from notifications.templatetags.moments import moment

from . import history
from .client_form import ClientForm
from .listener import listener


@admin.register(SmtpClient)
class SmtpClientAdmin(ShownOnce, Audited, StrictLookups, ModelAdmin):
    form = ClientForm
    list_display = (
        "name", "authentication", "user_name", "shown_networks", "shown_from", "shown_last_used",
        "shown_today", "enabled",
    )  # fmt: skip
    search_fields = ("name", "user_name", "networks")
    list_filter = ("enabled", "authentication")
    list_per_page = 50
    change_list_template = "notifications/smtp_clients.html"
    show_add_link = False  # the template has it
    change_form_template = "notifications/smtp_client.html"
    warn_unsaved_form = True
    # Whoever only looks has no fields to choose in, and is shown all of it.
    conditional_fields = {
        "domains": "$data.allowed_recipients != 'everybody'",
        "allow_plain": "$data.authentication != 'address'",
    }

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("listener/", view(listener), name="smtp_listener"),
            path("<int:pk>/password/", view(new_password), name="smtp_client_password"),
            path("<int:pk>/sheet/", view(sheet), name="smtp_client_sheet"),
            *super().get_urls(),
        ]

    def save_model(self, request: HttpRequest, obj: SmtpClient, form: Any, change: bool) -> None:
        """Save a client; only the answer to this request shows its password."""
        if not change:
            obj.make_user_name()
            request.password = obj.make_password()  # type: ignore[attr-defined]
        super().save_model(request, obj, form, change)
        SmtpSettings.objects.changed()

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """Let sessions go with their client, though nobody deletes them by hand."""
        found, counts, needed, protected = super().get_deleted_objects(objs, request)
        sessions = str(SmtpSession._meta.verbose_name)
        return found, counts, {each for each in needed if str(each) != sessions}, protected

    def delete_model(self, request: HttpRequest, obj: SmtpClient) -> None:
        super().delete_model(request, obj)
        SmtpSettings.objects.changed()

    def response_add(
        self, request: HttpRequest, obj: SmtpClient, post_url_continue: Any = None
    ) -> HttpResponse:
        return _sheet(request, obj, password=request.password)  # type: ignore[attr-defined]

    @display(description=_("Networks"))
    def shown_networks(self, row: SmtpClient) -> str:
        return row.networks or str(_("from anywhere"))

    @display(description=_("Allowed From addresses"))
    def shown_from(self, row: SmtpClient) -> str:
        return row.allowed_from or str(_("the default From only"))

    @display(description=_("Last used"), ordering="last_used_at")
    def shown_last_used(self, row: SmtpClient) -> Any:
        return moment(row.last_used_at) if row.last_used_at else _("Never")

    @display(description=_("Recipients today"))
    def shown_today(self, row: SmtpClient) -> str:
        today = Counted(row.recipients_of(timezone.now()))
        return f"{today} / {Counted(row.recipients_a_day)}"


@require_POST
@permission_required("notifications.change_smtpclient", raise_exception=True)
@never_cache
def new_password(request: HttpRequest, pk: int) -> HttpResponse:
    """Replace the password; the former one is refused from now on."""
    row = get_object_or_404(SmtpClient, pk=pk)
    password = row.make_password()
    with transaction.atomic():
        row.save(update_fields=["password_digest"])
        SmtpSettings.objects.changed()
        history.note_password(request, row)
        record(Act.PASSWORD_SET, person(request), Target.of(row))
    return _sheet(request, row, password=password)


@require_safe
@permission_required("notifications.view_smtpclient", raise_exception=True)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    return _sheet(request, get_object_or_404(SmtpClient, pk=pk))


def _sheet(request: HttpRequest, row: SmtpClient, *, password: str = "") -> HttpResponse:
    """Everything that is entered at the device, to print."""
    found = SmtpListener.objects.listening(now=timezone.now())
    running = {(port, bool(is_tls)) for each in found for _host, port, is_tls in each.addresses}
    named = {(each.port, each.is_tls) for each in addresses.read(settings.SMTP_LISTEN)}
    saved = EmailSettings.objects.current()
    default = saved.from_address or (saved.account.address if saved.account else "")
    context = {
        **admin.site.each_context(request),
        "title": _("Set-up sheet: %(name)s") % {"name": row},
        "client": row,
        "password": password if row.authentication == Authentication.PASSWORD else "",
        "host": settings.SMTP_NAME or socket.getfqdn(),
        "ports": sorted(running or named),
        "is_on": SmtpSettings.objects.current().is_on,
        "has_certificate": bool(settings.SMTP_CERTIFICATE),
        "sender": row.allowed_from or default,
    }
    return render(request, "notifications/smtp_sheet.html", context)
