"""The alarms of how people log in: a page raises them (watch.report_…), and they stand so long."""

from datetime import datetime, timedelta

from notifications.models import Alarm
from notifications.models.alarms.alarm import AlarmCode

# The refusal ends when a sign-in works again. Where nobody tries any more it is over as well.
_STANDS = {
    AlarmCode.EMERGENCY_LOGIN: timedelta(hours=1),
    AlarmCode.LOGIN_REFUSED: timedelta(days=1),
}


def current(*, now: datetime) -> list[AlarmCode]:
    raised = dict(
        Alarm.objects.standing().filter(code__in=_STANDS).values_list("code", "raised_at")
    )
    return [code for code, time in _STANDS.items() if code in raised and raised[code] > now - time]
