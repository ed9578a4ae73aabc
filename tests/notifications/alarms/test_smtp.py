"""The alarms of the SMTP listener, and what else tells that it is silent."""

from datetime import timedelta

import pytest

from notifications.alarms import conditions, heartbeat, smtp_conditions
from notifications.attachments import unused
from notifications.health import smtp
from notifications.models import Attempt, Notification, SmtpListener, SmtpSettings
from notifications.models.alarms.alarm import AlarmCode
from notifications.models.status import Status
from notifications.queue import expiry
from notifications.smtp_listener.certificate import PROBLEM
from tests import factories

pytestmark = pytest.mark.django_db


def listens(now, **changes):
    values = {"started_at": now, "seen_at": now, "addresses": [["127.0.0.1", 25, False]]}
    SmtpListener.objects.create(name="host:1", **values | changes)


@pytest.fixture
def wanted():
    SmtpSettings.objects.made().update(is_on=True)
    return factories.smtp_client()


def test_nothing_is_wrong_while_smtp_is_off(now):
    assert smtp_conditions.current(now=now) == {}
    assert smtp.is_fine(now=now)


@pytest.mark.parametrize("changes", [None, {"addresses": []}, {"seen_at": timedelta(minutes=-3)}])
def test_a_listener_that_is_not_heard_of(wanted, now, changes):
    if changes is not None:
        if "seen_at" in changes:
            changes = {"seen_at": now + changes["seen_at"]}
        listens(now, **changes)
    assert smtp_conditions.current(now=now) == {AlarmCode.SMTP_SILENT: None}
    assert not smtp.is_fine(now=now)


@pytest.mark.parametrize(("days", "stage"), [(31, None), (30, 30), (7, 7), (6, 7), (0, 1), (-3, 0)])
def test_the_end_of_the_certificate_is_told_in_stages(wanted, now, days, stage):
    listens(now, certificate_ends_at=now + timedelta(days=days, hours=1))
    found = conditions.current([], now=now)
    assert (AlarmCode.SMTP_CERTIFICATE in found) == (stage is not None)
    if stage is not None:
        assert found[AlarmCode.SMTP_CERTIFICATE].stage == stage


def test_a_certificate_that_cannot_be_read_is_told_with_the_reason(wanted, now):
    listens(now, certificate_problem=PROBLEM % {"reason": "KEY_VALUES_MISMATCH"})
    (condition,) = [conditions.current([], now=now)[AlarmCode.SMTP_CERTIFICATE]]
    assert condition.stage == 0
    assert "KEY_VALUES_MISMATCH" in condition.obstacle.text


def test_no_heartbeat_is_sent_while_devices_cannot_hand_in_mail(wanted, now):
    (found,) = [each for each in heartbeat.in_the_way(now=now) if each.code == "smtp_silent"]
    assert found.text == "SMTP listener silent"
    listens(now)
    assert "smtp_silent" not in [each.code for each in heartbeat.in_the_way(now=now)]


@pytest.mark.parametrize(("used", "is_told"), [(79, False), (80, True)])
def test_a_client_near_its_day(wanted, now, used, is_told):
    listens(now)
    type(wanted).objects.update(day=now.date(), recipients_today=used, recipients_a_day=100)
    assert (AlarmCode.SMTP_RECIPIENTS in smtp_conditions.current(now=now)) is is_told


def test_mail_that_was_too_old_is_logged_once_and_told(now):
    row = factories.carried_notification(expires_at=now - timedelta(minutes=1))
    Notification.objects.expire(now=now)
    expiry.log_expired(now=now)
    expiry.log_expired(now=now)
    row.refresh_from_db()
    assert row.status == Status.EXPIRED
    assert Attempt.objects.get().code == "SmtpExpired"
    assert AlarmCode.SMTP_EXPIRED in smtp_conditions.current(now=now)


def test_the_content_of_a_carried_message_is_kept_as_long_as_its_row(settings, tmp_path, now):
    settings.MEDIA_ROOT = tmp_path
    row = factories.carried_notification()
    folder, later = int(row.raw_path[:2], 16), now + timedelta(days=3)
    assert unused.delete_in(folder, now=later) == 0
    row.delete()
    assert unused.delete_in(folder, now=later) == 1
