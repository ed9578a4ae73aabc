"""Signing in with Microsoft at the emulator: who gets in, with which rights."""

from unittest.mock import Mock
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import Group, User
from django.db import IntegrityError
from django.test import Client

from people.microsoft import people
from people.models import Session
from tests import factories
from tests.mailconnector.steps import is_in, log_in
from tests.stored import everything_in_the_database

from . import steps
from .steps import ADMINISTRATOR, AUDITOR, NO_ROLE, OPERATOR, begin, refusal, sign_in

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("account", "role"),
    [(ADMINISTRATOR, "Administrator"), (OPERATOR, "Operator"), (AUDITOR, "Auditor")],
)
def test_the_app_role_of_entra_is_the_role_here(client, account, role):
    response = sign_in(client, account, target="/notifications/notification/")

    assert response.url == "/notifications/notification/"
    user = User.objects.get()
    assert user.username == account
    assert [group.name for group in user.groups.all()] == [role]
    assert not user.is_superuser
    assert not user.has_usable_password()
    assert is_in(client)


def test_what_is_asked_of_microsoft_is_state_nonce_pkce_and_our_own_address(client, settings):
    asked = parse_qs(urlsplit(begin(client)).query)

    assert asked["redirect_uri"] == [f"{settings.PUBLIC_URL}/login/microsoft/callback/"]
    assert asked["response_type"] == ["code"]
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["prompt"] == ["select_account"]
    assert all(asked[name] for name in ("state", "nonce", "code_challenge"))
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email", "offline_access"}


def test_another_role_counts_from_the_next_sign_in(client, emulator):
    sign_in(client, OPERATOR)
    user = User.objects.get()
    user.is_superuser = True
    user.save()
    user.groups.add(Group.objects.get(name="Administrator"))
    steps.assign(emulator, OPERATOR, "Auditor", "Something else")

    sign_in(client, OPERATOR)

    user = User.objects.get()
    assert [group.name for group in user.groups.all()] == ["Auditor"]
    assert not user.is_superuser


def test_a_person_is_never_matched_by_name_or_address_to_a_password_user(client):
    mine = factories.user(OPERATOR)

    sign_in(client, OPERATOR)

    theirs = User.objects.exclude(pk=mine.pk).get()
    assert theirs.username == f"{OPERATOR}-2"
    assert SocialAccount.objects.get().user == theirs
    assert not SocialAccount.objects.filter(user=mine).exists()


def test_the_service_is_asked_once_a_sign_in_what_it_is(client, emulator):
    path = steps.choose(begin(client), OPERATOR)
    emulator.fault(path="*/.well-known/*", drop="before")

    assert client.get(path).url == "/"


def meanwhile(monkeypatch, do):
    """Do something once, between the choice of a user's name and its use."""
    choose_name, done = people.free_username, []

    def choose(address):
        name = choose_name(address)
        if not done:
            done.append(name)
            do(name)
        return name

    monkeypatch.setattr(people, "free_username", choose)


def test_two_of_one_name_who_first_sign_in_at_once_are_two_users(client, monkeypatch):
    meanwhile(monkeypatch, factories.user)

    assert sign_in(client, OPERATOR).url == "/"

    assert set(User.objects.values_list("username", flat=True)) == {OPERATOR, f"{OPERATOR}-2"}
    assert SocialAccount.objects.get().user.username == f"{OPERATOR}-2"


def test_one_who_first_signs_in_twice_at_once_is_one_user(client, monkeypatch):
    other = Client()
    meanwhile(monkeypatch, lambda _name: sign_in(other, OPERATOR))

    assert "twice at the same moment" in refusal(sign_in(client, OPERATOR))

    assert User.objects.get() == SocialAccount.objects.get().user
    assert is_in(other)


def test_another_fault_of_the_database_is_no_refusal(client, monkeypatch):
    """It would be told to the person as theirs, and nobody would read of it."""
    monkeypatch.setattr(people, "apply", Mock(side_effect=IntegrityError("a column of ours")))

    with pytest.raises(IntegrityError, match="a column of ours"):
        sign_in(client, OPERATOR)

    assert not User.objects.exists()


def test_somebody_who_signs_in_again_is_the_same_user(client):
    sign_in(client, OPERATOR)
    sign_in(Client(), OPERATOR)

    assert User.objects.count() == 1


def test_who_signs_in_with_microsoft_gets_in_with_no_password(client):
    sign_in(client, OPERATOR)
    user = User.objects.get()
    user.set_password("password")
    user.save()

    response = log_in(OPERATOR)

    assert "signs in with Microsoft" in response.content.decode()


def test_no_token_and_no_secret_stands_in_the_database(client, emulator, settings):
    sign_in(client, OPERATOR)

    kept = client.session["microsoft"]["token"]
    everything = everything_in_the_database()
    assert len(kept) > 50
    assert kept not in everything
    assert settings.OIDC_CLIENT_SECRET not in everything


def test_the_session_of_a_sign_in_is_sealed_like_any_other(client):
    sign_in(client, OPERATOR)

    assert Session.objects.exclude(user=None).count() == 1


def test_somebody_without_a_role_is_refused(client):
    text = refusal(sign_in(client, NO_ROLE))

    assert "Your organization has given you no role in Mail Connector." in text
    assert NO_ROLE in text
    assert not User.objects.exists()
    assert not is_in(client)


def test_somebody_who_has_lost_their_role_loses_their_rights_and_sessions_at_once(client, emulator):
    sign_in(client, OPERATOR)
    steps.assign(emulator, OPERATOR)

    assert "no role" in refusal(sign_in(Client(), OPERATOR))

    assert not is_in(client)
    assert not User.objects.get().groups.exists()


def test_whoever_has_lost_their_role_and_is_logged_in_here_is_told_so(client, emulator):
    sign_in(client, OPERATOR)
    steps.assign(emulator, OPERATOR)

    assert "no role" in refusal(sign_in(client, OPERATOR))

    assert not is_in(client)
    assert not Session.objects.filter(user__username=OPERATOR).exists()


def test_a_deactivated_person_is_refused(client):
    sign_in(client, OPERATOR)
    User.objects.update(is_active=False)

    assert "deactivated" in refusal(sign_in(Client(), OPERATOR))
    assert not is_in(client)


def test_without_an_issuer_there_is_no_button_and_no_address(client, settings):
    settings.OIDC_ISSUER = ""

    assert "Sign in with Microsoft" not in client.get("/login/").content.decode()
    assert client.post("/login/microsoft/").status_code == 404
    assert client.get("/login/microsoft/callback/").status_code == 404
