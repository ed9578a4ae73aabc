"""The second factor of people with a password."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client

from notifications import vault
from people import links
from people.models import LoginRules, Session
from tests import factories
from tests.mailconnector.steps import PASSWORD, log_in

from . import codes

pytestmark = pytest.mark.django_db


@pytest.fixture
def recovery(megan):
    """Megan's recovery codes; she has an app as well."""
    return codes.give_app(megan)


@pytest.fixture
def asked(recovery):
    """A browser in which Megan's password was right."""
    client = Client()
    assert log_in(client=client).url == "/login/code/"
    return client


def is_in(client):
    return client.get("/").status_code == 200


def everything_in_the_database():
    return str([list(model.objects.values_list()) for model in apps.get_models()])


def enter(client, code):
    return client.post("/login/code/", {"code": code})


def test_the_password_alone_lets_nobody_in_who_has_a_second_factor(asked):
    assert not is_in(asked)
    assert "authenticator app" in asked.get("/login/code/").content.decode()


def test_the_right_code_lets_in_and_leads_on(recovery):
    client = Client()
    client.post(
        "/login/?next=/settings/email/",
        {"username": "megan", "password": PASSWORD, "next": "/settings/email/"},
    )

    assert enter(client, codes.code()).url == "/settings/email/"
    assert is_in(client)


@pytest.mark.parametrize("steps", [-1, 1])
def test_the_clock_of_a_phone_may_be_half_a_minute_wrong(asked, steps):
    enter(asked, codes.code(steps=steps))

    assert is_in(asked)


@pytest.mark.parametrize("steps", [-4, 4])
def test_a_code_of_another_time_is_refused(asked, steps):
    assert enter(asked, codes.code(steps=steps)).status_code == 200
    assert not is_in(asked)


def test_a_code_is_good_once(asked):
    code = codes.code()
    enter(asked, code)
    second = Client()
    log_in(client=second)

    response = enter(second, code)

    assert "Incorrect code" in response.content.decode()
    assert not is_in(second)


def test_wrong_codes_come_to_an_end(asked):
    for _ in range(5):
        response = enter(asked, codes.wrong_code())
    assert "Incorrect code" in response.content.decode()

    response = enter(asked, codes.code())

    assert "Too many failed login attempts" in response.content.decode()
    assert not is_in(asked)


@pytest.mark.parametrize("code", ["", "x", "\0", "9" * 5000, "\uff11\uff12"])
def test_an_odd_code_is_refused(asked, code):
    assert enter(asked, code).status_code == 200
    assert not is_in(asked)


def test_a_post_without_a_code_asks_again(asked):
    assert asked.post("/login/code/", {"credential": "x"}).url == "/login/code/"


def test_a_recovery_code_lets_in_once(recovery, megan):
    for code, lets_in in ((recovery[0], True), (recovery[0], False), (recovery[1], True)):
        client = Client()
        log_in(client=client)
        enter(client, code)
        assert is_in(client) is lets_in


def test_somebody_can_leave_the_question_for_the_code(asked):
    assert asked.post("/login/cancel/").url == "/login/"

    assert asked.get("/login/").status_code == 200
    assert asked.get("/login/code/").url == "/login/"


