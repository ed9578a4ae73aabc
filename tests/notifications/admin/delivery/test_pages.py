"""Did they get it: the log's column, the message's lines, bounces, the suppression list."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from notifications.admin import csv_file
from notifications.log import delivery_figures
from notifications.models import (
    Attempt,
    Bounce,
    EmailSettings,
    Suppression,
)
from notifications.models.attempt import Result
from notifications.models.delivery.state import DeliverySource, DeliveryState
from tests import factories
from tests.notifications.admin.browsing import client, page

from .told import entry, say

pytestmark = pytest.mark.django_db
LOG = "/notifications/attempt/"
BOUNCES = "/notifications/bounce/"
LIST = "/notifications/suppression/"
S = DeliveryState


@pytest.mark.parametrize(
    ("state", "values", "words"),
    [
        (S.DELIVERED, {"receiver": "198.51.100.25"}, "Handed to the recipient's server"),
        (S.DELIVERED, {}, "Delivered to the mailbox or its Junk folder"),
        (S.EXPANDED, {}, "Delivered to the group"),
        (S.QUARANTINED, {}, "can release it in Microsoft Defender > Quarantine."),
        (S.SPAM, {}, "Treated as spam (Junk or rejected)"),
        (S.PENDING, {}, "No result yet"),
        (
            S.FAILED,
            {"code": "5.1.10", "text": "550 5.1.10 <b>not</b> found"},
            "No such mailbox (5.1.10): 550 5.1.10 <b>not</b> found",
        ),
    ],
)
def test_the_message_page_says_what_became_of_it(megan, now, state, values, words):
    row = entry(now)
    say(row, state, **values)
    shown = page(megan, f"{LOG}{row.pk}/change/")
    assert words in shown
    assert "source: trace" in shown
    raw = megan.get(f"{LOG}{row.pk}/change/").content.decode()
    assert "<b>not</b>" not in raw


def test_many_recipients_cost_no_more_questions_to_the_database(megan, now):
    def asked_for(count):
        addresses = [f"{n}@contoso.example" for n in range(count)]
        row = entry(now, *addresses)
        for each in addresses:
            say(row, S.FAILED, recipient=each)
        with CaptureQueriesContext(connection) as asked:
            assert page(megan, f"{LOG}{row.pk}/change/").count("The reason is not known yet") > 1
        return len(asked)

    EmailSettings.objects.made().update(trace=True)
    asked_for(2)  # what the first page of all looks up

    assert asked_for(30) == asked_for(3)


def test_a_failure_has_a_next_step_and_names_both_sources(megan, now):
    row = entry(now)
    say(row, S.FAILED)
    say(row, S.FAILED, source=DeliverySource.REPORT, code="5.2.2", text="552 full")
    shown = page(megan, f"{LOG}{row.pk}/change/")
    assert "The mailbox is full (5.2.2): 552 full" in shown
    assert "source: both" in shown
    assert "Send it again later" in shown


def test_the_card_for_who_did_not_get_it_begins_with_the_answer(megan, now):
    row = entry(now, "anna@fabrikam.example", "ben@fabrikam.example")
    say(row, S.DELIVERED, receiver="198.51.100.25")
    say(row, S.FAILED, "ben@fabrikam.example", code="5.1.10", text="550 5.1.10 unknown")
    shown = page(megan, f"{LOG}{row.pk}/change/").partition("Recipient didn't get it?")[2]
    failed = shown.index(
        "ben@fabrikam.example</strong>: No such mailbox (5.1.10): 550 5.1.10 unknown"
    )
    arrived = shown.index("anna@fabrikam.example</strong>: Handed to the recipient's server")
    assert failed < arrived < shown.index("First check the inbox")


def test_nobody_is_sent_to_look_for_what_has_come_back(megan, now):
    row = entry(now, "anna@fabrikam.example", "ben@fabrikam.example")
    say(row, S.FAILED, code="5.1.10", text="550 5.1.10 unknown")
    asked = "ask the recipient to check Junk Email"
    assert asked in page(megan, f"{LOG}{row.pk}/change/")
    say(row, S.FAILED, "ben@fabrikam.example", code="5.1.10")

    shown = page(megan, f"{LOG}{row.pk}/change/")

    assert asked not in shown
    assert "Nobody has received it." in shown


@pytest.mark.parametrize("state", [S.PENDING, S.UNKNOWN, S.FAILED, S.DELIVERED])
def test_that_it_was_accepted_is_no_news_once_the_result_is_known(megan, now, state):
    row = entry(now)
    say(row, state)

    told = "That is not yet delivery" in page(megan, f"{LOG}{row.pk}/change/")

    assert told == (state in (S.PENDING, S.UNKNOWN))


def test_the_answer_names_twenty_of_many(megan, now):
    row = entry(now, *(f"n{n}@fabrikam.example" for n in range(23)))
    say(row, S.FAILED, "n22@fabrikam.example", code="5.1.1")
    shown = page(megan, f"{LOG}{row.pk}/change/").partition("Recipient didn't get it?")[2]
    assert "And 3 other recipients: see Delivery above." in shown


def test_nothing_is_said_where_nobody_asks(megan, now):
    assert 'id="delivery"' not in page(megan, f"{LOG}{entry(now).pk}/change/")


def test_the_log_has_a_column_and_a_filter(megan, now):
    good = entry(now, subject="mail-good")
    bad = entry(now, "a@x.example", "b@x.example", "c@x.example")
    say(good, S.DELIVERED)
    for name, state in (("a", S.DELIVERED), ("b", S.DELIVERED), ("c", S.FAILED)):
        say(bad, state, f"{name}@x.example")
    shown = page(megan, LOG)
    assert '<th scope="col">Delivery</th>' in shown
    assert "2 of 3 delivered" in shown
    only = page(megan, LOG, delivery="partly")
    assert "2 of 3 delivered" in only
    assert "mail-good" not in only
    assert "mail-good" in page(megan, LOG, delivery="delivered")


def test_bounces_are_listed_with_reason_and_message(megan, now):
    row = entry(now)
    Bounce.objects.create(
        at=now, address="anna@fabrikam.example", code="5.1.1", text="<script>x", entry=row
    )
    Bounce.objects.create(at=now, address="ben@fabrikam.example", code="5.2.2", report="<r@x>")
    shown = page(megan, BOUNCES)
    assert "No such mailbox" in shown
    assert f"{LOG}{row.pk}/change/" in shown
    assert "of no known message" in shown
    assert "<script>x" not in megan.get(BOUNCES).content.decode()
    assert "ben@" not in page(megan, BOUNCES, q="ANNA")


def test_who_may_not_see_the_log_sees_no_subject_among_the_bounces(now):
    row = entry(now)
    ada = Client()
    Bounce.objects.create(at=now, address="anna@fabrikam.example", code="5.1.1", entry=row)
    ada.force_login(factories.who_may("view_bounce"))

    shown = page(ada, BOUNCES)

    assert "No such mailbox" in shown
    assert not [text for text in (row.subject, f"{LOG}{row.pk}/") if text in shown]


def test_the_suppression_list_is_the_second_tab(megan):
    assert LIST in page(megan, BOUNCES)
    assert BOUNCES in page(megan, LIST)


def test_an_operator_adds_and_removes_an_address(olga):
    olga.post(f"{LIST}add/", {"address": "Anna <Anna@Fabrikam.example>", "until": "2099-01-31"})
    row = Suppression.objects.get()
    assert row.address == "anna@fabrikam.example"
    assert row.added_by
    assert row.until.year == 2099
    assert (
        "on the list already"
        in olga.post(f"{LIST}add/", {"address": "anna@fabrikam.example"}).content.decode()
    )
    olga.post(f"{LIST}{row.pk}/delete/", {"post": "yes"})
    assert not Suppression.objects.exists()


def test_a_wrong_address_is_refused_in_words(olga):
    answer = olga.post(f"{LIST}add/", {"address": "nobody"})
    assert "is not an e-mail address" in answer.content.decode()


def test_an_auditor_only_looks(audrey):
    Suppression.objects.create(address="anna@fabrikam.example")
    assert "anna@fabrikam.example" in page(audrey, LIST)
    assert audrey.post(f"{LIST}add/", {"address": "b@x.example"}).status_code == 403


def test_the_list_is_exported_piece_by_piece_without_formulas(megan, monkeypatch):
    monkeypatch.setattr(csv_file, "_PIECE", 2)
    for name in ("a", "=cmd", "b", "c", "d"):
        Suppression.objects.create(address=f"{name}@fabrikam.example")

    answer = megan.get(f"{LIST}export/")

    assert answer["Content-Type"].startswith("text/csv")
    rows = b"".join(answer).decode().splitlines()[1:]
    names = [row.split(",")[0] for row in rows]
    assert names == [f'"{name}@fabrikam.example"' for name in ("d", "c", "b", "'=cmd", "a")]


def test_each_figure_of_the_dashboard_is_what_the_log_shows_behind_it(megan, now):
    for state in ("delivered", "delivered", "failed", "partly"):
        Attempt.objects.create(at=now, result=Result.ACCEPTED, delivery=state)
    trial = Attempt.objects.create(at=now, result=Result.ACCEPTED, delivery="failed", is_test=True)
    Bounce.objects.create(address="b@fabrikam.example", code="5.2.2", at=now, entry=trial)
    Bounce.objects.create(address="a@fabrikam.example", code="5.1.1", at=now)
    delivery_figures.count(now=now)

    shown = page(megan, "/")

    found = re.findall(r"delivery=(\w+)&date=7d&test=no\"><strong>(\d+)", shown)
    wanted = [("pending", "0"), ("delivered", "2"), ("partly", "1"), ("failed", "1")]
    assert found == wanted
    for state, count in wanted:
        assert page(megan, LOG, delivery=state, date="7d", test="no").count(
            "mc-entry-subject"
        ) == int(count)
    assert "No such mailbox" in shown
    assert "The mailbox is full" not in shown


def test_check_delivery_now_says_why_it_cannot(megan, now):
    row = entry(now)
    answer = megan.post(f"{LOG}{row.pk}/check-delivery/", follow=True)
    assert "Message trace is switched off" in answer.content.decode()
    EmailSettings.objects.current()
    EmailSettings.objects.update(trace=True)
    answer = megan.post(f"{LOG}{row.pk}/check-delivery/", follow=True)
    assert "Message trace is not set up." in answer.content.decode()


def test_the_number_below_the_bounces_is_no_title(now):
    for number in range(2):
        Bounce.objects.create(at=now, address=f"{number}@fabrikam.example", code="5.1.1")

    assert "2 bounces</div>" in page(client("Operator"), BOUNCES)


def test_who_has_left_the_suppression_list_is_neither_shown_nor_in_the_way(megan, now):
    gone = "gone@fabrikam.example"
    Suppression.objects.create(address=gone, until=now - timedelta(days=1), added_by="olga")
    assert gone not in page(megan, LIST)
    exported = b"".join(megan.get(f"{LIST}export/").streaming_content).decode()
    assert gone not in exported

    wrong = megan.post(f"{LIST}add/", {"address": gone, "until": "2020-01-01"})
    assert "Choose a day that is not over yet." in wrong.content.decode()
    assert Suppression.objects.filter(added_by="olga").exists()
    megan.post(f"{LIST}add/", {"address": gone})
    row = Suppression.objects.get()
    assert (row.until, row.added_by) == (None, "megan")


@pytest.mark.parametrize(
    ("trace", "values", "is_shown"),
    [
        (True, {}, True),
        (False, {}, False),
        (True, {"code": "5.0.0", "text": "550 went away"}, False),
        (True, {"code": "5.0.0"}, True),
    ],
)
def test_who_does_not_know_the_reason_is_sent_to_a_button_that_is_there(
    megan, now, trace, values, is_shown
):
    EmailSettings.objects.update_or_create(pk=1, defaults={"trace": trace})
    row = entry(now)
    say(row, S.FAILED, source=DeliverySource.REPORT, **values)
    shown = page(megan, f"{LOG}{row.pk}/change/")
    assert ("“Check delivery now” asks Microsoft" in shown) == is_shown
