"""Acts of people with themselves and with others."""

from django.contrib.auth.models import Group, User

from notifications.models.audit.act import Act
from tests import factories

PASSWORD = "a long enough password"


def add_a_user(desk):
    form = {"username": "nina", "password1": PASSWORD, "password2": PASSWORD, "role": "Operator"}
    factories.person("Operator")
    assert desk.post("/auth/user/add/", form).status_code == 302
    return User.objects.get(username="nina")


def change_a_users_role(desk):
    row = factories.user("otto", superuser=False)
    factories.person("Operator")
    desk.post(f"/auth/user/{row.pk}/change/", {"username": "otto", "role": "Operator"})
    assert row.groups.get().name == "Operator"
    return row


def deactivate_a_user(desk):
    row = factories.user("otto", superuser=False)
    desk.post(f"/auth/user/{row.pk}/deactivate/")
    return row


def activate_a_user(desk):
    row = factories.user("otto", superuser=False)
    User.objects.filter(pk=row.pk).update(is_active=False)
    desk.post(f"/auth/user/{row.pk}/activate/")
    return row


def add_a_group(desk):
    desk.post("/auth/group/add/", {"name": "Desk"})
    return Group.objects.get(name="Desk")


def change_a_group(desk):
    row = Group.objects.create(name="Desk")
    desk.post(f"/auth/group/{row.pk}/change/", {"name": "Help desk"})
    return row


def delete_a_user(desk):
    row = factories.user("otto", superuser=False)
    desk.post(f"/auth/user/{row.pk}/delete/", {"post": "yes"})
    return row


def set_somebodys_password(desk):
    row = factories.user("otto", superuser=False)
    form = {"password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    desk.post(f"/auth/user/{row.pk}/password/", form)
    return row


def change_own_password(desk):
    form = {"old_password": "password", "new_password1": PASSWORD, "new_password2": PASSWORD}
    assert desk.post("/password_change/", form).url == "/password_change/done/"
    return User.objects.get(username="admin")


def delete_a_group(desk):
    row = Group.objects.create(name="Desk")
    desk.post(f"/auth/group/{row.pk}/delete/", {"post": "yes"})
    return row


def log_out(desk):
    desk.post("/logout/")


def refused_page(desk):
    User.objects.filter(username="admin").update(is_superuser=False)
    desk.get("/settings/email/")


NUMBERED = {
    "add a user": (Act.ADDED, add_a_user),
    "change a user's role": (Act.CHANGED, change_a_users_role),
    "deactivate a user": (Act.DEACTIVATED, deactivate_a_user),
    "activate a user": (Act.ACTIVATED, activate_a_user),
    "add a group": (Act.ADDED, add_a_group),
    "change a group": (Act.CHANGED, change_a_group),
    "delete a user": (Act.DELETED, delete_a_user),
    "set somebody's password": (Act.PASSWORD_SET, set_somebodys_password),
    "change one's own password": (Act.PASSWORD_CHANGED, change_own_password),
    "delete a group": (Act.DELETED, delete_a_group),
}
WITHOUT_NUMBER = {
    "log out": (Act.LOGOUT, log_out, ""),
    "a page that is not theirs": (Act.DENIED, refused_page, ""),
}
