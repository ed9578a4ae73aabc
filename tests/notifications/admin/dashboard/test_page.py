"""The dashboard: figures with their table, what to do next, and nothing without the right."""

import html
import json
import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from notifications import vault
from notifications.models import Attempt, EmailSettings, MicrosoftAccount, Notification, Worker
from notifications.models.account import AccountState
from notifications.models.attempt import Result
from notifications.templatetags.notifications import duration
from tests import factories

pytestmark = pytest.mark.django_db


def person(*permissions, **values):
    user = factories.user(**values)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def megan():
    return person()


def shown_to(client):
    response = client.get("/")
    assert response.status_code == 200
    return html.unescape(response.content.decode())


def entry(now, **values):
    return Attempt.objects.create(**{"at": now, "result": Result.ACCEPTED} | values)


def test_it_counts_queue_and_log(megan, now):
    factories.enqueue()
    elsewhere = factories.enqueue()
    Notification.objects.filter(pk=elsewhere.pk).update(cloud="china")
    entry(now, subject="Ticket 17")

    page = shown_to(megan)

    assert "<strong>1</strong>Pending" in page.replace("\n", "")
    assert "Ticket 17" in page


def test_each_chart_has_a_table_that_says_the_same(megan, now):
    entry(now)
    entry(now, result=Result.FAILED, code="ErrorInvalidRecipients")

    page = shown_to(megan)

    charts = [json.loads(data) for data in re.findall(r'data-value="(\{.*?\})" data-opt', page)]
    assert [len(chart["labels"]) for chart in charts] == [24, 30]
    assert [[sum(d["data"]) for d in chart["datasets"]] for chart in charts] == [[1, 1, 0]] * 2
    assert page.count("<td>1</td><td>1</td><td>0</td>") == 2
    assert re.findall(r"<script(?![^>]*\bsrc=)[^>]*>", page) == []


def test_the_most_frequent_errors_are_explained_and_lead_to_their_entries(megan, now):
    entry(now, result=Result.FAILED, code="ErrorSendAsDenied", http_status=403)

    page = shown_to(megan)

    assert "Add-RecipientPermission" in page
    link = re.search(r'href="(/notifications/attempt/\?code=ErrorSendAsDenied)"', page)[1]
    assert megan.get(link).status_code == 200


def test_account_and_workers_are_shown(megan, unconnected, now):
    Worker.objects.saw("host:17", version="1.0", key="k", now=now)
    MicrosoftAccount.objects.update(state=AccountState.BLOCKED)

    page = shown_to(megan)

    assert "Blocked by Microsoft" in page
    assert "host:17, version 1.0" in page


def test_what_holds_mail_back_and_for_how_long_is_told(megan, unconnected, now):
    row = factories.enqueue()
    type(row).objects.update(queued_at=now - timedelta(hours=3, minutes=2), due_at=now)

    page = shown_to(megan)

    assert "Oldest pending since" in page
    assert "No worker is alive." in page


def test_a_new_installation_says_what_to_do_next(megan, settings):
    page = shown_to(megan)

    assert "What to do next" in page
    assert "Enter the Microsoft Entra application." in page
    assert "Sent and failed" not in page  # an empty chart tells nothing


def test_one_that_has_sent_says_no_more_about_setting_up(megan, unconnected, now):
    EmailSettings.objects.update(
        tenant_id="t", client_id="c", client_secret=vault.seal("s", "client_secret")
    )
    MicrosoftAccount.objects.update(last_success_at=now)
    factories.enqueue()

    assert "What to do next" not in shown_to(megan)


@pytest.mark.parametrize(
    ("permissions", "seen", "unseen"),
    [
        ([], ["You have no permissions yet"], ["In the queue", "Latest entries", "to do next"]),
        (["view_notification"], ["In the queue", "to do next"], ["Latest entries", "24 hours"]),
        (["view_attempt"], ["Latest entries", "24 hours"], ["In the queue", "to do next"]),
    ],
)
def test_people_see_what_they_have_the_right_to(now, permissions, seen, unseen):
    entry(now, subject="Ticket 17")

    page = shown_to(person(*permissions, name="audrey", superuser=False))

    assert [text for text in seen if text not in page] == []
    assert [text for text in unseen if text in page] == []
    assert "/settings/email/" not in page
    assert ("Ticket 17" in page) == ("view_attempt" in permissions)


def test_it_asks_the_same_number_of_times_whatever_there_is(
    megan, unconnected, now, django_assert_max_num_queries
):
    for number in range(30):
        factories.enqueue()
        entry(now, result=Result.FAILED, code=f"Error{number}")

    with django_assert_max_num_queries(28):
        shown_to(megan)


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.44, "0.4 s"),
        (200, "3 min 20 s"),
        (3720, "1 h 2 min"),
        (90_000, "1 day 1 h"),
        (180_000, "2 days 2 h"),
    ],
)
def test_a_duration_is_told_in_the_units_that_matter(seconds, text):
    assert duration(timedelta(seconds=seconds)) == text


def test_a_definite_refusal_is_no_doubt(megan, now):
    for _ in range(3):
        entry(now, result=Result.FAILED, code="SomethingNew", http_status=400)
    entry(now, result=Result.UNCONFIRMED, code="SomethingNew", http_status=500)

    errors = shown_to(megan).partition("Most frequent errors")[2].partition("Latest entries")[0]

    assert errors.count("Microsoft refused the message.") == 1
    assert errors.count("response was unclear.") == 1


@pytest.mark.parametrize("code", ["serviceNotAvailable", "ConnectionLost", "TimedOut"])
@pytest.mark.parametrize("submitted", [True, False])
def test_the_dashboard_calls_in_doubt_what_the_log_does(megan, now, code, submitted):
    entry(now, result=Result.DEFERRED, code=code, http_status=503, submitted=submitted)

    errors = shown_to(megan).partition("Most frequent errors")[2].partition("Latest entries")[0]

    assert ("checks whether the message was sent" in errors) is submitted
    assert ("Microsoft didn't accept the message." in errors) is not submitted


@pytest.mark.parametrize("code", ["", "SomethingNew"])
@pytest.mark.parametrize("result", [Result.FAILED, Result.REFUSED])
def test_what_was_certainly_not_sent_is_no_doubt_without_an_answer_either(megan, now, result, code):
    entry(now, result=result, code=code, http_status=0)

    errors = shown_to(megan).partition("Most frequent errors")[2].partition("Latest entries")[0]

    assert "Failed for an unknown reason." in errors
    assert "unclear" not in errors


def test_there_are_ready_commands_for_each_from_address_that_was_refused(megan, now):
    for from_ in ("ceo", "ceo", "hr"):
        entry(
            now, result=Result.FAILED, code="ErrorSendAsDenied", http_status=403,
            from_address=f"{from_}@contoso.example", account="desk@contoso.example",
        )  # fmt: skip

    page = shown_to(megan)

    commands = re.findall(r"Add-RecipientPermission (\S+) -Trustee desk@contoso.example", page)
    assert commands == ["ceo@contoso.example", "hr@contoso.example"]
    assert "<from>" not in page
