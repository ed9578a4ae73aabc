"""Which alarms of delivery results should stand now. None of them holds mail back."""

from datetime import datetime, timedelta

from django.conf import settings

from notifications.log import account_codes
from notifications.models import Attempt, Bounce, DeliveryPoll, EmailSettings
from notifications.models.alarms.alarm import AlarmCode
from notifications.models.attempt import Result

_HOUR = timedelta(hours=1)
# Fewer bounces are nobody's business at night, whatever their share.
_LEAST = 10
_REFUSED = (401, 403)


def current(saved: EmailSettings, *, now: datetime) -> set[AlarmCode]:
    """Return the codes; nothing is asked where nobody wants results."""
    if not (saved.trace or saved.read_reports):
        return set()
    poll = DeliveryPoll.objects.current()
    stands = {
        AlarmCode.BOUNCES: _bounce_often(now),
        AlarmCode.TRACE_REFUSED: saved.trace and _is_refused(poll, now),
        AlarmCode.ACCOUNT_REPORTED: account_codes.suspected(now=now),
        AlarmCode.SUPPRESSION_FLOOD: poll.flooded_at is not None and now - poll.flooded_at < _HOUR,
    }
    return {code for code, is_so in stands.items() if is_so}


def _bounce_often(now: datetime) -> bool:
    """Say whether more of the hour's messages came back than the settings allow."""
    bounces = Bounce.objects.filter(at__gt=now - _HOUR).exclude(entry=None)
    bounced = bounces.order_by().values("entry").distinct().count()
    if bounced < _LEAST:
        return False
    accepted = Attempt.objects.filter(at__gt=now - _HOUR, result=Result.ACCEPTED)
    return bounced * 100 > settings.BOUNCE_ALARM_PERCENT * accepted.count()


def _is_refused(poll: DeliveryPoll, now: datetime) -> bool:
    since = poll.trace_failed_since
    is_a_refusal = poll.trace_status in _REFUSED or poll.trace_code.startswith("AADSTS")
    return is_a_refusal and since is not None and now - since > _HOUR
