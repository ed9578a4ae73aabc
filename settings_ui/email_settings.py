"""E-mail > Settings: show and save."""

from dataclasses import asdict

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notifications.mailbox import check
from notifications.mailbox.save import SavedMeanwhile, save_settings

from . import cautions, drafts
from .settings_page import SettingsPage, leave_outcome


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@permission_required("notifications.view_emailsettings", raise_exception=True)
def email_settings(request: HttpRequest) -> HttpResponse:
    """Show the page, or save."""
    if request.method == "POST":
        return _save(request)
    page = SettingsPage(request)
    if request.GET.get("draft") and page.state.draft is None:
        messages.warning(request, _("The unsaved form is gone: it is kept for an hour."))
    return page.show()


@permission_required("notifications.change_emailsettings", raise_exception=True)
def _save(request: HttpRequest) -> HttpResponse:
    page = SettingsPage(request)
    if not page.form.is_valid():
        return page.refuse()
    question = cautions.of_switching_off(page.values, page.state)
    if question and "switch_off" not in request.POST:
        page.form.add_error(None, question)
        return page.refuse(asks_to_switch_off=True)
    before = page.state.settings.values()
    try:
        saved = save_settings(
            page.values,
            page.state.account,
            version=page.form.cleaned_data["version"],
            user=request.user,  # type: ignore[arg-type]
        )
    except SavedMeanwhile as conflict:
        return _refuse_for(page, conflict)
    if page.state.draft:
        page.state.draft.delete()
    messages.success(request, _("The settings have been saved."))
    if refused := check.renew_after_save(before, saved):
        leave_outcome(request, failure=asdict(refused))
    return redirect("email_settings")


def _refuse_for(page: SettingsPage, conflict: SavedMeanwhile) -> HttpResponse:
    page.form.add_error(None, [_conflict_text(conflict), *_their_changes(conflict)])
    # The next Save is made knowing of the other one.
    page.form.data = {**page.request.POST.dict(), "version": str(conflict.row.version)}
    page.state = drafts.with_draft(conflict.row, page.state.draft)
    return page.refuse(409)


def _conflict_text(conflict: SavedMeanwhile) -> str:
    saved_at = conflict.row.saved_at
    return _(
        "%(who)s saved these settings at %(time)s, after you opened this page. What you typed is "
        "still here: compare, then click Save again to put it in place of theirs."
    ) % {
        "who": conflict.row.saved_by or _("Somebody else"),
        "time": f"{timezone.localtime(saved_at):%H:%M}" if saved_at else "?",
    }


def _their_changes(conflict: SavedMeanwhile) -> list[str]:
    return [
        _("%(field)s: %(value)s") % {"field": change.label, "value": change.new}
        for change in conflict.changes
    ]
