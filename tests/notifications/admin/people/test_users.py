"""Users and groups: people cannot gain rights by them, and somebody can always log in."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db
USERS, GROUPS = "/auth/user/", "/auth/group/"


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def permissions(*codenames):
    return Permission.objects.filter(codename__in=codenames)


def form(user, **changes):
    values = {
        "username": user.username, "email": user.email, "is_active": "on", "is_staff": "on",
        "groups": list(user.groups.values_list("pk", flat=True)),
        "user_permissions": list(user.user_permissions.values_list("pk", flat=True)),
    }  # fmt: skip
    return {k: v for k, v in (values | changes).items() if v is not None}


@pytest.fixture
def helper(db):
    """May change people and groups, and look at the log; no superuser."""
    user = factories.user("helen", superuser=False)
    user.user_permissions.set(
        permissions(
            "view_user", "change_user", "add_user", "delete_user",
            "view_group", "change_group", "add_group", "delete_group", "view_attempt",
        )
    )  # fmt: skip
    return user


@pytest.fixture
def other(db):
    return factories.user("otto", superuser=False)


def test_an_administrator_makes_a_user_with_a_role(db):
    admin = factories.person("Administrator")
    client = client_of(admin)
    password = "a long enough password"

    client.post(
        f"{USERS}add/",
        {
            "username": "new",
            "usable_password": "true",
            "password1": password,
            "password2": password,
        },
    )
    new = User.objects.get(username="new")
    operator = Group.objects.get(name="Operator")
    client.post(f"{USERS}{new.pk}/change/", form(new, groups=[operator.pk]))

    assert new.has_perm("notifications.change_notification")
    logged_in = Client().post("/login/", {"username": "new", "password": password})
    assert logged_in.url == "/"
    assert new.is_staff


@pytest.mark.parametrize("who", ["helen", "otto"])
def test_nobody_makes_a_superuser_who_is_none(helper, other, who):
    target = User.objects.get(username=who)

    client_of(helper).post(f"{USERS}{target.pk}/change/", form(target, is_superuser="on"))

    assert not User.objects.filter(is_superuser=True).exists()


def test_a_new_user_cannot_be_made_a_superuser_on_the_way(helper):
    password = "a long enough password"
    client_of(helper).post(
        f"{USERS}add/",
        {
            "username": "new", "usable_password": "true", "password1": password,
            "password2": password, "is_superuser": "on",
            "user_permissions": [p.pk for p in permissions("change_emailsettings")],
        },
    )  # fmt: skip

    new = User.objects.get(username="new")
    assert not new.is_superuser
    assert not new.user_permissions.exists()


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

    client_of(helper).post(
        f"{USERS}{other.pk}/change/", form(other, user_permissions=[p.pk for p in wanted])
    )

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


def test_the_last_superuser_stays_one_who_can_log_in(db):
    admin = factories.user("admin")
    client = client_of(admin)
    client.post(f"{USERS}{admin.pk}/change/", form(admin, is_active=None, is_staff=None))

    client.post(f"{USERS}{admin.pk}/password/", {"usable_password": "false", "unset-password": "1"})
    deleted = client.post(f"{USERS}{admin.pk}/delete/", {"post": "yes"})
    client.post(USERS, {"action": "delete_selected", "_selected_action": [admin.pk], "post": "yes"})

    admin.refresh_from_db()
    assert (admin.is_active, admin.is_staff, admin.is_superuser) == (True, True, True)
    assert admin.has_usable_password()
    assert deleted.status_code == 403


def test_a_superuser_can_make_and_unmake_another(db, other):
    client = client_of(factories.user("admin"))

    client.post(f"{USERS}{other.pk}/change/", form(other, is_superuser="on"))
    other.refresh_from_db()
    assert other.is_superuser

    client.post(f"{USERS}{other.pk}/change/", form(other, is_active=None))
    other.refresh_from_db()
    assert not other.is_active


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
