"""Alarms in Microsoft Teams: an Adaptive Card to a workflow."""

import json

import pytest

from notifications.alarms import deliveries
from notifications.alarms import watch as alarms
from notifications.alarms.channels.teams import card
from notifications.alarms.channels.wording import Wording
from notifications.models import AlarmChannel, MicrosoftAccount
from tests import factories
from tests.notifications.alarms.steps import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def teams(quiet, listener):
    listener.answer = 202  # what Workflows answer
    return factories.alarm_channel(listener.url, name="Teams", kind="teams", alarm_secret="")


def sent(listener):
    (_path, headers, body), = listener.heard  # fmt: skip
    assert headers["Content-Type"] == "application/json"
    assert "webhook-signature" not in headers
    return json.loads(body)


def test_an_alarm_is_a_card_within_a_message(teams, listener):
    MicrosoftAccount.objects.update(state="blocked", last_error_code="AADSTS53003")

    alarms.look(now=NOW)

    message = sent(listener)
    (attachment,) = message["attachments"]
    assert message["type"] == "message"
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    content = attachment["content"]
    assert (content["type"], content["version"]) == ("AdaptiveCard", "1.2")
    title, *rest, facts = content["body"]
    assert title["color"] == "attention"
    assert "Blocked by Microsoft" in title["text"]
    assert all(block["wrap"] for block in rest)
    told = {fact["title"]: fact["value"] for fact in facts["facts"]}
    assert told["Installation"] == "http://localhost:8000"
    assert told["Microsoft's code"] == "AADSTS53003"
    assert told["Since"].endswith("UTC")
    teams.refresh_from_db()
    assert (teams.last_status, teams.last_error) == (202, "")


def test_a_workflow_may_get_the_card_alone(teams, listener):
    AlarmChannel.objects.update(teams_content="card")

    deliveries.send_test(AlarmChannel.objects.get(), now=NOW)

    assert sent(listener)["type"] == "AdaptiveCard"


def test_it_is_said_in_the_channels_language(teams, listener):
    AlarmChannel.objects.update(language="de")

    deliveries.send_test(AlarmChannel.objects.get(), now=NOW)

    assert "Dies ist ein Test" in json.dumps(sent(listener), ensure_ascii=False)


def test_an_errors_words_are_no_markdown():
    said = Wording("[click](https://evil.example) *now*", [], [], is_bad=True)

    (title, _facts) = card(said)["body"]

    assert title["text"] == r"\[click\](https://evil.example) \*now\*"
