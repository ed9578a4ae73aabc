"""Whatever keeps mail from leaving is told alike wherever people and machines look."""

import html
import json
from contextlib import suppress
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from notifications import vault
from notifications.alarms import watch
from notifications.models import (
    Attempt,
    Callback,
    ConnectionEvent,
    EmailSettings,
    MicrosoftAccount,
    Notification,
    QueueState,
    Worker,
)
from notifications.models.event import EventKind
from notifications.queue import obstacles
from tests import factories

pytestmark = pytest.mark.django_db
TOKEN = "scrape-me"
WAITED = timedelta(minutes=20)


@pytest.fixture
def healthy(unconnected, settings):
    settings.CLOUD, settings.METRICS_TOKEN = "emulator", TOKEN
    EmailSettings.objects.update(alarm_url="http://localhost:9/hook")
    QueueState.objects.claim(settings.INSTALLATION_ID)
    Worker.objects.saw(
        "w", version=settings.VERSION, key=vault.key_fingerprint(), now=timezone.now()
    )
    return unconnected


def account(**values):
    return lambda settings: MicrosoftAccount.objects.update(**values)


def rest(code, kind=EventKind.THROTTLED):
    def rests(settings):
        now = timezone.now()
        until = now + timedelta(minutes=5)
        MicrosoftAccount.objects.update(rests_until=until, rest_code=code)
        ConnectionEvent.objects.create(
            kind=kind, code=code, account=factories.practice.DESK, at=now - WAITED, until=until
        )

    return rests


def switched_off(settings):
    factories.enqueue()
    EmailSettings.objects.update(service="none")


def signed_out(settings):
    factories.enqueue()
    EmailSettings.objects.update(account=None)


def practised(settings):
    settings.CLOUD = "global"


SITUATIONS = {
    "full mailbox": (rest("ErrorQuotaExceeded"), "mailbox_full", "The mailbox is full."),
    "full mailbox, by its status alone": (rest("507"), "mailbox_full", "The mailbox is full."),
    "blocked sender": (
        rest("ErrorMessageSubmissionBlocked"),
        "sender_blocked",
        "Exchange has blocked the mailbox from sending.",
    ),
    "no way to Microsoft": (
        rest("HostNotFound", EventKind.RESTED),
        "unreachable",
        "The name of Microsoft's host was not found.",
    ),
    "wrong secret": (
        account(state="credential_expired", last_error_code="AADSTS7000215"),
        "credential_refused",
        "The client secret is wrong.",
    ),
    "expired secret": (
        account(state="credential_expired", last_error_code="AADSTS7000222"),
        "credential_expired",
        "The client secret has expired.",
    ),
    "revoked sign-in": (
        account(state="sign_in_required", last_error_code="AADSTS50173"),
        "sign_in_required",
        "The sign-in is no longer valid.",
    ),
    "EWS blocked": (
        account(state="blocked", last_error_code="EwsBlocked"),
        "blocked",
        "Your tenant blocks Exchange Web Services.",
    ),
    "service None": (switched_off, "no_service", "E-mail is switched off"),
    "nobody signed in": (signed_out, "not_signed_in", "Not signed in."),
    "lost environment": (account(cloud="china"), "cloud_not_named", "MAILCONNECTOR_CLOUD"),
    "practice account": (practised, "other_cloud", "a practice account"),
}


def banner():
    client = Client()
    client.force_login(factories.user("anna"))
    return page(client, "/password_change/")


def queue_page():
    client = Client()
    client.force_login(factories.person("Operator", "olga"))
    return page(client, "/notifications/notification/").partition('id="queue-status"')[2]


def dashboard():
    client = Client()
    client.force_login(factories.person("Operator", "oskar"))
    return page(client, "/").partition('aria-label="Queue status"')[2]


def page(client, address):
    return html.unescape(client.get(address).content.decode())


def command(*arguments):
    out = StringIO()
    with suppress(SystemExit):
        call_command(*arguments, stdout=out)
    return json.dumps(json.loads(out.getvalue()), ensure_ascii=False)


def alarm():
    watch.watch(now=timezone.now())
    bodies = [json.loads(each.body) for each in Callback.objects.all()]
    return json.dumps(bodies, ensure_ascii=False)