def set_up(client):
    """Set up the app as its page says; return the page with the recovery codes."""
    page = client.get("/account/second-factor/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    assert "data:image/svg+xml;base64," in page
    return client.post("/account/second-factor/", {"code": codes.code(secret)}, follow=True)


def test_somebody_sets_up_an_app_and_sees_the_recovery_codes_once(megan):
    client = Client()
    log_in(client=client)

    first = set_up(client).content.decode()
    again = client.get("/account/recovery-codes/").content.decode()

    shown = re.findall(r"^\d{8}$|(?<=>)\d{8}$", first, re.MULTILINE)
    assert len(shown) == 10
    assert not any(code in again for code in shown)
    assert "10 codes are left" in again
    assert "Authenticator app, 10 recovery codes left" in client.get("/account/").content.decode()


def test_a_wrong_code_sets_nothing_up(megan):
    client = Client()
    log_in(client=client)
    client.get("/account/second-factor/")

    response = client.post("/account/second-factor/", {"code": "000000"})

    assert response.status_code == 200
    assert not Authenticator.objects.exists()


def test_neither_keys_nor_codes_stand_in_the_database(megan):
    client = Client()
    log_in(client=client)
    page = client.get("/account/second-factor/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    assert secret not in everything_in_the_database()

    shown = client.post(
        "/account/second-factor/", {"code": codes.code(secret)}, follow=True
    ).content.decode()
    kept = everything_in_the_database()

    assert secret not in kept
    assert not any(code in kept for code in re.findall(r"\b\d{8}\b", shown))


def test_it_is_turned_off_with_its_recovery_codes(asked, megan):
    enter(asked, codes.code())

    asked.post("/account/second-factor/off/")

    assert not Authenticator.objects.exists()
    assert is_in(Client()) is False
    assert log_in().url == "/"


def test_new_recovery_codes_replace_the_old_ones(asked, recovery):
    enter(asked, codes.code())
    page = asked.post("/account/recovery-codes/new/", follow=True).content.decode()

    assert len(re.findall(r"\b\d{8}\b", page)) == 10
    client = Client()
    log_in(client=client)
    enter(client, recovery[0])
    assert not is_in(client)


def test_a_lost_second_factor_is_reset_at_the_command_line(asked, megan, capsys):
    enter(asked, codes.code())

    call_command("reset_second_factor", "megan")

    assert not is_in(asked)
    assert log_in().url == "/"
    with pytest.raises(CommandError, match="no second factor"):
        call_command("reset_second_factor", "megan")
    with pytest.raises(CommandError, match="no user"):
        call_command("reset_second_factor", "nobody")


def by_a_link(_client, user):
    assert links.set_password(
        links.user_of(links.link_for(user).partition("#")[2]), "new-1-of-hers"
    )


def by_a_reset(_client, user):
    call_command("reset_second_factor", user.username)


def by_deactivating(client, user):
    client.post(f"/auth/user/{user.pk}/deactivate/")


@pytest.mark.parametrize("end", [by_a_link, by_a_reset, by_deactivating])
def test_a_login_that_waits_for_its_code_ends_like_a_session(asked, megan, end):
    other = Client()
    other.force_login(factories.user("adele"))
    code = codes.code()

    end(other, megan)
    if not User.objects.get(pk=megan.pk).is_active:
        other.post(f"/auth/user/{megan.pk}/activate/")

    assert asked.get("/login/code/").url == "/login/"
    enter(asked, code)
    assert not is_in(asked)


@pytest.mark.parametrize("pk", [9, 10, 35, 36, 12_345])
def test_a_login_that_waits_for_its_code_is_that_of_its_user(db, pk):
    """allauth writes their number in a way of its own."""
    user = User(pk=pk, username="olga", is_staff=True)
    user.set_password(PASSWORD)
    user.save()
    codes.give_app(user)

    assert log_in("olga").url == "/login/code/"

    assert Session.objects.filter(user=user).count() == 1


def test_a_login_that_waits_for_its_code_is_not_listed_and_ends_with_the_others(asked, megan):
    here = Client()
    here.force_login(megan)

    page = here.get("/account/").content.decode()
    assert "This session" in page
    assert "End session" not in page
    here.post("/account/sessions/end/")

    assert asked.get("/login/code/").url == "/login/"


def test_a_second_factor_whose_key_is_lost_lets_nobody_in_and_breaks_nothing(
    recovery, megan, settings, caplog
):
    settings.ENCRYPTION_KEYS = ["b" * 43 + "="]
    client = Client()
    log_in(client=client)

    assert enter(client, codes.code()).status_code == 200
    assert not is_in(client)
    assert f"opens the second factor of user {megan.pk}." in caplog.text


def test_rotating_keys_seals_second_factors_too(recovery, megan, settings, capsys):
    old, new = settings.ENCRYPTION_KEYS[0], "b" * 43 + "="
    settings.ENCRYPTION_KEYS = [new, old]

    call_command("rotate_keys")

    settings.ENCRYPTION_KEYS = [new]
    client = Client()
    log_in(client=client)
    enter(client, codes.code())
    assert is_in(client)


# Required for administrators


def require(value=True):
    LoginRules.objects.made().update(second_factor_required=value)


@pytest.fixture
def administrator():
    """The browser of an administrator with a password of their own and no second factor."""
    user = factories.person("Administrator")
    client = Client()
    client.force_login(user)
    return client


def test_an_administrator_who_needs_one_sets_it_up_before_anything_else(administrator):
    require()

    for path in ("/", "/auth/user/", "/settings/email/", "/account/"):
        assert administrator.get(path).url == "/account/second-factor/"
    assert administrator.post("/notifications/notification/pause/").url.endswith("factor/")
    assert "Administrators need a second factor" in (
        administrator.get("/account/second-factor/").content.decode()
    )
    set_up(administrator)

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


def test_a_session_that_is_sealed_for_another_purpose_is_empty(megan):
    client = Client()
    log_in(client=client)
    Session.objects.update(session_data=vault.seal("{}", "client_secret"))

    assert not is_in(client)
