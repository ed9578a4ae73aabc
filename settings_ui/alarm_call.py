"""Test of the alarm: one call with the values on the page, saved or not."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from notifications import vault
from notifications.alarms import watch
from notifications.i18n import shown
from notifications.models import EmailSettings
from notifications.models.settings import SettingsValues
from notifications.webhooks.call import CallResult

from . import alarm_fields
from .access import may_change
from .settings_page import SettingsPage


@may_change
def test_alarm(request: HttpRequest) -> HttpResponse:
    """Call the address on the page with the secret on it."""
    page = SettingsPage(request)
    form = page.form
    if form.is_valid_for(alarm_fields.NAMES) and not form.cleaned_data["alarm_url"]:
        form.add_error("alarm_url", _("Enter the address to call."))
    if not form.is_valid_for(alarm_fields.NAMES):
        return page.refuse()
    result = _call(page.values)
    return page.back(anchor="alarm", alarm_test=_told(result))


def _call(values: SettingsValues) -> CallResult:
    try:
        secret = EmailSettings.alarm_secret.field.open(values)
    except vault.UnreadableSecret:
        return CallResult(0, _("The secret cannot be read: enter it again."))
    return watch.call_test(values.alarm_url, secret=secret, now=timezone.now())


def _told(result: CallResult) -> dict[str, str | bool]:
    if result.error:
        error = shown(result.error, _)
        return {"failed": True, "text": _("The test failed: %(error)s") % {"error": error}}
    text = _("The test was taken: the address answered %(status)d.")
    return {"failed": False, "text": text % {"status": result.status}}
