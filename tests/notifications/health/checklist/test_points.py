"""The points of the checklist, from facts to findings."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import vault
from notifications.backends.errors import Answer
from notifications.health.checklist import points
from notifications.health.checklist.facts import Facts, Listening, Outside, Stored, Tried
from notifications.health.checklist.finding import State
from notifications.mailbox.connection import Connection
from notifications.models import MicrosoftAccount, Worker
from notifications.models.settings import SettingsValues
from notifications.queue.holding.smtp_certificate import Certificate

NOW = timezone.now()
different_workers = pytest.mark.parametrize(
    ("changes", "words"),
    [({"version": "0.0.1"}, "another version"), ({"key": "other"}, "encryption key")],
)
LOGIN, MAIL = "login.microsoftonline.com", "graph.microsoft.com"


@pytest.fixture
def good(settings):
    """Facts of an installation with which everything is right."""
    worker = Worker(name="host:1", version=settings.VERSION, key=vault.key_fingerprint())
    stored = Stored(
        connection=Connection.of(
            SettingsValues(
                service="exchange-online",
                tenant_id="t",
                client_id="c",
                client_secret="s",
                secret_expires_on=(NOW + timedelta(days=300)).date(),
            )
        ),
        account=MicrosoftAccount(scopes="Mail.Send Mail.ReadWrite", renewed_at=NOW),
        is_foreign=False,
        is_copy=False,
        beat_seen_at=NOW,
        workers=[worker],
        unreadable=[],
    )
    reached = Outside(
        login=Tried(detail=LOGIN),
        mail=Tried(detail=MAIL),
        tenant=Tried(),
        renewal=Tried(),
        mailbox=Tried(),
        clock_off=timedelta(seconds=2),
    )
    return Facts(
        now=NOW,
        public_url="https://mail.contoso.example",
        browser_host="mail.contoso.example",
        proxies={},
        database_problem="",
        unapplied=[],
        redis_problem="",
        folder_problem="",
        stored=stored,
        outside=reached,
    )


def wrong(facts):
    return {f.code: f for f in points.findings(facts) if f.state is State.WRONG}


def failed(code, host=LOGIN):
    return Tried(Answer(code=code, message="words"), detail=host)


def test_a_good_installation_has_nothing_wrong_and_all_checked(good):
    found = points.findings(good)

    assert {f.state for f in found} == {State.OK}
    assert points.summary(found) == "All checks passed."


LISTENS = Listening(runs=True, tried=3, problems=[])


def test_a_listener_that_does_what_it_should(good):
    (found,) = [f for f in points.findings(replace(good, smtp=LISTENS)) if f.code == "smtp"]

    assert (found.state, found.detail) == (State.OK, "Strangers are refused at 3 addresses.")
    assert "run from another network: swaks --server" in found.fix


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"runs": False}, "nothing listens"),
        ({"problems": ["::1:25: 250 OK"]}, "A stranger was not refused: ::1:25: 250 OK."),
        ({"certificate": Certificate(NOW + timedelta(days=6))}, "expires in 6 days"),
        ({"certificate": Certificate(NOW - timedelta(days=6))}, "has expired"),
        ({"certificate": Certificate(problem="It cannot be read.")}, "It cannot be read."),
        ({"trouble": ["[::]:25 cannot be opened: Permission denied."]}, "Permission denied"),
    ],
)
def test_what_is_wrong_with_the_listener(good, changes, words):
    found = wrong(replace(good, smtp=replace(LISTENS, **changes)))

    assert set(found) == {"smtp"}
    assert words in found["smtp"].detail


def test_the_end_of_its_certificate_is_no_fault_weeks_before(good):
    far = replace(LISTENS, certificate=Certificate(NOW + timedelta(days=20)))

    assert wrong(replace(good, smtp=far)) == {}


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"public_url": "http://mail.contoso.example"}, "public_address"),
        ({"browser_host": "10.0.0.7:8000"}, "public_address"),
        ({"redis_problem": "Connection refused"}, "redis"),
        ({"folder_problem": "/var: Read-only file system"}, "data_folder"),
    ],
)
def test_what_is_wrong_here_is_found_with_its_fix(good, changes, code):
    found = wrong(replace(good, **changes))

    assert set(found) == {code}
    assert len(found[code].fix.split()) > 5


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"is_foreign": True}, "installation"),
        ({"is_copy": True}, "installation"),
        ({"unreadable": ["client secret"]}, "encryption_keys"),
        ({"orphans": ["Desk"]}, "api_keys"),
        ({"workers": []}, "worker"),
        ({"beat_seen_at": NOW - timedelta(minutes=4)}, "beat"),
        ({"beat_seen_at": None}, "beat"),
        ({"connection": Connection.of(SettingsValues())}, "application"),
    ],
)
def test_what_is_wrong_in_the_database_is_found_with_its_fix(good, changes, code):
    found = wrong(replace(good, stored=replace(good.stored, **changes)))

    assert code in found
    assert len(found[code].fix.split()) > 5


@different_workers
def test_one_worker_that_is_fit_is_enough_and_the_others_are_named(good, settings, changes, words):
    values = {"version": settings.VERSION, "key": vault.key_fingerprint()} | changes
    workers = [*good.stored.workers, Worker(name="other:2", **values)]
    stored = replace(good.stored, workers=workers)

    (finding,) = [f for f in points.findings(replace(good, stored=stored)) if f.code == "worker"]

    assert finding.state == State.OK
    assert words in finding.detail
    assert "other:2" in finding.detail
    assert finding.fix


@different_workers
def test_a_worker_that_differs_from_the_web_is_named(good, settings, changes, words):
    values = {"version": settings.VERSION, "key": vault.key_fingerprint()} | changes
    stored = replace(good.stored, workers=[Worker(name="other:2", **values)])

    finding = wrong(replace(good, stored=stored))["worker"]

    assert words in finding.detail
    assert "other:2" in finding.detail


@pytest.mark.parametrize(("days", "state"), [(8, State.OK), (7, State.WRONG), (-1, State.WRONG)])
def test_a_credential_is_wrong_from_a_week_before_its_end(good, days, state):
    ends_on = (NOW + timedelta(days=days)).date()
    connection = Connection(replace(good.stored.connection.values, secret_expires_on=ends_on))
    found = points.findings(replace(good, stored=replace(good.stored, connection=connection)))

    assert next(f.state for f in found if f.code == "credential_end") is state


@pytest.mark.parametrize("problem", [{"database_problem": "no route"}, {"unapplied": ["a.0001"]}])
def test_without_a_usable_database_the_rest_is_not_checked_and_says_why(good, problem):
    facts = replace(good, stored=None, outside=None, **problem)

    assert set(wrong(facts)) == {"database"}
    unchecked = [f for f in points.findings(facts) if f.state is State.NOT_CHECKED]
    assert all(finding.detail for finding in unchecked)


@pytest.mark.parametrize(
    ("code", "point"),
    [
        ("HostNotFound", "dns"),
        ("ConnectionRefused", "connection"),
        ("ConnectTimedOut", "connection"),
        ("CertificateRefused", "tls"),
        ("CertificateOutOfDate", "tls"),
        ("ProxyNeedsPassword", "proxy"),
        ("ProxyUnreachable", "proxy"),
    ],
)
@pytest.mark.parametrize(("service", "host"), [("login", LOGIN), ("mail", MAIL)])
def test_a_failure_on_the_way_is_wrong_at_one_point_with_the_host(good, code, point, service, host):
    outside = replace(good.outside, **{service: failed(code, host)})

    found = wrong(replace(good, outside=outside))

    assert set(found) == {point}
    assert found[point].detail.startswith(f"{host}: ")
    assert found[point].answer.code == code


@pytest.mark.parametrize(("minutes", "state"), [(4, State.OK), (6, State.WRONG), (-6, State.WRONG)])
def test_a_clock_more_than_five_minutes_off_is_wrong(good, minutes, state):
    outside = replace(good.outside, clock_off=timedelta(minutes=minutes))

    found = points.findings(replace(good, outside=outside))

    assert next(f.state for f in found if f.code == "clock") is state


@pytest.mark.parametrize(
    ("step", "point", "code"),
    [
        ("tenant", "tenant", "AADSTS90002"),
        ("renewal", "credential", "AADSTS7000222"),
        ("mailbox", "mailbox", "ErrorAccessDenied"),
    ],
)
def test_what_microsoft_refuses_has_its_code_and_its_fix(good, step, point, code):
    outside = replace(good.outside, **{step: failed(code)})

    found = wrong(replace(good, outside=outside))

    assert set(found) == {point}
    assert found[point].answer.code == code
    assert found[point].fix


def test_missing_permissions_are_named(good):
    account = MicrosoftAccount(scopes="Mail.Send", renewed_at=NOW)

    found = wrong(replace(good, stored=replace(good.stored, account=account)))

    assert found["permissions"].detail == "Not granted: Mail.ReadWrite."


def test_before_microsoft_was_asked_the_last_renewal_counts(good):
    account = MicrosoftAccount(
        scopes="Mail.Send Mail.ReadWrite", state="blocked", last_error_code="AADSTS53003"
    )

    facts = replace(good, outside=None, stored=replace(good.stored, account=account))

    assert wrong(facts)["credential"].answer.code == "AADSTS53003"


def test_with_a_proxy_names_are_its_business(good):
    facts = replace(good, proxies={LOGIN: "proxy:3128", MAIL: "proxy:3128"})

    found = {f.code: f for f in points.findings(facts)}

    assert found["dns"].state is State.NOT_CHECKED
    assert "proxy:3128" in found["proxy"].detail
