"""Check now: renew the token for real and open the mailbox. Sends nothing."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from notifications import wakeups
from notifications.backends.errors import SendError
from notifications.mailbox import check
from notifications.mailbox.connection import Connection
from notifications.models import MicrosoftAccount

from . import drafts, pages
from .access import may_change
from .forms import EmailSettingsForm


@may_change
def check_now(request: HttpRequest) -> HttpResponse:
    """With the account and the values on the page, saved or not."""
    state = drafts.load(request)
    form = EmailSettingsForm(request.POST, request.FILES, stored=state.stored)
    if state.account is None or not form.is_valid_for_sign_in():
        return pages.render_page(request, state, form, status=422)
    try:
        detail = _check(Connection.of(form.values()), state.account)
    except SendError as error:
        return pages.back(request, form, failure=asdict(error.answer))
    messages.success(request, detail)
    wakeups.wake()
    return pages.back(request, form)


def _check(connection: Connection, account: MicrosoftAccount) -> str:
    token = check.renew(connection, account)
    info = check.look(connection, account, token=token)
    if info.mailbox_checked:
        return _("The sign-in was renewed and the mailbox %(mailbox)s can be opened.") % {
            "mailbox": info.mailbox
        }
    return _(
        "The sign-in was renewed. The mailbox was not checked: the permission Mail.Send alone "
        "does not allow it."
    )
