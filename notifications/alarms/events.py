"""The events of alarms as JSON: raised, cleared, and the test of a channel."""

import json
import uuid
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from notifications.models import Alarm
from notifications.models.alarms.alarm import AlarmCode
from notifications.queue.holding import obstacles, smtp_certificate
from notifications.queue.holding.obstacles import Obstacle

from . import smtp_conditions

RAISED, CLEARED, TEST = "alarm.raised", "alarm.cleared", "alarm.test"
# Where the trouble is an obstacle, that says it.
WHAT_TO_DO = obstacles.WHAT_TO_DO | {
    AlarmCode.CREDENTIAL_ENDS: _(
        "Create a new client secret or certificate in Microsoft Entra, enter it and save."
    ),
    AlarmCode.THROTTLED: _("Check the log: does an application send too much?"),
    AlarmCode.UNREACHABLE: _("Run “manage.py doctor”: it names what is in the way."),
    AlarmCode.SMTP_SILENT: smtp_conditions.START_IT,
    AlarmCode.SMTP_CERTIFICATE: smtp_certificate.WHAT_TO_DO,
    AlarmCode.SMTP_RECIPIENTS: _(
        "See on E-mail > SMTP > Clients which one it is: a device that sends in a loop, or a limit "
        "that is too low."
    ),
    AlarmCode.SMTP_EXPIRED: _(
        "See the log for the messages, and the Notification Queue for what held mail back."
    ),
    AlarmCode.BOUNCES: _(
        "See Notifications > Bounces for the reasons: is a list of addresses old, or does a server "
        "refuse the sender?"
    ),
    AlarmCode.TRACE_REFUSED: _(
        "See E-mail > Settings under Delivery results: it names what is missing. Mail is still "
        "sent."
    ),
    AlarmCode.ACCOUNT_REPORTED: _(
        "See Notifications > Bounces. A report alone stops nothing, because it can be forged: "
        "check the account in Microsoft Defender under Restricted entities."
    ),
    AlarmCode.SUPPRESSION_FLOOD: _(
        "See Notifications > Bounces: a fault of a recipient's server looks like this. Add what is "
        "right to the suppression list by hand."
    ),
    AlarmCode.EMERGENCY_LOGIN: _(
        "Find out who it was. If nobody of you did it, change its password at once."
    ),
    AlarmCode.LOGIN_REFUSED: _(
        "In Entra, see whether the application is still there, and create a new client secret for "
        "it; set MAILCONNECTOR_OIDC_CLIENT_SECRET and restart. Emergency accounts log in meanwhile."
    ),
    AlarmCode.QUEUE_OLD: _("Check the Notification Queue and the worker's output."),
    AlarmCode.CHANNEL_FAILS: _("Open Alarms, correct the channel and send a test."),
}


def of_alarm(alarm: Alarm, event: str, obstacle: Obstacle | None, *, now: datetime) -> str:
    """Say it in the language that is active, as the obstacle does where one stands."""
    code = AlarmCode(alarm.code)
    what_to_do = obstacle.what_to_do if obstacle else gettext(WHAT_TO_DO[code])
    return json.dumps(
        {
            "id": event_id(alarm, event),
            "event": event,
            "at": now.isoformat(),
            **_origin(),
            "alarm": {
                "id": alarm.pk,
                "code": alarm.code,
                "text": text_of(alarm, obstacle),
                "why": obstacle.why if obstacle else "",
                "what_to_do": what_to_do,
                "microsoft_code": obstacle.microsoft_code if obstacle else "",
                "days_left": alarm.stage,
                "raised_at": alarm.raised_at.isoformat(),
                "cleared_at": alarm.cleared_at.isoformat() if alarm.cleared_at else None,
            },
        }
    )


def of_test(*, now: datetime) -> str:
    body = {"id": str(uuid.uuid4()), "event": TEST, "at": now.isoformat(), **_origin()}
    return json.dumps(body)


def event_id(alarm: Alarm, event: str) -> str:
    """The same for the same event, should it be noted twice."""
    name = f"{alarm.raised_at}{AlarmCode(alarm.code)}{event}{alarm.stage}"
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def text_of(alarm: Alarm, obstacle: Obstacle | None) -> str:
    return obstacle.text if obstacle else str(AlarmCode(alarm.code).label)


def _origin() -> dict[str, str]:
    return {"installation": settings.PUBLIC_URL}
