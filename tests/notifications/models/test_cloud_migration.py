"""A database of before the last real cloud was kept."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from notifications.models import EmailSettings

BEFORE = [("notifications", "0016_take_application_keys_apart")]


@pytest.mark.parametrize(("clouds", "last"), [(["china", "emulator"], "china"), (["emulator"], "")])
def test_the_newest_message_that_left_for_real_tells_the_cloud(before, now, clouds, last):
    apps, newest = before
    apps.get_model("notifications", "EmailSettings").objects.create(pk=1)
    for cloud in clouds:
        apps.get_model("notifications", "Notification").objects.create(
            status="accepted", accepted_at=now, cloud=cloud, message_id=f"<{cloud}@x>"
        )

    MigrationExecutor(connection).migrate(newest)

    assert EmailSettings.objects.get().last_cloud == last
