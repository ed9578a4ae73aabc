"""Webhook addresses at rest: a dump tells whose they are, and no more."""

from io import StringIO

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from notifications.health import stored_secrets
from notifications.models import AlarmChannel, ApiKey
from notifications.models.sealed.address import opened, sealed
from tests import factories

BEFORE = [("notifications", "0018_last_cloud_and_retries")]
SEALED = [("notifications", "0019_sealed_addresses")]
DESK, ALARM = "https://desk.example/hook?t0ken=desk", "https://hooks.example:8443/t0ken-of-alarm"


@pytest.fixture
def addresses(db):
    factories.api_key(callback_url=DESK)
    factories.alarm_channel(ALARM)


def dump():
    """Everything that the tables have, as the database has it."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            found += cursor.fetchall()
    return str(found)


def test_a_dump_tells_the_host_and_nothing_else(addresses):
    assert "t0ken" not in dump()
    assert "https://desk.example " in dump()
    assert "https://hooks.example:8443 " in dump()
    assert ApiKey.objects.get().callback_url == DESK
    assert AlarmChannel.objects.get().alarm_url == ALARM


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://desk.example?t0ken", "https://desk.example"),
        ("https://desk.example#t0ken", "https://desk.example"),
        ("https://user:t0ken@desk.example/x", "https://desk.example"),
        ("https://desk.example", "https://desk.example"),
    ],
)
def test_only_the_host_is_in_clear(address, host):
    assert sealed(address, "x").partition(" ")[0] == host
    assert opened(sealed(address, "x"), "x") == address
    assert sealed(sealed(address, "x"), "x") != address


def test_a_rotation_seals_addresses_anew(addresses, settings):
    new = Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, *settings.ENCRYPTION_KEYS]

    stored_secrets.rotate()

    settings.ENCRYPTION_KEYS = [new]
    assert stored_secrets.unreadable() == []
    assert ApiKey.objects.get().callback_url == DESK
    assert AlarmChannel.objects.get().alarm_url == ALARM


def test_an_address_that_no_key_opens_is_told_and_not_lost(addresses, settings):
    kept = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]

    key = ApiKey.objects.get()
    assert key.callback_url == ""
    assert f"Callback address of API key {key.pk}" in stored_secrets.unreadable()
    key.name = "renamed"
    key.save()
    with pytest.raises(SystemExit):
        call_command("rotate_keys", stdout=StringIO(), stderr=StringIO())

    settings.ENCRYPTION_KEYS = kept
    assert (ApiKey.objects.get().name, ApiKey.objects.get().callback_url) == ("renamed", DESK)


def test_addresses_of_an_older_version_are_sealed_and_can_be_brought_back(transactional_db, now):
    executor = MigrationExecutor(connection)
    newest = [key for key in executor.loader.graph.leaf_nodes() if key[0] == "notifications"]
    executor.migrate(BEFORE)
    old = executor.loader.project_state(BEFORE).apps
    old.get_model("notifications", "ApiKey").objects.create(name="desk", callback_url=DESK)
    old.get_model("notifications", "EmailSettings").objects.create(pk=1, alarm_url=ALARM)
    history = old.get_model("notifications", "HistoricalEmailSettings").objects
    for _ in range(501):  # more than one portion
        history.create(id=1, history_date=now, history_type="~", alarm_url=ALARM)

    MigrationExecutor(connection).migrate(SEALED)
    after = dump()
    MigrationExecutor(connection).migrate(BEFORE)
    back = dump()
    MigrationExecutor(connection).migrate(newest)

    assert "t0ken" not in after
    assert "https://hooks.example:8443 " in after
    assert AlarmChannel.objects.get().alarm_url == ALARM
    assert back.count("t0ken-of-alarm") == 502
    assert ApiKey.objects.get().callback_url == DESK


def test_once_it_was_entered_again_a_lost_key_is_no_trouble_any_more(addresses, settings):
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    assert len(stored_secrets.unreadable()) == 3  # the channel's signing secret as well

    ApiKey.objects.update(callback_url=DESK)
    AlarmChannel.objects.update(alarm_url=ALARM, alarm_secret="")

    assert stored_secrets.unreadable() == []
    assert stored_secrets.rotate().unreadable == []
