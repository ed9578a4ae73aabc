"""Whatever keeps mail from leaving is told alike wherever people and machines look."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from notifications.alarms import watch
from notifications.models import Callback, EmailSettings, MicrosoftAccount, QueueState
from notifications.models.event import EventKind
from notifications.queue.holding import obstacles

from .places import PLACES, banner, command, metrics, page, queue_page
from .situations import SITUATIONS, rest

pytestmark = pytest.mark.django_db


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
    assert "throttling this mailbox" not in text
    assert "No action needed" not in text
    assert "Nothing to do" not in text


@pytest.mark.parametrize("situation", SITUATIONS)
def test_machines_are_told_by_a_code_of_its_own(healthy, settings, client, situation):
    arrange, code, _words = SITUATIONS[situation]
    arrange(settings)

    told = metrics(client)

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

    assert 'class="mc-banner mc-banner-stopped" role="alert"' in banner()
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

    assert "Microsoft is throttling this mailbox. Sending resumes at" in text
    assert "No action needed." in text
    assert "mc-banner-stopped" not in text


def test_a_fault_of_microsofts_says_nothing_of_messages(healthy, settings):
    rest("ConnectionLost", EventKind.RESTED)(settings)

    text = banner()

    assert "Microsoft reported a temporary error." in text
    assert "ConnectionLost" in text
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
