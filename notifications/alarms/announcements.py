"""Who is told of an alarm: each channel that wants it, once when it is raised and once when it is
cleared."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from django.db import transaction
from django.utils import translation

from notifications.models import Alarm, AlarmChannel, Callback
from notifications.models.alarms.alarm import AlarmCode

from . import conditions, events
from .conditions import Condition, Conditions
from .events import CLEARED, RAISED


class Announcer:
    """One look's view of the channels. Texts are said in each channel's own language."""

    def __init__(self, *, now: datetime) -> None:
        self.now = now
        self._found: dict[str, Conditions] = {}

    @cached_property
    def channels(self) -> list[AlarmChannel]:
        return list(AlarmChannel.objects.in_use())

    def raised(self, alarm: Alarm) -> None:
        """Tell those that want it and were not told of this stage yet."""
        told = self._told(alarm, stage=alarm.stage)
        code = AlarmCode(alarm.code)
        wanting = [channel for channel in self.channels if channel.wants(code)]
        self._announce(alarm, RAISED, [each for each in wanting if each.pk not in told])

    def cleared(self, alarm: Alarm) -> None:
        """Tell those that were told that it was raised, whatever they want by now."""
        told = self._told(alarm)
        self._announce(alarm, CLEARED, [each for each in self.channels if each.pk in told])

    @staticmethod
    def _told(alarm: Alarm, **of: int | None) -> set[int | None]:
        """Return the channels that were told that it was raised. The row is locked, so that another
        watcher sees what this one has announced."""
        Alarm.objects.select_for_update().filter(pk=alarm.pk).first()
        told = Callback.objects.filter(alarm=alarm, event=RAISED, **of)
        return set(told.values_list("channel", flat=True))

    def _announce(self, alarm: Alarm, event: str, channels: Iterable[AlarmChannel]) -> None:
        made = [self._delivery(alarm, event, channel) for channel in channels]
        if made:
            Callback.objects.bulk_create(made)
            Alarm.objects.filter(pk=alarm.pk).update(told_at=self.now)

    def _delivery(self, alarm: Alarm, event: str, channel: AlarmChannel) -> Callback:
        with translation.override(channel.language):
            why = self._why(alarm, channel.language) if event == RAISED else Condition()
            body = events.of_alarm(alarm, event, why.obstacle, now=self.now)
        return Callback(
            alarm=alarm,
            channel=channel,
            stage=alarm.stage,
            event=event,
            body=body,
            created_at=self.now,
            due_at=self.now,
        )

    def _why(self, alarm: Alarm, language: str) -> Condition:
        """Look again in the channel's language: an obstacle is said in that of the look."""
        if language not in self._found:
            with transaction.atomic():
                self._found[language] = conditions.current([alarm], now=self.now)
        return self._found[language].get(AlarmCode(alarm.code), Condition())
