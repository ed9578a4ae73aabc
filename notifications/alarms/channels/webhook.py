"""A webhook: the event as it is, signed in the format of Standard Webhooks."""

import json
from datetime import datetime

from notifications.models import AlarmChannel
from notifications.webhooks.call import CallResult, call


def send(channel: AlarmChannel, body: str, now: datetime) -> CallResult:
    return call(
        channel.alarm_url,
        body.encode(),
        event_id=str(json.loads(body)["id"]),
        secret=AlarmChannel.alarm_secret.field.open(channel),
        now=now,
    )
