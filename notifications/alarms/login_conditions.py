"""The alarms of how people log in: a page raises them (watch.report_…), and they stand so long."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from notifications.models import Alarm
from notifications.models.alarms.alarm import AlarmCode

# The refusal ends when a sign-in works again. Where nobody tries any more it is over as well.
_STANDS = {
    AlarmCode.EMERGENCY_LOGIN: timedelta(hours=1),
    AlarmCode.LOGIN_REFUSED: timedelta(days=1),
}


def current(standing: Iterable[Alarm], *, now: datetime) -> list[AlarmCode]:
    raised = {alarm.code: alarm.raised_at for alarm in standing}
    return [code for code, time in _STANDS.items() if code in raised and raised[code] > now - time]
