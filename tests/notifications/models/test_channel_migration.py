"""A database of before there were several channels of alarms."""

import pytest
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from notifications import vault
from notifications.alarms import watch as alarms
from notifications.models import Alarm, AlarmChannel, Callback, EmailSettings
from notifications.models.sealed.address import sealed

BEFORE = [("notifications", "0021_bind_sealed_values")]
URL, SECRET = "https://hooks.example/t0ken", "a-secret-of-the-desk"


def table_of_history():
    columns = connection.introspection.get_table_description(
        connection.cursor(), EmailSettings.history.model._meta.db_table
    )
    return {column.name for column in columns}


@pytest.fixture
def filled(before, now):
    """The address of before, in the history as well, and an alarm that stands and was told."""
    old, newest = before
    rows = {model.__name__: model.objects for model in old.get_models()}
    secret = vault.seal(SECRET, "alarm_secret")
    address = sealed(URL, "alarm_url")
    rows["EmailSettings"].create(pk=1, alarm_url=address, alarm_secret=secret)
    rows["HistoricalEmailSettings"].create(
        id=1, history_date=now, history_type="~", alarm_url=address
    )
    alarm = rows["Alarm"].create(code="credential_ends", stage=7, raised_at=now, told_at=now)
    rows["Callback"].create(alarm=alarm, event="alarm.raised", body='{"id": "1"}')
    MigrationExecutor(connection).migrate(newest)
    return old


def test_the_address_becomes_the_first_channel_with_what_it_was_told(filled):
    channel = AlarmChannel.objects.get()

    assert (channel.kind, channel.enabled, channel.left_out) == ("webhook", True, [])
    assert channel.alarm_url == URL
    assert AlarmChannel.alarm_secret.field.open(channel) == SECRET
    call = Callback.objects.get()
    assert (call.channel, call.stage) == (channel, 7)


def test_what_was_told_before_is_not_told_again_and_its_end_is(filled, now):
    alarm = Alarm.objects.get()

    with transaction.atomic():
        alarms.Announcer(now=now).raised(alarm)
        assert Callback.objects.count() == 1
        alarms.Announcer(now=now).cleared(alarm)

    assert Callback.objects.latest("pk").event == "alarm.cleared"


def test_neither_settings_nor_their_history_have_it_any_more(filled):
    assert not [name for name in table_of_history() if "alarm" in name]


def test_an_earlier_version_finds_its_one_address_again(filled):
    MigrationExecutor(connection).migrate(BEFORE)

    row = filled.get_model("notifications", "EmailSettings").objects.get()
    assert vault.unseal(row.alarm_url.partition(" ")[2], "alarm_url") == URL
    assert vault.unseal(row.alarm_secret, "alarm_secret") == SECRET
