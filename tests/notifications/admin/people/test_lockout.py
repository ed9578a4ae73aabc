"""Nobody takes the rights of the last administrator, and nobody their own."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection

from tests import factories
from tests.waiting import PATIENCE

from .steps import GROUPS, USERS, client_of, form, permissions

pytestmark = pytest.mark.django_db


def test_the_last_superuser_stays_one_who_can_log_in(db):
    admin = factories.user("admin")
    client = client_of(admin)
    client.post(f"{USERS}{admin.pk}/change/", form(admin, role="Auditor"))
    assert client.post(f"{USERS}{admin.pk}/deactivate/").status_code == 403
    client.post(f"{USERS}{admin.pk}/password/", {"usable_password": "false", "unset-password": "1"})
    deleted = client.post(f"{USERS}{admin.pk}/delete/", {"post": "yes"})
    client.post(USERS, {"action": "delete_selected", "_selected_action": [admin.pk], "post": "yes"})

    admin.refresh_from_db()
    assert (admin.is_active, admin.is_staff, admin.is_superuser) == (True, True, True)
    assert admin.has_usable_password()
    assert deleted.status_code == 403


def test_ones_own_password_is_changed_with_the_old_one_only(db):
    anna = factories.person("Administrator", "anna")
    typed = {"password1": "a long enough password", "password2": "a long enough password"}

    answer = client_of(anna).post(f"{USERS}{anna.pk}/password/", typed)

    assert answer.url == "/password_change/"
    assert User.objects.get().check_password("password")


def lock_out_by(way, client, last, group):
    """Try to take the rights of the last administrators."""
    if way == "group without rights":
        return client.post(f"{GROUPS}{group.pk}/change/", {"permissions": []})
    if way == "group deleted":
        return client.post(f"{GROUPS}{group.pk}/delete/", {"post": "yes"})
    if way == "groups deleted in bulk":
        chosen = {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"}
        return client.post(GROUPS, chosen)
    if way == "own role":
        return client.post(f"{USERS}{last.pk}/change/", form(last, role="Auditor", groups=[]))
    return client.post(f"{USERS}{last.pk}/delete/", {"post": "yes"})


@pytest.mark.parametrize(
    "way",
    ["group without rights", "group deleted", "groups deleted in bulk", "own role", "deleted"],
)
def test_nobody_takes_the_last_administrators_rights(db, way):
    last = factories.person("Administrator", "last")
    group = Group.objects.get(name="Administrator")
    rights = group.permissions.count()

    lock_out_by(way, client_of(last), last, group)

    last = User.objects.get(username="last")
    assert Group.objects.get(name="Administrator").permissions.count() == rights
    assert last.has_perm("auth.change_user")
    assert last.is_active


def test_a_group_of_ones_own_keeps_the_right_to_change_users(db):
    """Others are administrators too, but nobody locks themselves out."""
    factories.user("admin")
    chief = factories.user("chief", superuser=False)
    group = Group.objects.create(name="Chiefs")
    group.permissions.set(permissions("view_user", "change_user", "view_group", "change_group"))
    chief.groups.set([group])
    some = [p.pk for p in permissions("view_user")]

    response = client_of(chief).post(
        f"{GROUPS}{group.pk}/change/", {"name": "Chiefs", "permissions": some}, follow=True
    )

    assert "You would lose your own rights" in response.content.decode()
    assert "successfully" not in response.content.decode()
    assert group.permissions.count() == 4


@pytest.mark.django_db(transaction=True)
def test_of_two_who_deactivate_each_other_at_once_one_stays():
    pair = [factories.person("Administrator", name) for name in ("anna", "otto")]
    browsers = [client_of(user) for user in pair]
    # SQLite in memory knows one connection, so there they come one after the other.
    at_once = 2 if connection.vendor == "postgresql" else 1
    start = Barrier(at_once, timeout=PATIENCE)

    def deactivate(one):
        start.wait()
        try:
            return browsers[one].post(f"{USERS}{pair[1 - one].pk}/deactivate/").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(at_once) as pool:
        list(pool.map(deactivate, range(2)))

    assert User.objects.filter(is_active=True).count() == 1
