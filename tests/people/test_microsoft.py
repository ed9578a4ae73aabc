"""Signing in with Microsoft at the emulator: who gets in with which rights, and every refusal."""

import json
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.cache import caches
from django.test import Client
from django.utils import timezone

from notifications.alarms import watch
from notifications.models import Alarm
from people.models import Session
from tests import factories
from tests.mailconnector.steps import log_in
from tests.waiting import PATIENCE

from . import microsoft
from .microsoft import ADMINISTRATOR, AUDITOR, NO_ROLE, OPERATOR, begin, choose, sign_in

pytestmark = pytest.mark.django_db
ISSUER = "https://login.contoso.example/7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0001/v2.0"


@pytest.fixture(autouse=True)
def provider(emulator, settings):
    microsoft.use(emulator, settings)
    return emulator


def is_in(client):
    return client.get("/").status_code == 200


def refusal(response):
    assert response.status_code == 403
    return " ".join(response.content.decode().split())


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
    microsoft.assign(emulator, OPERATOR, "Auditor", "Something else")

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
    everything = str([list(model.objects.values_list()) for model in apps.get_models()])
    assert len(kept) > 50
    assert kept not in everything
    assert settings.OIDC_CLIENT_SECRET not in everything


def test_the_session_of_a_sign_in_is_sealed_like_any_other(client):
    sign_in(client, OPERATOR)

    assert Session.objects.exclude(user=None).count() == 1


# Refusals


def test_somebody_without_a_role_is_refused(client):
    text = refusal(sign_in(client, NO_ROLE))

    assert "Your organization has given you no role in Mail Connector." in text
    assert NO_ROLE in text
    assert not User.objects.exists()
    assert not is_in(client)


def test_somebody_who_has_lost_their_role_loses_their_rights_and_sessions_at_once(client, emulator):
    sign_in(client, OPERATOR)
    microsoft.assign(emulator, OPERATOR)

    assert "no role" in refusal(sign_in(Client(), OPERATOR))

    assert not is_in(client)
    assert not User.objects.get().groups.exists()


def test_a_deactivated_person_is_refused(client):
    sign_in(client, OPERATOR)
    User.objects.update(is_active=False)

    assert "deactivated" in refusal(sign_in(Client(), OPERATOR))
    assert not is_in(client)


def test_an_answer_counts_once(client):
    path = choose(begin(client), OPERATOR)
    client.get(path)
    client.post("/logout/")

    assert "was used before" in refusal(client.get(path))
    assert not is_in(client)


def test_an_answer_counts_in_the_browser_that_asked(client):
    path = choose(begin(Client()), OPERATOR)

    assert "was not started in this browser" in refusal(client.get(path))
    assert not is_in(client)


@pytest.mark.parametrize("query", ["", "state=forged&code=1.x", "code=1.x", "state=", "state=a\0b"])
def test_a_forged_answer_is_refused(client, query):
    begin(client)

    assert "was not started in this browser" in refusal(
        client.get(f"/login/microsoft/callback/?{query}")
    )


def test_a_state_with_a_forged_code_is_refused(client):
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]

    refusal(client.get(f"/login/microsoft/callback/?state={state}&code=1.forged"))

    assert not is_in(client)


def test_a_sign_in_that_was_cancelled_is_told_so(client):
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    answer = f"state={state}&error=access_denied&error_description=AADSTS65004"

    text = refusal(client.get(f"/login/microsoft/callback/?{answer}"))

    assert "The sign-in was cancelled at Microsoft." in text


def test_what_microsoft_refuses_is_shown_with_its_words(client):
    state = parse_qs(urlsplit(begin(client)).query)["state"][0]
    said = "error=server_error&error_description=AADSTS50105%3A+not+assigned+%3Cscript%3E"

    text = refusal(client.get(f"/login/microsoft/callback/?state={state}&{said}"))

    assert "AADSTS50105: not assigned &lt;script&gt;" in text


def answered(client, emulator, **claims):
    """Sign in, with an ID token of these claims in place of the emulator's."""
    address = begin(client)
    good = {
        "iss": f"{emulator.https}/7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0001/v2.0",
        "tid": "7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0001",
        "oid": "0f0f0f0f-0000-4000-8000-000000000001",
        "sub": "a-subject",
        "name": "Mallory",
        "preferred_username": "mallory@contoso.example",
        "nonce": parse_qs(urlsplit(address).query)["nonce"][0],
        "roles": ["Administrator"],
    }
    path = choose(address, OPERATOR)
    token = microsoft.token_of(**{k: v for k, v in {**good, **claims}.items() if v is not None})
    microsoft.answer_at_the_token_endpoint(emulator, id_token=token, refresh_token="1.x")
    return client.get(path)


