"""Who must have a second factor before anything else."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from people.models import LoginRules
from tests import factories
from tests.mailconnector.steps import is_in

from . import codes

pytestmark = pytest.mark.django_db


def require(value=True):
    LoginRules.objects.made().update(second_factor_required=value)


def test_an_administrator_who_needs_one_sets_it_up_before_anything_else(administrator):
    require()

    for path in ("/", "/auth/user/", "/settings/email/", "/account/"):
        assert administrator.get(path).url == "/account/second-factor/"
    assert administrator.post("/notifications/notification/pause/").url.endswith("factor/")
    assert "Administrators need a second factor" in (
        administrator.get("/account/second-factor/").content.decode()
    )
    codes.set_up(administrator)

    assert is_in(administrator)


def test_whoever_may_change_users_needs_one_whatever_their_role_is_called():
    adele = factories.user("adele", superuser=False)
    adele.user_permissions.add(Permission.objects.get(codename="change_user"))
    client = Client()
    client.force_login(adele)
    require()

    assert client.get("/auth/user/").url == "/account/second-factor/"


def test_a_page_asks_no_question_of_its_own_about_it(administrator, django_assert_max_num_queries):
    with django_assert_max_num_queries(100) as asked:
        administrator.get("/account/second-factor/")

    about_it = [each["sql"] for each in asked if "login_rules" in each["sql"].casefold()]
    assert all("people_session" in each for each in about_it)


def test_nobody_else_needs_one(administrator):
    require()
    operator = Client()
    operator.force_login(factories.person("Operator"))

    assert is_in(operator)
    require(value=False)
    assert is_in(administrator)


def test_administrators_decide_whether_it_is_needed(administrator):
    auditor = Client()
    auditor.force_login(factories.person("Auditor"))

    assert auditor.get("/settings/log-in/").status_code == 200
    assert auditor.post("/settings/log-in/", {"second_factor_required": "on"}).status_code == 403
    administrator.post("/settings/log-in/", {"second_factor_required": "on"})

    assert LoginRules.objects.current().second_factor_required
