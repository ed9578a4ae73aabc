"""Entries that were written before the log had its search index."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from notifications.log_query import LogQuery
from notifications.models import Attempt

BEFORE = [("notifications", "0007_retention")]


@pytest.fixture
def before(transactional_db):
    """The models as they were; the newest again in the end."""
    executor = MigrationExecutor(connection)
    newest = [node for node in executor.loader.graph.leaf_nodes() if node[0] == "notifications"]
    executor.migrate(BEFORE)
    yield executor.loader.project_state(BEFORE).apps, newest
    MigrationExecutor(connection).migrate(newest)


def test_older_entries_are_found_and_folded_as_new_ones(before, now):
    apps, newest = before
    old = apps.get_model("notifications", "Attempt")
    for i, result in enumerate(["deferred", "deferred", "accepted"]):
        old.objects.create(
            at=now + timedelta(seconds=i), result=result, subject=f"Toner {i}", message_id="<1@x>"
        )

    MigrationExecutor(connection).migrate(newest)

    query = LogQuery(text="toner")
    assert query.entries().count() == 3
    assert [row.subject for row in query.unfolded_entries()] == ["Toner 2"]
    deferred = Attempt.objects.filter(result="deferred").order_by("at")
    assert [row.superseded_at - row.at for row in deferred] == [timedelta(seconds=1)] * 2
    assert all(row.search == row.search_text() for row in Attempt.objects.all())
