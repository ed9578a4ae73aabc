"""Check now of message trace: one request with the values on the page, saved or not."""

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications.backends.errors import SendError
from notifications.backends.explanations.tracing import explain_trace, words_of
from notifications.mailbox import delivery_access
from notifications.mailbox.connection import Connection

from . import results_fields
from .access import may_change
from .settings_page import SettingsPage

_WINDOW = timedelta(hours=1)
ANCHOR = "delivery-results"


@may_change
def check_trace(request: HttpRequest) -> HttpResponse:
    page = SettingsPage(request)
    if not page.form.is_valid_for(results_fields.NAMES):
        return page.refuse()
    account = page.state.account
    told = _check(page.connection, sender=account.address if account else "nobody@example.com")
    return page.back(anchor=ANCHOR, trace_check=told)


def _check(connection: Connection, *, sender: str) -> dict[str, str | bool]:
    now = timezone.now()
    delivery_access.forget_tokens()
    try:
        trace = delivery_access.open_trace(connection, now=now)
        try:
            rows = next(trace.pages(sender, since=now - _WINDOW, until=now))
        finally:
            trace.close()
    except SendError as error:
        why = explain_trace(error.answer, translate=_)
        lines = (f"{why.happened} {why.why}", why.what_to_do, words_of(error.answer))
        return {"failed": True, "text": "\n".join(filter(None, lines))}
    text = _("Message trace answers: it knows %(count)d messages of %(sender)s in the last hour.")
    return {"failed": False, "text": text % {"count": len(rows), "sender": sender}}
