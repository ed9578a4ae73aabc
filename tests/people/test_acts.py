"""What people do with their ways in stands in the audit trail: an event for each act."""

import re
from io import StringIO

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.test import Client

from notifications.models import AuditEvent
from notifications.models.audit.act import Act, ActorKind
from people.models import Session
from people.models.session import digest
from tests import factories
from tests.mailconnector.steps import PASSWORD, log_in

from . import codes
from .microsoft import steps
from .microsoft.steps import NO_ROLE, OPERATOR, sign_in

pytestmark = pytest.mark.django_db
# Log-ins and log-outs have tests of their own: tests/notifications/audit/test_log_ins.py.
_OTHERS = (Act.LOGIN, Act.LOGOUT)


def told():
    rows = AuditEvent.objects.exclude(act__in=_OTHERS).order_by("pk")
    return [(event.act, event.who, event.object_name) for event in rows]


def set_up_an_app(client, megan):
    page = client.get("/account/second-factor/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]{32})</code>", page)[1]
    client.post("/account/second-factor/", {"code": codes.code(secret)})


def turn_it_off(client, megan):
    codes.give_app(megan)
    client.post("/account/second-factor/off/")


def make_recovery_codes(client, megan):
    codes.give_app(megan)
    client.post("/account/recovery-codes/new/")


def prove_it_again(client, megan):
    client.post("/login/again/", {"password": PASSWORD, "next": "/"})


def end_another_session(client, megan):
    other = Client()
    other.force_login(megan)
    client.post("/account/sessions/end/", {"session": digest(other.session.session_key)})


@pytest.mark.parametrize(
    ("do", "act"),
    [
        (set_up_an_app, Act.SECOND_FACTOR_SET_UP),
        (turn_it_off, Act.SECOND_FACTOR_TURNED_OFF),
        (make_recovery_codes, Act.RECOVERY_CODES_MADE),
        (prove_it_again, Act.PROVED_AGAIN),
        (end_another_session, Act.SESSIONS_ENDED),
    ],
)
def test_what_somebody_does_with_their_own_ways_in(here, megan, do, act):
    do(here, megan)

    assert told() == [(act, "megan", "megan")]


def test_a_wrong_password_when_asked_again_is_a_log_in_that_failed(here):
    here.post("/login/again/", {"password": "wrong", "next": "/"})

    assert told() == [(Act.LOGIN_FAILED, "megan", "")]


def test_a_reset_at_the_command_line(megan):
    codes.give_app(megan)

    call_command("reset_second_factor", "megan")

    assert told() == [(Act.SECOND_FACTOR_RESET, "manage.py", "megan")]


def test_a_superuser_made_at_the_command_line(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command("createsuperuser", "--noinput", username="eve", email="", verbosity=0)
    factories.user()

    assert told() == [(Act.ADDED, "manage.py", "eve")]
    event = AuditEvent.objects.get()
    assert (event.by, event.details) == (ActorKind.COMMAND, {"role": ["", "Superuser"]})


def test_a_password_set_at_the_command_line(megan, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda **_asked: "a-New-1-of-them")

    call_command("changepassword", "megan", stdout=StringIO())

    assert told() == [(Act.PASSWORD_SET, "manage.py", "megan")]
    megan.refresh_from_db()
    assert megan.check_password("a-New-1-of-them")


def test_a_password_that_was_not_set_is_not_told(megan, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda **_asked: "1")

    with pytest.raises(CommandError):
        call_command("changepassword", "megan", stdout=StringIO(), stderr=StringIO())

    assert told() == []


def test_a_change_of_the_rules(here):
    here.post("/settings/log-in/", {"second_factor_required": "on"})

    event = AuditEvent.objects.get(act=Act.CHANGED)
    assert (event.who, event.object_type) == ("megan", "people.loginrules")
    assert event.object_name == "second factor required"
    assert event.details == {"fields": ["Administrators need a second factor"]}


def test_a_log_in_of_an_emergency_account(megan, settings):
    settings.PASSWORD_LOGIN = False

    log_in()

    assert told() == [(Act.EMERGENCY_LOGIN, "megan", "megan")]


def test_sign_ins_with_microsoft_that_are_refused_and_roles_that_change(emulator, settings):
    steps.use(emulator, settings)

    sign_in(Client(), NO_ROLE)
    sign_in(Client(), OPERATOR)
    steps.assign(emulator, OPERATOR, "Auditor")
    sign_in(Client(), OPERATOR)

    refused, first, other = AuditEvent.objects.exclude(act__in=_OTHERS).order_by("pk")
    assert (refused.act, refused.by, refused.who) == (Act.SIGN_IN_REFUSED, ActorKind.UNKNOWN, "")
    assert refused.details == {"reason": "no_role"}
    assert first.details == {"role": ["", "Operator"]}
    assert (other.act, other.object_name) == (Act.CHANGED, OPERATOR)
    assert other.details == {"role": ["Operator", "Auditor"]}


def test_the_trail_says_why_a_sign_in_was_refused(emulator, settings, administrator):
    steps.use(emulator, settings)
    sign_in(Client(), NO_ROLE)

    page = administrator.get("/notifications/auditevent/").content.decode()

    assert "Your organization has given you no role" in page
    assert "no_role" not in page


def deactivate(client, emulator):
    sign_in(client, OPERATOR)
    User.objects.update(is_active=False)


def break_the_start(client, emulator):
    emulator.fault(path="*/.well-known/*", drop="before")


def break_the_answer(client, emulator):
    steps.answer_at_the_token_endpoint(emulator, expires_in="x")


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        (deactivate, ("deactivated", "")),
        (break_the_start, ("unreachable", "ConnectionError")),
        (break_the_answer, ("answer", "ValueError")),
    ],
)
def test_each_refusal_is_told_and_what_broke_is_in_the_log(
    emulator, settings, caplog, do, expected
):
    steps.use(emulator, settings)
    client, (reason, logged) = Client(), expected
    do(client, emulator)

    response = client.post("/login/microsoft/", {"next": "/"})
    if response.status_code == 302:
        response = client.get(steps.choose(response.url, OPERATOR))

    assert response.status_code == 403
    assert AuditEvent.objects.get(act=Act.SIGN_IN_REFUSED).details == {"reason": reason}
    assert logged in caplog.text


def test_somebody_whom_microsoft_refuses_meanwhile(emulator, settings):
    steps.use(emulator, settings)
    client = Client()
    sign_in(client, OPERATOR)
    emulator.fault(kind="token-revoked", mailbox=OPERATOR)
    session = client.session
    session["microsoft"] = {**session["microsoft"], "asked_at": 0}
    session.save()

    client.get("/")

    assert AuditEvent.objects.filter(act=Act.SIGN_IN_ENDED, object_name=OPERATOR).count() == 1
    assert not Session.objects.filter(user__username=OPERATOR).exists()
