"""Check now: renew the token for real and open the mailbox. Sends nothing."""

from dataclasses import asdict

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import wakeups
from notifications.alarms import watch
from notifications.backends.errors import SendError
from notifications.mailbox import check
from notifications.mailbox.connection import Connection
from notifications.models import MicrosoftAccount
from notifications.queue.holding import account_obstacles
from settings_ui.access import may_change
from settings_ui.settings_page import SettingsPage


@may_change
def check_now(request: HttpRequest) -> HttpResponse:
    """Check the account with the values on the page, saved or not."""
    page = SettingsPage(request)
    if page.state.account is None or not page.form.is_valid_for_sign_in():
        return page.refuse()
    is_trial = _is_trial(page)
    try:
        detail = _check(page.connection, page.state.account, is_trial=is_trial)
    except SendError as error:
        return page.back(anchor="account", failure=asdict(error.answer), failure_at="account")
    if not is_trial:
        # The alarms of a lost sign-in are over now, not when beat comes by.
        watch.watch(now=timezone.now())
    wakeups.wake()
    checked = " ".join([detail, *_still_waits(page.state.account)])
    return page.back(anchor="account", checked=checked)


def _still_waits(account: MicrosoftAccount) -> list[str]:
    """Say what the check does not see: it sends nothing, so a full mailbox opens all the same."""
    rest = account_obstacles.of_rest(account, now=timezone.now())
    if rest is None:
        return []
    return [_("But the last message was not sent: %(cause)s") % {"cause": rest.text}]


def _is_trial(page: SettingsPage) -> bool:
    """What is not saved yet says nothing about the account that mail leaves from."""
    account = page.state.account
    return page.has_unsaved and account is not None and account == page.state.settings.account


def _check(connection: Connection, account: MicrosoftAccount, *, is_trial: bool) -> str:
    if is_trial:
        token = connection.trial_token(account).secret
        info = check.open_mailbox(connection, account, token=token)
    else:
        info = check.look(connection, account, token=check.renew(connection, account))
    if info.mailbox_checked:
        return _("The sign-in was renewed and the mailbox %(mailbox)s can be opened.") % {
            "mailbox": info.mailbox
        }
    return _(
        "The sign-in was renewed. The mailbox was not checked: the permission Mail.Send alone "
        "does not allow it."
    )
