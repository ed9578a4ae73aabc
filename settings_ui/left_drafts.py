"""Unsaved changes that somebody left, by another page or a closed tab: kept for an hour, and
offered to them alone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from notifications.mailbox import upkeep
from notifications.models import SignInDraft
from notifications.models.rows import row_number

from . import drafts
from .access import may_change
from .settings_page import SettingsPage


@may_change
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the form as it stands in a page that is being left; the browser reads no answer."""
    page = SettingsPage(request)
    if page.has_unsaved:
        page.keep_form()
    return HttpResponse(status=204)


@may_change
def discard(request: HttpRequest) -> HttpResponse:
    """Delete the changes that were offered, and the sign-in with them."""
    number = row_number(request.POST.get("left", "")) or 0
    left = SignInDraft.objects.filter(pk=number, user=drafts.user_id(request)).first()
    if left:
        upkeep.discard(SignInDraft.objects.up_to(left))
    return redirect("email_settings")
