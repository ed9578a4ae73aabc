"""Users and groups: people cannot gain rights by them, and somebody can always log in."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications.models import AuditEvent
from tests import factories

from .steps import USERS, client_of, form, permissions

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"
NEW = {"username": "new", "password1": PASSWORD, "password2": PASSWORD}


def test_an_administrator_makes_a_user_with_a_role_in_one_step(db):
    client = client_of(factories.person("Administrator"))

    client.post(f"{USERS}add/", NEW | {"name": "Nina de Vries", "role": "Operator"})

    new = User.objects.get(username="new")
    assert new.has_perm("notifications.change_notification")
    assert new.get_full_name() == "Nina de Vries"
    logged_in = Client().post("/login/", {"username": "new", "password": PASSWORD})
    assert logged_in.url == "/"
    assert new.is_staff


def test_a_role_takes_the_place_of_what_was_chosen_one_by_one(db, other):
    client = client_of(factories.person("Administrator"))
    other.user_permissions.set(permissions("change_emailsettings"))

    client.post(f"{USERS}{other.pk}/change/", form(other, role="Auditor", user_permissions=[]))

    assert [group.name for group in other.groups.all()] == ["Auditor"]
    assert not other.user_permissions.exists()


def test_the_form_says_what_each_role_may_do_and_nothing_of_django(db, other):
    text = client_of(factories.person("Administrator")).get(f"{USERS}{other.pk}/change/")

    shown = text.content.decode()
    assert "Looks after the queue" in shown
    for word in ("queue state", "axes", "Staff status", "SSO", "log entry", "MD5"):
        assert word not in shown


def test_a_name_of_one_word_stays_one(db, other):
    client_of(factories.user("admin")).post(f"{USERS}{other.pk}/change/", form(other, name="Otto"))

    other.refresh_from_db()
    assert other.get_full_name() == "Otto"


def test_the_list_shows_roles_and_log_ins_in_a_constant_number_of_queries(
    db,
):
    client = client_of(factories.person("Administrator"))
    factories.person("Operator", "olga")

    with CaptureQueriesContext(connection) as few:
        shown = client.get(USERS).content.decode()
    for number in range(20):
        factories.person("Auditor", f"audrey-{number}")
    with CaptureQueriesContext(connection) as many:
        client.get(USERS)

    assert len(many) <= len(few)
    assert "Operator" in shown
    assert "Never" in shown


@pytest.mark.parametrize("who", ["helen", "otto"])
def test_nobody_makes_a_superuser_who_is_none(helper, other, who):
    target = User.objects.get(username=who)

    sent = form(target, is_superuser="on", role="superuser")
    client_of(helper).post(f"{USERS}{target.pk}/change/", sent)

    assert not User.objects.filter(is_superuser=True).exists()


def test_a_new_user_cannot_be_made_a_superuser_on_the_way(helper):
    wanted = [p.pk for p in permissions("change_emailsettings")]
    client = client_of(helper)

    for more in (
        {"role": "superuser"},
        {"role": "custom", "user_permissions": wanted},
        {"role": "Administrator"},
    ):
        response = client.post(f"{USERS}add/", NEW | {"is_superuser": "on"} | more)
        assert response.status_code == 422

    assert not User.objects.filter(username="new").exists()


@pytest.mark.parametrize("who", ["helen", "otto"])
def test_people_cannot_give_rights_that_they_lack(helper, other, who):
    factories.person("Operator")
    target = User.objects.get(username=who)
    before = set(target.user_permissions.all())
    client = client_of(helper)
    wanted = [p.pk for p in permissions("change_emailsettings")]
    role = [g.pk for g in Group.objects.filter(name="Administrator")]

    client.post(f"{USERS}{target.pk}/change/", form(target, user_permissions=wanted))
    client.post(f"{USERS}{target.pk}/change/", form(target, groups=role))

    assert set(target.user_permissions.all()) == before
    assert not target.groups.exists()


def test_rights_that_one_has_can_be_given(helper, other):
    wanted = permissions("view_attempt")

    sent = form(other, user_permissions=[p.pk for p in wanted])
    client_of(helper).post(f"{USERS}{other.pk}/change/", sent)

    assert set(other.user_permissions.all()) == set(wanted)


@pytest.mark.parametrize("path", ["change/", "password/", "delete/"])
@pytest.mark.parametrize("is_active", [True, False])
@pytest.mark.parametrize("kind", ["superuser", "Administrator"])
def test_somebody_with_more_rights_cannot_be_taken_over(helper, path, is_active, kind):
    """Also not while the account is switched off: it could be switched on again."""
    target = factories.user("root") if kind == "superuser" else factories.person(kind, "root")
    User.objects.filter(pk=target.pk).update(is_active=is_active)
    before = User.objects.values().get(pk=target.pk)
    data = form(target, email="evil@fabrikam.example") | {
        "post": "yes", "usable_password": "true",
        "password1": "a long enough password", "password2": "a long enough password",
    }  # fmt: skip

    response = client_of(helper).post(f"{USERS}{target.pk}/{path}", data)

    assert response.status_code == 403
    assert User.objects.values().get(pk=target.pk) == before


def test_bulk_deletion_spares_those_with_more_rights(helper, other):
    target = factories.user("root")

    client_of(helper).post(
        USERS,
        {"action": "delete_selected", "_selected_action": [target.pk, other.pk], "post": "yes"},
    )

    assert User.objects.filter(pk=target.pk).exists()


def test_a_superuser_can_make_and_unmake_another(db, other):
    client = client_of(factories.user("admin"))

    client.post(f"{USERS}{other.pk}/change/", form(other, role="superuser"))
    other.refresh_from_db()
    assert other.is_superuser

    client.post(f"{USERS}{other.pk}/change/", form(other, role="custom"))
    other.refresh_from_db()
    assert not other.is_superuser


def test_somebody_who_is_deactivated_is_out_at_once_and_may_come_back(db, other):
    client, theirs = client_of(factories.person("Administrator")), client_of(other)
    assert theirs.get("/").status_code == 200

    client.post(f"{USERS}{other.pk}/deactivate/")
    assert theirs.get("/").status_code == 302
    client.post(f"{USERS}{other.pk}/activate/")

    other.refresh_from_db()
    assert other.is_active


@pytest.mark.parametrize("path", ["deactivate/", "activate/"])
def test_nobody_with_more_rights_is_deactivated(helper, path):
    target = factories.person("Administrator", "root")

    response = client_of(helper).post(f"{USERS}{target.pk}/{path}")

    target.refresh_from_db()
    assert response.status_code == 403
    assert target.is_active


def test_a_change_of_role_is_told_with_both(db, other):
    client_of(factories.user("admin")).post(
        f"{USERS}{other.pk}/change/", form(other, role="Operator")
    )

    event = AuditEvent.objects.get(act="changed")
    assert event.details["role"] == ["Custom role", "Operator"]
    assert (event.object_name, event.object_number) == ("otto", other.pk)


def test_a_name_that_nobody_changes_stays_parted_as_it_is(db, other):
    other.first_name, other.last_name = "Anna", "de la Cruz"
    other.save()
    client = client_of(factories.user("admin"))

    client.post(f"{USERS}{other.pk}/change/", form(other, name="Anna de la Cruz", role="Operator"))
    other.refresh_from_db()
    assert (other.first_name, other.last_name) == ("Anna", "de la Cruz")

    client.post(f"{USERS}{other.pk}/change/", form(other, name="Anna Vance"))
    other.refresh_from_db()
    assert (other.first_name, other.last_name) == ("Anna", "Vance")


def test_somebody_who_only_looks_is_not_shown_how_a_password_is_kept(db, other):
    auditor = factories.person("Auditor")

    text = client_of(auditor).get(f"{USERS}{other.pk}/change/").content.decode()

    assert other.username in text
    assert other.password not in text
    assert other.password.split("$")[-1][:6] not in text


@pytest.mark.parametrize(
    "query",
    [
        "password__startswith=md5", "user_permissions__codename__startswith=x",
        "groups__permissions__codename=add_user", "logentry__change_message__contains=x",
    ],
)  # fmt: skip
def test_people_cannot_be_searched_by_what_is_not_shown(db, query):
    response = client_of(factories.person("Auditor")).get(f"{USERS}?{query}")

    assert response.status_code == 400


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/notifications/notification/", "html__startswith=a"),
        ("/notifications/notification/", "attachments__path__startswith=a"),
        ("/notifications/notification/", "came_with__api_key__digest__startswith=a"),
        ("/notifications/apikey/", "digest__startswith=a"),
        ("/notifications/apikey/", "callback_secret__startswith=a"),
        ("/notifications/callback/", "api_key__digest__startswith=a"),
        ("/notifications/historicalemailsettings/", "tenant_id__startswith=a"),
        ("/notifications/historicalemailsettings/", "history_user__password__startswith=a"),
        ("/notifications/emailtemplate/", "html__startswith=a"),
    ],
)
def test_no_list_tells_what_it_does_not_show(db, path, query):
    response = client_of(factories.user("admin")).get(f"{path}?{query}")

    assert response.status_code == 400
    assert client_of(User.objects.get()).get(path).status_code == 200


@pytest.mark.parametrize(("path", "column"), [("user", "Username"), ("group", "Name")])
def test_on_narrow_pages_each_column_begins_with_a_capital_letter(db, path, column):
    Group.objects.get_or_create(name="Ours")

    page = client_of(factories.person("Administrator")).get(f"/auth/{path}/").content.decode()

    labels = re.findall('data-label="([^"]+)"', page)
    assert column in labels
    assert all(label[0].isupper() for label in labels)
