"""Users, as people/ extends the page: how each logs in, and an invitation without a password."""

import pytest
from django.contrib.auth.models import User

from tests import factories
from tests.mailconnector.steps import log_in
from tests.people import codes

pytestmark = pytest.mark.django_db
ADD, LIST = "/auth/user/add/", "/auth/user/"


def add(client, first="", second=""):
    typed = {"username": "adele", "role": "Operator", "password1": first, "password2": second}
    return client.post(ADD, typed)


def test_somebody_without_a_password_is_invited(administrator):
    response = add(administrator)

    adele = User.objects.get(username="adele")
    assert response.url == f"/auth/user/{adele.pk}/link/"
    assert not adele.has_usable_password()
    assert log_in("adele", "").status_code == 200
    assert "No password yet" in administrator.get(LIST).content.decode()


def test_somebody_can_get_a_password_as_well(administrator):
    response = add(administrator, "a-passphrase-of-hers-1", "a-passphrase-of-hers-1")

    assert response.url.endswith("/change/")
    assert log_in("adele", "a-passphrase-of-hers-1").url == "/"


@pytest.mark.parametrize(
    "typed", [("a-passphrase-1", ""), ("", "a-passphrase-1"), ("short", "short")]
)
def test_half_a_password_and_a_weak_one_are_refused(administrator, typed):
    add(administrator, *typed)

    assert not User.objects.filter(username="adele").exists()


def test_the_list_says_how_each_logs_in(administrator):
    codes.give_app(factories.user("adele"))

    page = administrator.get(LIST).content.decode()

    assert "Password and authenticator app" in page


def test_a_users_page_leads_to_the_link(administrator):
    adele = factories.user("adele", superuser=False)

    page = administrator.get(f"/auth/user/{adele.pk}/change/").content.decode()

    assert f'href="/auth/user/{adele.pk}/link/"' in page
