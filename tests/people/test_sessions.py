"""Sessions: what the database has of them, and when they end."""

from datetime import timedelta
from importlib import import_module
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session as DjangosSession
from django.test import Client
from django.utils import timezone

from notifications import tasks, vault
from people.models import Session
from people.models.session import digest
from tests import factories
from tests.mailconnector.steps import PASSWORD, is_in, log_in
from tests.stored import everything_in_the_database

pytestmark = pytest.mark.django_db


def cookie_of(client):
    return client.cookies["mailconnector_session"].value


def pass_time(**time):
    """Let time pass for every session."""
    for session in Session.objects.all():
        session.last_seen_at -= timedelta(**time)
        session.expire_date -= timedelta(**time)
        Session.objects.filter(pk=session.pk).update(
            last_seen_at=session.last_seen_at, expire_date=session.expire_date
        )


def test_the_database_has_nothing_that_is_a_cookie(here):
    session = Session.objects.get()
    thief = Client()
    thief.cookies["mailconnector_session"] = session.session_key

    assert cookie_of(here) not in everything_in_the_database()
    assert thief.get("/").url.startswith("/login/")
    assert is_in(here)


def test_what_a_session_remembers_cannot_be_read_from_the_database(here):
    session = here.session
    session["told"] = "a-secret-of-the-session"
    session.save()

    kept = Session.objects.get().session_data
    opened_by_django = import_module("django.contrib.sessions.backends.db").SessionStore().decode

    assert here.session["told"] == "a-secret-of-the-session"
    assert opened_by_django(kept) == {}


def test_a_session_whose_key_is_lost_is_an_empty_one(here, settings):
    settings.ENCRYPTION_KEYS = ["b" * 43 + "="]

    assert here.get("/").url.startswith("/login/")


def test_a_session_ends_when_its_person_was_away_for_half_an_hour(here):
    pass_time(minutes=29)
    assert is_in(here)
    pass_time(minutes=29)
    assert is_in(here)

    pass_time(minutes=31)

    assert not is_in(here)


def test_a_page_that_reads_itself_again_keeps_nobody_in(here):
    for _ in range(2):
        pass_time(minutes=16)
        here.get("/notifications/notification/", headers={"X-Requested-With": "fetch"})

    assert not is_in(here)


def test_work_does_not_move_the_end_of_a_session(here):
    before = Session.objects.get().expire_date
    session = here.session
    session["something"] = "else"
    session.save()

    assert Session.objects.get().expire_date == before


def test_an_ended_session_is_deleted_and_no_other(here, megan):
    Client().force_login(megan)
    gone, stays = Session.objects.order_by("started_at")
    Session.objects.filter(pk=gone.pk).update(last_seen_at=timezone.now() - timedelta(hours=1))

    tasks.sweep()

    assert list(Session.objects.values_list("pk", flat=True)) == [stays.pk]


def test_the_upgrade_forgets_the_cookies_that_were_kept_as_they_are(db):
    migration = import_module("people.migrations.0001_people")
    DjangosSession.objects.create(
        session_key="a-cookie", session_data="", expire_date=timezone.now()
    )

    migration.forget_sessions(apps, None)

    assert not DjangosSession.objects.exists()


@pytest.mark.parametrize("value", ["", "short", "x" * 5000, "ünïcödé-cookie", "a b;c"])
def test_an_odd_cookie_is_nobodys(db, value):
    stranger = Client()
    stranger.cookies["mailconnector_session"] = value

    assert stranger.get("/").url.startswith("/login/")


def test_everybody_sees_their_own_sessions_and_ends_them(here, megan):
    elsewhere, somebody = Client(), Client()
    log_in(client=elsewhere, headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0"})
    somebody.force_login(factories.user("adele"))

    page = here.get("/account/").content.decode()
    assert page.count("End session") == 1
    assert "Firefox on Windows" in page
    assert "192.0.2.1" in page
    here.post("/account/sessions/end/", {"session": digest(cookie_of(elsewhere))})

    assert not is_in(elsewhere)
    assert is_in(here)
    assert is_in(somebody)


def test_nobody_ends_the_session_of_somebody_else(here):
    somebody = Client()
    somebody.force_login(factories.user("adele"))

    here.post("/account/sessions/end/", {"session": digest(cookie_of(somebody))})
    here.post("/account/sessions/end/", {})

    assert is_in(somebody)
    assert is_in(here)


def test_all_other_sessions_are_ended_at_once(here, megan):
    others = [Client(), Client()]
    for other in others:
        other.force_login(megan)

    here.post("/account/sessions/end/")

    assert [is_in(client) for client in (here, *others)] == [True, False, False]


NEW = "another-passphrase-4"


def set_by_an_administrator(client, user):
    typed = {"password1": NEW, "password2": NEW}
    assert client.post(f"/auth/user/{user.pk}/password/", typed).status_code == 302


def deactivate_and_activate(client, user):
    for verb in ("deactivate", "activate"):
        client.post(f"/auth/user/{user.pk}/{verb}/")


@pytest.mark.parametrize("do", [set_by_an_administrator, deactivate_and_activate])
def test_the_sessions_of_somebody_whom_an_administrator_stops_are_deleted(here, do):
    adele, elsewhere = factories.user("adele", superuser=False), Client()
    elsewhere.force_login(adele)

    do(here, adele)

    assert not Session.objects.filter(user=adele).exists()
    assert not is_in(elsewhere)
    assert is_in(here)


def test_a_password_of_ones_own_deletes_the_other_sessions(here, megan):
    elsewhere = Client()
    elsewhere.force_login(megan)

    typed = {"old_password": PASSWORD, "new_password1": NEW, "new_password2": NEW}
    here.post("/password_change/", typed)

    assert Session.objects.get(user=megan).pk == digest(cookie_of(here))
    assert is_in(here)


def test_a_deactivation_that_is_refused_ends_no_session(here, megan):
    here.post(f"/auth/user/{megan.pk}/deactivate/")

    assert is_in(here)


@pytest.mark.parametrize("chosen", ["x\0y", "x" * 5000, "\ud83d"])
def test_a_session_that_is_none_is_not_ended(here, chosen):
    typed = urlencode({"session": chosen}, errors="surrogatepass")

    response = here.post("/account/sessions/end/", typed, "application/x-www-form-urlencoded")

    assert response.url == "/account/"


def test_a_session_that_is_sealed_for_another_purpose_is_empty(megan):
    client = Client()
    log_in(client=client)
    Session.objects.update(session_data=vault.seal("{}", "client_secret"))

    assert not is_in(client)
