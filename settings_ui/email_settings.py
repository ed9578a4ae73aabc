"""E-mail > Settings: show and save."""

from dataclasses import asdict
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required, permission_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from notifications import moments
from notifications.alarms import watch
from notifications.audit.actors import person
from notifications.backends.errors import Answer
from notifications.mailbox import check
from notifications.mailbox.connection import Connection
from notifications.mailbox.save import SavedMeanwhile, save_settings, saved_since
from notifications.models import EmailSettings
from notifications.models.rows import row_number
from notifications.models.settings import Service

from . import cautions, drafts
from .settings_page import SettingsPage, leave_outcome, page_address


@require_http_methods(["GET", "POST"])
@never_cache
@login_required
@permission_required("notifications.view_emailsettings", raise_exception=True)
def email_settings(request: HttpRequest) -> HttpResponse:
    """Show the page, or save."""
    if request.method == "POST":
        return _save(request)
    page = SettingsPage(request)
    if page.state.is_draft_gone:
        messages.warning(request, _("The unsaved form is gone: it is kept for an hour."))
    if conflict := _meanwhile(page):
        # The next Save is made knowing of the other one.
        page.form.initial["version"] = conflict.row.version
        return page.show(meanwhile=[_conflict_text(conflict), *_their_changes(conflict)])
    return page.show()


def _meanwhile(page: SettingsPage) -> SavedMeanwhile | None:
    """Return what was saved after a form that now comes back was opened."""
    version = row_number(str((page.state.typed or {}).get("version", "")))
    return None if version is None else saved_since(version, page.state.settings)


@permission_required("notifications.change_emailsettings", raise_exception=True)
def _save(request: HttpRequest) -> HttpResponse:
    page = SettingsPage(request)
    if not page.form.is_valid():
        return page.refuse()
    if page.has_new_secret and not request.is_fresh():  # type: ignore[attr-defined]
        return _ask_who_it_is(page)
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
            by=person(request),
        )
    except SavedMeanwhile as conflict:
        return _refuse_for(page, conflict)
    if page.state.draft:
        drafts.discard_saved(request, page.state.draft)
    _tell(request, saved, refused=check.renew_after_save(before, saved))
    # What the Save has ended is no alarm any more, and what it has begun is one.
    watch.watch(now=timezone.now())
    return redirect("email_settings")


def _ask_who_it_is(page: SettingsPage) -> HttpResponse:
    """A secret is saved by somebody who has proved lately who they are; what was typed is kept."""
    back = urlencode({"next": page_address(page.keep_form())})
    messages.info(page.request, _("Enter your password, then click Save again."))
    return redirect(f"{reverse('login_again')}?{back}")


def _tell(request: HttpRequest, saved: EmailSettings, *, refused: Answer | None) -> None:
    """Say what the Save has come to: nothing is sent where the sign-in lacks a permission."""
    needed = Connection.of(saved.values()).permissions
    lacking = saved.account.lacks(needed) if saved.account else []
    if lacking and saved.service != Service.NONE:
        leave_outcome(request, saved_without=[name.rpartition("/")[2] for name in lacking])
        return
    messages.success(request, _("The settings have been saved."))
    if refused:
        leave_outcome(request, failure=asdict(refused))


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
        "time": moments.short(saved_at) if saved_at else "?",
    }


def _their_changes(conflict: SavedMeanwhile) -> list[str]:
    return [
        _("%(field)s: %(value)s") % {"field": change.label, "value": change.new}
        for change in conflict.changes
    ]