PLACES = {
    "banner": banner,
    "queue page": queue_page,
    "dashboard": dashboard,
    "queue --json": lambda: command("queue", "--json"),
    "doctor": lambda: command("doctor", "--json", "--local"),
    "alarm": alarm,
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("situation", SITUATIONS)
def test_each_place_says_the_same_cause_and_what_to_do(healthy, settings, situation, place):
    arrange, code, words = SITUATIONS[situation]
    arrange(settings)
    (stands,) = obstacles.on_the_way(
        EmailSettings.objects.current(), QueueState.objects.current(), now=timezone.now()
    )

    text = PLACES[place]()

    assert stands.code == code
    assert words in stands.text
    assert stands.text in text
    assert json.dumps(stands.what_to_do, ensure_ascii=False)[1:-1] in text.replace("\n", "\\n")
    assert stands.microsoft_code in text
    assert "asked for a pause" not in text
    assert "Nothing to do" not in text


@pytest.mark.parametrize("situation", SITUATIONS)
def test_machines_are_told_by_a_code_of_its_own(healthy, settings, client, situation):
    arrange, code, _words = SITUATIONS[situation]
    arrange(settings)

    told = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content.decode()

    assert f'mailconnector_obstacle{{code="{code}"}} 1.0' in told
    assert (
        'account_state{state="connected"} 1.0' not in told
        or "rests" in arrange.__name__
        or (code in ("no_service", "cloud_not_named"))
    )
    watch.watch(now=timezone.now())
    assert Callback.objects.get().alarm.code == code


@pytest.mark.parametrize("situation", SITUATIONS)
def test_it_is_urgent_and_doctor_finds_it_wrong(healthy, settings, situation):
    SITUATIONS[situation][0](settings)

    assert 'class="mc-banner mc-banner-urgent" role="alert"' in banner()
    checks = json.loads(command("doctor", "--json", "--local"))["checks"]
    assert {check["check"] for check in checks if check["state"] == "wrong"} - {"redis"}


@pytest.mark.parametrize("place", PLACES)
def test_a_wrong_secret_has_not_expired(healthy, settings, place):
    SITUATIONS["wrong secret"][0](settings)

    assert "expired" not in PLACES[place]().partition("paused")[0]


@pytest.mark.parametrize("place", ["banner", "queue page", "dashboard", "queue --json"])
def test_only_throttling_is_called_a_pause_that_passes(healthy, settings, place):
    rest("ApplicationThrottled")(settings)

    text = PLACES[place]()

    assert "Microsoft asked for a pause (ApplicationThrottled) until" in text
    assert "Nothing to do: the queue goes on by itself." in text
    assert "mc-banner-urgent" not in text


def test_a_fault_of_microsofts_says_nothing_of_messages(healthy, settings):
    rest("ConnectionLost", EventKind.RESTED)(settings)

    text = banner()

    assert "Microsoft reported a fault (ConnectionLost)." in text
    assert "whether the message went out" not in text


def test_what_a_person_has_to_end_stands_between_two_rests(healthy, settings, now):
    rest("ErrorMessageSubmissionBlocked")(settings)
    MicrosoftAccount.objects.update(rests_until=now - timedelta(minutes=1))
    assert "has blocked the mailbox from sending" in banner()

    MicrosoftAccount.objects.update(last_success_at=now)

    assert "has blocked the mailbox from sending" not in page(Client(), "/login/") + queue_page()


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("ErrorQuotaExceeded", ": The mailbox is full."),
        ("ErrorMessageSubmissionBlocked", ": Exchange has blocked the mailbox from sending."),
        ("ApplicationThrottled", "was throttled by Microsoft"),
        ("429", "was throttled by Microsoft"),
    ],
)
def test_the_log_says_why_nothing_was_sent(healthy, settings, megan, code, words):
    rest(code)(settings)

    text = page(megan, "/notifications/attempt/")

    assert words in text
    assert ("was throttled by" in text) == ("throttled" in words)


@pytest.fixture
def megan(db):
    client = Client()
    client.force_login(factories.user())
    return client


def status():
    return json.loads(command("queue", "--json"))


def test_a_scheduled_one_is_counted_apart_and_is_not_old(healthy, client, megan, now):
    at = now + timedelta(hours=9)
    for _ in range(8):
        factories.enqueue(due_at=at)
    Notification.objects.update(queued_at=now - timedelta(days=2))

    found = status()

    assert (found["scheduled"], found["next_scheduled_at"]) == (8, at.isoformat())
    assert found["counts"]["pending"] == 8
    assert (found["oldest_pending_at"], found["oldest_pending_seconds"]) == (None, None)
    assert found["empty_at"] is None
    assert found["obstacles"] == []
    text = page(megan, "/notifications/notification/")
    assert "8 scheduled: the next leaves at" in text
    assert "should be empty" not in text
    assert "waiting, oldest" not in text
    assert "<strong>\N{EN DASH}</strong>Oldest pending" in page(megan, "/").replace("\n", "")
    told = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content.decode()
    assert "mailconnector_oldest_pending_seconds 0.0" in told
    assert "mailconnector_scheduled 8.0" in told


def test_ages_count_from_the_time_that_a_message_was_due(healthy, now):
    factories.enqueue(due_at=now + timedelta(minutes=3))
    due_at = now - timedelta(minutes=3)
    Notification.objects.update(
        queued_at=now - timedelta(days=2), scheduled_for=due_at, due_at=due_at
    )

    assert 180 <= status()["oldest_pending_seconds"] < 240


def test_a_try_that_fails_by_itself_makes_a_message_no_younger(healthy, now):
    row = factories.enqueue()
    Notification.objects.filter(pk=row.pk).update(
        queued_at=now - timedelta(hours=5), due_at=now + timedelta(minutes=30), attempts=4
    )

    found = status()

    assert found["oldest_pending_seconds"] >= 5 * 3600
    assert found["scheduled"] == 0
    assert found["obstacles"] == []  # it is tried again at its time


def test_after_retry_all_nothing_is_called_old(healthy, megan, now):
    for _ in range(3):
        factories.enqueue()
    Notification.objects.update(status="failed", queued_at=now - WAITED, due_at=now - WAITED)

    megan.post(
        "/notifications/notification/all/send_now/?status__exact=failed",
        {"newest": Notification.objects.latest("pk").pk},
    )

    found = status()
    assert found["counts"]["pending"] == 3
    assert found["oldest_pending_seconds"] < 60
    assert found["obstacles"] == []


def test_a_hint_about_old_mail_points_at_nothing_that_is_not_there(healthy, now):
    factories.enqueue()
    Notification.objects.update(queued_at=now - WAITED, due_at=now - WAITED)

    (stands,) = status()["obstacles"]
    assert stands["code"] == "no_progress"

    Attempt.objects.create(at=now, result="deferred")
    (old,) = status()["obstacles"]
    assert old["code"] == "old"
    assert "above" not in old["what_to_do"]