def test_the_answers_of_these_tests_would_let_in(client, emulator):
    assert answered(client, emulator).url == "/"


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"iss": ISSUER}, "another tenant or another sign-in service"),
        ({"iss": "https://evil.example/v2.0"}, "another tenant or another sign-in service"),
        ({"aud": "somebody-elses"}, "made for another application"),
        ({"exp": 1_000_000}, "a clock is wrong"),
        ({"nonce": "another"}, "was not started in this browser"),
        ({"nonce": None}, "was not started in this browser"),
        ({"tid": None}, "does not say who you are"),
        ({"oid": None}, "does not say who you are"),
        ({"oid": "0f0f0f0f-0000-4000-8000-00000000000"}, "does not say who you are"),
        ({"tid": "sub", "oid": "x" * 200}, "does not say who you are"),
        ({"oid": ["x"]}, "does not say who you are"),
        ({"tid": None, "oid": None, "sub": None}, "does not say who you are"),
        ({"roles": None}, "no role"),
        ({"roles": "Administrator"}, "no role"),
        ({"roles": ["administrator", None, 1]}, "no role"),
    ],
)
def test_a_token_that_is_not_for_us_is_refused(client, emulator, claims, words):
    assert words in refusal(answered(client, emulator, **claims))
    assert not is_in(client)


@pytest.mark.parametrize(
    "answer",
    [
        {"id_token": "x"}, {"id_token": 1}, {"id_token": None}, {"access_token": None},
        {"id_token": "a.b.c"}, {"expires_in": "x"}, {"status": 500}, {"status": 401},
    ],
)  # fmt: skip
def test_an_answer_that_makes_no_sense_is_no_server_error(client, emulator, answer):
    path = choose(begin(client), OPERATOR)
    microsoft.answer_at_the_token_endpoint(emulator, **answer)

    refusal(client.get(path))

    assert not is_in(client)


JSON = {"Content-Type": "application/json"}
ANOTHER = {
    "issuer": ISSUER, "jwks_uri": "https://login.contoso.example/keys",
    "authorization_endpoint": "https://login.contoso.example/authorize",
    "token_endpoint": "https://login.contoso.example/token",
}  # fmt: skip


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ({"drop": "before"}, "cannot be reached"),
        ({"status": 500, "body": "<html>"}, "makes no sense"),
        ({"status": 200, "body": "[]", "headers": JSON}, "makes no sense"),
        ({"status": 200, "body": "no json"}, "makes no sense"),
        (
            {"status": 200, "body": json.dumps(ANOTHER), "headers": JSON},
            "another tenant or another sign-in service",
        ),
    ],
)
def test_a_sign_in_service_that_cannot_be_asked_is_told_and_passwords_go_on(
    client, emulator, fault, words
):
    emulator.fault(path="*/.well-known/*", **fault)

    assert words in refusal(client.post("/login/microsoft/", {"next": "/"}))

    factories.user()
    assert log_in().url == "/"


def test_without_an_issuer_there_is_no_button_and_no_address(client, settings):
    settings.OIDC_ISSUER = ""

    assert "Sign in with Microsoft" not in client.get("/login/").content.decode()
    assert client.post("/login/microsoft/").status_code == 404
    assert client.get("/login/microsoft/callback/").status_code == 404


def test_an_application_that_is_refused_is_an_alarm_until_a_sign_in_works(client, settings):
    good, settings.OIDC_CLIENT_SECRET = settings.OIDC_CLIENT_SECRET, "expired"

    assert "refuses the application" in refusal(sign_in(client, OPERATOR))
    watch.watch(now=timezone.now())

    refused = Alarm.objects.filter(code="login_refused")
    assert refused.get() in Alarm.objects.standing()
    refusal(sign_in(client, OPERATOR))
    settings.OIDC_CLIENT_SECRET = good
    sign_in(client, OPERATOR)
    assert refused.get() not in Alarm.objects.standing()


def test_nobody_tries_any_more_and_the_alarm_is_over_after_a_day(db):
    now = timezone.now()
    watch.report_refused_login(now=now - timedelta(hours=23))
    watch.watch(now=now)
    assert Alarm.objects.standing().filter(code="login_refused").exists()

    watch.watch(now=now + timedelta(hours=2))

    assert not Alarm.objects.standing().filter(code="login_refused").exists()


def test_logging_out_offers_to_sign_out_of_microsoft_as_well(client, emulator):
    sign_in(client, OPERATOR)

    page = client.post("/logout/").content.decode()

    assert not is_in(client)
    address = re.search(r'href="(http://[^"]+/logout[^"]*)"', page)[1]
    assert "signed out" in requests.get(address, timeout=PATIENCE).text.casefold()
    assert not Session.objects.exclude(user=None).exists()


def test_whoever_logged_in_with_a_password_is_not_told_of_microsoft(client):
    factories.user()
    log_in(client=client)

    page = client.post("/logout/").content.decode()

    assert "logged out" in page
    assert "Microsoft" not in page


def test_the_log_out_works_while_the_sign_in_service_is_away(client, emulator):
    sign_in(client, OPERATOR)
    caches["process"].clear()
    emulator.fault(path="*/.well-known/*", drop="before")

    page = client.post("/logout/").content.decode()

    assert "still signed in at Microsoft" in page
    assert "Sign out of Microsoft" not in page
    assert not is_in(client)


# While they work


