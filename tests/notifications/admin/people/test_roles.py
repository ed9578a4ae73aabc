"""The groups that a database begins with."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission

from tests import factories

ROOT = Path(__file__).parents[4]
SHOW = """
import json
from django.contrib.auth.models import Group
print(json.dumps({g.name: sorted(g.permissions.values_list("codename", flat=True))
                  for g in Group.objects.all()}))
"""


@pytest.fixture
def manage(tmp_path):
    """manage.py on a database of its own; gives what it printed."""
    unwanted = ("DATABASE_URL", "MAILCONNECTOR_", "DJANGO_")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(unwanted)}
    environment["MAILCONNECTOR_DATA_DIR"] = str(tmp_path)

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip

    return run


def test_a_new_database_has_the_three_roles(manage):
    manage("migrate", "--verbosity=0")

    groups = json.loads(manage("shell", "--verbosity=0", "--command", SHOW))

    assert set(groups) == {"Administrator", "Operator", "Auditor"}
    assert "change_notification" in groups["Operator"]
    assert {"edit_notification", "redirect_notification"} & set(groups["Operator"]) == set()
    assert {"edit_notification", "redirect_notification"} <= set(groups["Administrator"])
    assert all(name.startswith("view_") for name in groups["Auditor"])


def test_an_earlier_database_gets_the_roles_and_keeps_its_groups(manage):
    manage("migrate", "--verbosity=0", "notifications", "0001")
    manage("migrate", "--verbosity=0", "auth")
    make = (
        "from django.contrib.auth.models import Group, Permission;"
        "Group.objects.create(name='Operator').permissions.set("
        "Permission.objects.filter(codename='view_attempt')); Group.objects.create(name='Desk')"
    )
    manage("shell", "--verbosity=0", "--command", make)

    manage("migrate", "--verbosity=0")

    groups = json.loads(manage("shell", "--verbosity=0", "--command", SHOW))
    # Nobody got more rights by an update, but that what became of mail is seen with the log.
    assert groups["Operator"] == ["view_attempt", "view_bounce", "view_suppression"]
    assert groups["Desk"] == []
    assert "view_attempt" in groups["Auditor"]
    assert "add_user" in groups["Administrator"]


@pytest.mark.django_db
def test_an_administrator_has_every_right_of_the_product():
    """A model that gets pages, or a new permission, needs a migration that gives it to the
    groups."""
    factories.person("Administrator")
    shown = [model._meta.model_name for model in admin.site._registry]
    rights = Permission.objects.filter(
        content_type__app_label="notifications", content_type__model__in=[*shown, "emailsettings"]
    )

    given = Group.objects.get(name="Administrator").permissions.all()

    assert set(rights) - set(given) == set()


@pytest.mark.django_db
def test_only_some_see_the_bodies_of_sensitive_messages():
    factories.person("Administrator")

    groups = Group.objects.filter(permissions__codename="view_sensitive")

    assert {group.name for group in groups} == {"Administrator", "Operator"}
