"""Going back to the database of an earlier version."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor


@pytest.fixture
def before(request, transactional_db):
    """The models as they were at the migrations that the test's module names in BEFORE, and the
    newest migrations; the database is at the newest again in the end."""
    executor = MigrationExecutor(connection)
    newest = [node for node in executor.loader.graph.leaf_nodes() if node[0] == "notifications"]
    executor.migrate(request.module.BEFORE)
    yield executor.loader.project_state(request.module.BEFORE).apps, newest
    MigrationExecutor(connection).migrate(newest)
