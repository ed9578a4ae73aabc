"""Groups: their rights in words, and only what their editor has."""

import re
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission

from notifications.admin.people import right_names
from notifications.admin.people.right_names import AREAS, split
from tests import factories

from .steps import GROUPS, client_of, permissions

pytestmark = pytest.mark.django_db
ASKED = re.compile(
    r'"((?:notifications|auth)\.(?:view|add|change|delete|run|redirect|edit|erase)_\w+)"'
)
# Alarm channels are a part of the settings.
NO_RIGHTS_OF_THEIR_OWN = {"notifications.view_alarmchannel"}


def test_a_group_gets_only_what_its_editor_has(helper):
    group = Group.objects.create(name="Desk")
    client = client_of(helper)
    wanted = [p.pk for p in permissions("change_emailsettings")]

    client.post(f"{GROUPS}{group.pk}/change/", {"name": "Desk", "permissions": wanted})
    client.post(f"{GROUPS}add/", {"name": "New", "permissions": wanted})

    assert not Permission.objects.filter(
        group__in=Group.objects.exclude(name="Administrator"), codename="change_emailsettings"
    ).exists()


@pytest.mark.parametrize("path", ["change/", "delete/"])
def test_a_group_with_more_rights_is_left_alone(helper, path):
    factories.person("Operator")
    group = Group.objects.get(name="Administrator")
    count = group.permissions.count()

    response = client_of(helper).post(f"{GROUPS}{group.pk}/{path}", {"name": "x", "post": "yes"})

    assert response.status_code == 403
    assert group.permissions.count() == count


@pytest.mark.parametrize("name", ["Administrator", "Operator", "Auditor"])
def test_the_three_groups_stay_and_keep_their_names(db, name):
    factories.person("Operator")
    client = client_of(factories.user("admin"))
    group = Group.objects.get(name=name)

    deleted = client.post(f"{GROUPS}{group.pk}/delete/", {"post": "yes"})
    rights = list(group.permissions.values_list("pk", flat=True))
    client.post(f"{GROUPS}{group.pk}/change/", {"name": "Other", "permissions": rights})

    assert deleted.status_code == 403
    assert Group.objects.filter(name=name).exists()


def test_rights_that_are_not_shown_are_kept(db):
    factories.person("Operator")
    client = client_of(factories.user("admin"))
    group = Group.objects.get(name="Operator")
    before = set(group.permissions.all())
    shown = [p.pk for p in before if p.codename in ("view_notification", "change_notification")]

    client.post(f"{GROUPS}{group.pk}/change/", {"permissions": shown})

    kept = {p.codename for p in group.permissions.all()}
    assert {"view_notification", "change_notification", "view_connectionevent"} <= kept
    assert "view_attempt" not in kept


def test_the_groups_rights_are_a_table_to_read(db):
    audrey = client_of(factories.person("Auditor"))
    group = Group.objects.get(name="Operator")

    page = audrey.get(f"{GROUPS}{group.pk}/change/").content.decode()
    compared = audrey.get(GROUPS).content.decode()

    for text in (page, compared):
        assert "Edit and send again" in text
        assert "Can add" not in text


def test_the_table_of_rights_names_every_right_that_a_page_asks_for():
    """A new permission needs its words in right_names.py."""
    asked = set()
    for path in ("notifications", "settings_ui", "mailconnector"):
        for file in Path(path).rglob("*.py"):
            if "migrations" not in file.parts:
                asked |= set(ASKED.findall(file.read_text()))

    named = {".".join(split(right)) for _area, rights in AREAS for right, _label in rights}
    assert asked - named - NO_RIGHTS_OF_THEIR_OWN == set()
    assert len(named) == right_names.known().count()
