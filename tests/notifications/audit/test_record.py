"""Events: in the act's transaction, one line of JSON, never changed, deleted after a year."""

import json
from datetime import timedelta

import pytest
from django.core import serializers
from django.db import transaction
from django.test import Client

from notifications.audit import retention
from notifications.audit.record import COMMAND, Target, line, ranges, record
from notifications.models import AuditEvent, Notification
from notifications.models.audit.act import Act
from notifications.models.audit.event import AppendOnly
from notifications.models.status import Status
from tests import factories

pytestmark = pytest.mark.django_db
OBJECT = Target("notifications.apikey", 3, "Desk")


def event(**values):
    record(Act.CHANGED, COMMAND, OBJECT, **values)
    return AuditEvent.objects.latest("pk")


def test_an_act_that_is_undone_is_not_told(audit_lines, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), transaction.atomic():
        event()
        transaction.set_rollback(True)

    assert not AuditEvent.objects.exists()
    assert not audit_lines.records


def test_a_committed_act_is_one_line_of_json(audit_lines, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        kept = event(fields=["Näme\n"])

    (told,) = audit_lines.records
    assert told.name == "mailconnector.audit"
    assert "\n" not in told.getMessage()
    assert json.loads(told.getMessage()) == {
        "at": kept.at.isoformat(), "level": "INFO", "logger": "mailconnector.audit",
        "event": kept.pk, "act": "changed", "by": "command", "who": "manage.py",
        "object": {"type": "notifications.apikey", "number": 3, "name": "Desk"},
        "details": {"fields": ["Näme\n"]},
    }  # fmt: skip


def test_a_name_cannot_begin_another_line():
    record(Act.ADDED, COMMAND, Target("auth.user", 1, "evil\n13:00 FAKE\x1b[31m"))

    assert AuditEvent.objects.get().object_name == "evil 13:00 FAKE [31m"


@pytest.mark.parametrize(
    "change",
    [
        lambda row: row.save(),
        lambda row: row.delete(),
        lambda row: AuditEvent.objects.update(who="x"),
        lambda row: AuditEvent.objects.all().delete(),
        lambda row: AuditEvent._base_manager.all().delete(),
        lambda row: AuditEvent._default_manager.filter(pk=row.pk).update(who="x"),
        lambda row: AuditEvent.objects.bulk_update([row], ["who"]),
        lambda row: AuditEvent.objects.update_or_create(pk=row.pk, defaults={"who": "x"}),
        lambda row: AuditEvent.objects.bulk_create(
            [row], update_conflicts=True, update_fields=["who"], unique_fields=["id"]
        ),
        lambda row: [
            each.save() for each in serializers.deserialize(
                "json", serializers.serialize("json", [row])
            )
        ],
    ],
)  # fmt: skip
def test_nothing_changes_or_deletes_an_event(change):
    row = event()
    before = AuditEvent.objects.values().get()

    with pytest.raises(AppendOnly), transaction.atomic():
        change(row)

    assert AuditEvent.objects.values().get() == before


@pytest.mark.parametrize("path", ["change/", "delete/", "history/"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_page_changes_an_event(method, path):
    row = event()
    browser = Client()
    browser.force_login(factories.user())

    getattr(browser, method)(
        f"/notifications/auditevent/{row.pk}/{path}", {"post": "yes", "who": "x"}
    )
    browser.post(
        "/notifications/auditevent/",
        {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"},
    )

    assert AuditEvent.objects.get(pk=row.pk).who == "manage.py"


def test_events_are_kept_for_a_year_and_their_end_is_told(now):
    old, kept = event(), event()
    AuditEvent.objects.purge(before=now + timedelta(days=1))
    old.pk = kept.pk = None
    old.at, kept.at = now - timedelta(days=367), now - timedelta(days=364)
    AuditEvent.objects.bulk_create([old, kept])

    retention.purge(now=now)
    retention.purge(now=now)

    told, left = AuditEvent.objects.all()
    assert left.at == kept.at
    assert (told.act, told.by, told.details["count"]) == (Act.PURGED, "connector", 1)


def test_an_act_with_thousands_of_messages_is_one_event_in_few_statements(
    django_assert_max_num_queries,
):
    rows = [factories.enqueue() for _each in range(3)]
    more = Notification.objects.bulk_create(
        Notification(
            to=["a@contoso.example"], subject="x", cloud="emulator", message_id=f"<{number}@x>",
            status=Status.FAILED,
        )
        for number in range(2000)
    )  # fmt: skip
    browser = Client()
    browser.force_login(factories.user())
    newest = max(row.pk for row in more)

    with django_assert_max_num_queries(40):
        browser.post("/notifications/notification/all/delete/", {"newest": newest})

    told = AuditEvent.objects.get(act=Act.DELETED)
    assert told.details["messages"] == Notification.objects.filter(status="cancelled").count()
    assert told.details["messages"] == 2003
    for row in (rows[0], more[1000]):
        assert AuditEvent.objects.filter(AuditEvent.objects.concerns(row.pk)).get() == told
    assert not AuditEvent.objects.filter(AuditEvent.objects.concerns(newest + 1)).exists()


def test_only_what_was_changed_is_named(now):
    rows = [factories.enqueue(), factories.enqueue()]
    Notification.objects.update(status=Status.FAILED)
    Notification.objects.filter(pk=rows[0].pk).update(expires_at=now - timedelta(hours=1))
    browser = Client()
    browser.force_login(factories.user())

    browser.post(
        "/notifications/notification/",
        {"action": "retry", "_selected_action": [row.pk for row in rows]},
    )

    assert AuditEvent.objects.get(act=Act.RETRY).object_number == rows[1].pk


def test_numbers_are_written_short():
    assert ranges(" 17 18 19 40 42 43 ") == "17-19 40 42-43"
    assert (
        json.loads(line(AuditEvent(act="x", at=event().at, messages=" 1 2 ")))["messages"] == "1-2"
    )
