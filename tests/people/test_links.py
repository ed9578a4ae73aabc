"""One-time links: how somebody gets in who is new, or has forgotten their password."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from notifications.models import AuditEvent
from notifications.models.audit.act import Act
from people import links
from people.models import Session
from tests import factories
from tests.mailconnector.steps import log_in
from tests.stored import everything_in_the_database

pytestmark = pytest.mark.django_db
NEW = "a-passphrase-of-mine-4"


@pytest.fixture
def administrator():
    client = Client()
    client.force_login(factories.person("Administrator"))
    return client


@pytest.fixture
def adele():
    """Somebody new, without a password."""
    return factories.user("adele", superuser=False, has_password=False)


def link_of(client, user):
    page = client.post(f"/auth/user/{user.pk}/link/").content.decode()
    return page.partition('value="http')[2].partition('"')[0]


def code_of(client, user):
    return link_of(client, user).partition("#")[2]


def use(code, *, password=NEW, again=NEW):
    typed = {"code": code, "new_password1": password, "new_password2": again}
    return Client().post("/set-password/", typed)


def test_a_new_colleague_sets_a_password_of_their_own_and_logs_in(administrator, adele):
    link = link_of(administrator, adele)
    assert link.startswith("://localhost:8000/set-password/#")

    assert use(link.partition("#")[2]).url == "/login/"

    assert log_in("adele", NEW).url == "/"


def test_a_link_that_is_made_and_used_is_recorded_without_it(administrator, adele):
    code = code_of(administrator, adele)
    use(code)

    made, used = AuditEvent.objects.exclude(act=Act.LOGIN).order_by("pk")
    assert (made.act, made.object_name) == (Act.LINK_MADE, "adele")
    assert (used.act, used.who, used.object_name) == (Act.PASSWORD_SET_BY_LINK, "", "adele")
    assert code not in repr([made.__dict__, used.__dict__])


def test_a_link_counts_once(administrator, adele):
    code = code_of(administrator, adele)
    use(code)

    response = use(code, password="another-passphrase-5", again="another-passphrase-5")

    assert response.status_code == 422
    assert "it was used, or is older than a day" in response.content.decode()
    assert log_in("adele", NEW).url == "/"


@pytest.mark.parametrize(
    "meanwhile",
    [
        lambda user: links.set_password(user, "the-passphrase-of-the-other-6"),
        lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
        lambda user: User.objects.filter(pk=user.pk).update(last_login=timezone.now()),
    ],
    ids=["used", "deactivated", "logged in"],
)
def test_a_link_counts_once_for_two_at_the_same_time(administrator, adele, monkeypatch, meanwhile):
    """The other one comes between this one's look at the user and its UPDATE."""
    code = code_of(administrator, adele)
    as_read, other = links.user_of(code), links.user_of(code)
    meanwhile(other)
    kept = User.objects.get(pk=adele.pk).password
    monkeypatch.setattr(links, "user_of", lambda _code: as_read)

    response = use(code)

    assert response.status_code == 422
    assert "it was used, or is older than a day" in response.content.decode()
    assert User.objects.get(pk=adele.pk).password == kept


def test_a_link_counts_for_a_day(administrator, adele, monkeypatch):
    code = code_of(administrator, adele)
    later = timezone.localtime().replace(tzinfo=None) + timedelta(hours=25)
    monkeypatch.setattr(links._TOKENS, "_now", lambda: later)

    assert use(code).status_code == 422


def test_a_forgotten_password_is_replaced_and_ends_the_sessions(administrator):
    megan = factories.user("megan", superuser=False)
    elsewhere = Client()
    elsewhere.force_login(megan)

    use(code_of(administrator, megan))

    assert elsewhere.get("/").status_code == 302
    assert not Session.objects.filter(user=megan).exists()
    assert log_in("megan", NEW).url == "/"


@pytest.mark.parametrize(
    ("password", "again"), [("short", "short"), (NEW, "other"), ("adele-adele-adele", "x")]
)
def test_a_weak_or_mistyped_password_is_refused_and_the_link_still_counts(
    administrator, adele, password, again
):
    code = code_of(administrator, adele)

    assert use(code, password=password, again=again).status_code == 422
    assert use(code).url == "/login/"


@pytest.mark.parametrize("code", ["", "x", "1", "1.", ".x", "9" * 400 + ".x", "a\0b.c", "²." * 9])
def test_a_code_that_is_none_is_refused(adele, code):
    assert use(code).status_code == 422


def test_a_code_of_one_person_is_none_of_anothers(administrator, adele):
    other = factories.user("megan", superuser=False)
    token = code_of(administrator, adele).partition(".")[2]

    assert use(f"{other.pk}.{token}").status_code == 422


def test_no_link_stands_in_the_database(administrator, adele):
    code = code_of(administrator, adele)

    kept = everything_in_the_database()
    assert code not in kept
    assert code.partition(".")[2] not in kept


def test_a_deactivated_person_gets_none_and_can_use_none(administrator, adele):
    code = code_of(administrator, adele)
    adele.is_active = False
    adele.save()

    assert use(code).status_code == 422
    assert link_of(administrator, adele) == ""


def test_whoever_has_no_use_for_a_password_gets_none(administrator, adele, settings):
    settings.PASSWORD_LOGIN = False

    page = administrator.post(f"/auth/user/{adele.pk}/link/").content.decode()

    assert "Only emergency accounts log in with a password here." in page
    assert "#" + str(adele.pk) not in page


def test_nobody_makes_a_link_for_somebody_with_more_rights(administrator):
    megan = factories.user("megan")

    assert administrator.post(f"/auth/user/{megan.pk}/link/").status_code == 403
    for role in ("Auditor", "Operator"):
        client = Client()
        client.force_login(factories.person(role))
        assert client.post(f"/auth/user/{megan.pk}/link/").status_code == 403
