"""Steps of the tests of the pages of users and groups."""

from django.contrib.auth.models import Permission
from django.test import Client

USERS, GROUPS = "/auth/user/", "/auth/group/"


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def permissions(*codenames):
    return Permission.objects.filter(codename__in=codenames)


def form(user, **changes):
    values = {
        "username": user.username, "email": user.email, "role": "custom",
        "groups": list(user.groups.values_list("pk", flat=True)),
        "user_permissions": list(user.user_permissions.values_list("pk", flat=True)),
    }  # fmt: skip
    return {k: v for k, v in (values | changes).items() if v is not None}