def pass_time(client, **time):
    """Let time pass for what the session knows of the sign-in service."""
    session = client.session
    kept = session["microsoft"]
    earlier = timedelta(**time).total_seconds()
    session["microsoft"] = {
        name: value - earlier if name.endswith("_at") else value for name, value in kept.items()
    }
    session.save()


def token_requests(emulator):
    return (
        emulator.control("GET", "stats").json()["token_requests_by_grant"].get("refresh_token", 0)
    )


def test_the_sign_in_service_is_asked_every_15_minutes_while_somebody_works(client, emulator):
    sign_in(client, OPERATOR)
    before = token_requests(emulator)
    assert is_in(client)
    assert token_requests(emulator) == before
    token = client.session["microsoft"]["token"]

    pass_time(client, minutes=16)
    assert is_in(client)
    assert is_in(client)

    assert token_requests(emulator) == before + 1
    assert client.session["microsoft"]["token"] != token


def test_somebody_who_was_removed_is_out_within_15_minutes(client, emulator):
    sign_in(client, OPERATOR)
    emulator.fault(kind="token-revoked", mailbox=OPERATOR)
    assert is_in(client)

    pass_time(client, minutes=16)
    response = client.get("/", follow=True)

    assert "Your sign-in with Microsoft has ended. Sign in again." in response.content.decode()
    assert not is_in(client)


def test_somebody_who_has_lost_their_role_is_out_within_15_minutes_everywhere(client, emulator):
    elsewhere = Client()
    sign_in(client, OPERATOR)
    sign_in(elsewhere, OPERATOR)
    microsoft.assign(emulator, OPERATOR)

    pass_time(client, minutes=16)

    assert not is_in(client)
    assert not is_in(elsewhere)
    assert not User.objects.get().groups.exists()


def test_another_role_counts_within_15_minutes(client, emulator):
    sign_in(client, OPERATOR)
    microsoft.assign(emulator, OPERATOR, "Auditor")

    pass_time(client, minutes=16)
    client.get("/")

    assert [group.name for group in User.objects.get().groups.all()] == ["Auditor"]


def test_while_the_sign_in_service_is_away_people_go_on_for_four_hours(client, emulator):
    sign_in(client, OPERATOR)
    emulator.fault(path="*/token", drop="before")

    pass_time(client, hours=3, minutes=50)
    assert is_in(client)
    pass_time(client, minutes=16)
    response = client.get("/", follow=True)

    assert "has not been reached for 4 hours" in response.content.decode()
    assert not is_in(client)


def test_a_secret_of_ours_that_has_expired_puts_nobody_out(client, settings):
    sign_in(client, OPERATOR)
    settings.OIDC_CLIENT_SECRET = "expired"

    pass_time(client, minutes=16)

    assert is_in(client)
    assert Alarm.objects.standing().filter(code="login_refused").exists()


# Proving again who one is


def grow_old(client):
    Session.objects.update(proved_at=timezone.now() - timedelta(minutes=11))


def test_keys_and_people_ask_for_the_password_again_at_microsoft(client, settings):
    sign_in(client, ADMINISTRATOR)
    assert client.get("/auth/user/add/").status_code == 200
    grow_old(client)

    response = client.get("/auth/user/add/")
    assert response.url == "/login/again/?next=%2Fauth%2Fuser%2Fadd%2F"
    page = client.get(response.url)
    assert "Sign in with Microsoft" in page.content.decode()
    origin = settings.OIDC_ISSUER.partition("/7a1c9c1e")[0]
    assert origin in page.headers["Content-Security-Policy"]
    asked = begin(client, target="/auth/user/add/", again="1")

    assert parse_qs(urlsplit(asked).query)["prompt"] == ["login"]
    assert parse_qs(urlsplit(asked).query)["max_age"] == ["0"]
    assert client.get(choose(asked, ADMINISTRATOR)).url == "/auth/user/add/"
    assert client.get("/auth/user/add/").status_code == 200


def test_somebody_else_does_not_prove_it(client):
    sign_in(client, ADMINISTRATOR)

    text = refusal(sign_in(client, OPERATOR, again="1"))

    assert "somebody else" in text


@pytest.mark.parametrize(
    ("auth_time", "words"),
    [
        (None, "optional claim auth_time"),
        (1_000_000, "has not asked for your password again"),
        (9_999_999_999, "has not asked for your password again"),
        ("yesterday", "optional claim auth_time"),
    ],
)
def test_without_a_fresh_auth_time_nothing_is_proved(client, emulator, auth_time, words):
    assert answered(client, emulator, auth_time=auth_time).url == "/"
    address = begin(client, again="1")
    path = choose(address, OPERATOR)
    token = microsoft.token_of(
        iss=f"{emulator.https}/7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0001/v2.0",
        tid="7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0001",
        oid="0f0f0f0f-0000-4000-8000-000000000001",
        nonce=parse_qs(urlsplit(address).query)["nonce"][0],
        roles=["Administrator"],
        **({} if auth_time is None else {"auth_time": auth_time}),
    )
    microsoft.answer_at_the_token_endpoint(emulator, id_token=token)

    assert words in refusal(client.get(path))
    assert client.get("/auth/user/add/").status_code == 302
