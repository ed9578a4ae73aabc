"""What the list says of each notification: tabs, state, reason, next attempt, what one may do."""

import re
from datetime import timedelta

import pytest
from django.conf import settings

from notifications import outbox
from notifications.models import Attempt, EmailSettings, MicrosoftAccount, Notification
from notifications.models.notification import Priority
from tests import factories
from tests.notifications.admin.browsing import page

pytestmark = pytest.mark.django_db
QUEUE = "/notifications/notification/"


def put(subject, **values):
    row = factories.enqueue(subject=subject)
    Notification.objects.filter(pk=row.pk).update(**values)
    return row


def cell(text, column):
    """The cells of a column, without markup."""
    cells = re.findall(rf'<t[dh] class="[^"]*field-{column}[^"]*".*?</t[dh]>', text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]*>", " ", each).split()) for each in cells]


@pytest.fixture
def mixed(healthy, now):
    put("Due")
    factories.enqueue(subject="Later", due_at=now + timedelta(hours=9))
    put(
        "Refused",
        status="failed",
        error="A recipient was refused.",
        error_code="ErrorInvalidRecipients",
    )
    put("Doubt", status="unconfirmed")
    put("Elsewhere", cloud="china")


def test_the_tabs_have_numbers(olga, mixed):
    text = page(olga, QUEUE)

    tabs = re.findall(r">([^<>]+) <span class=\"mc-count\">(\d+)<", text)
    assert tabs == [("All", "5"), ("Needs you", "3"), ("Waiting", "1"), ("Scheduled", "1")]


@pytest.mark.parametrize(
    ("tab", "subjects"),
    [
        ("needs_you", {"Refused", "Doubt", "Elsewhere"}),
        ("waiting", {"Due"}),
        ("scheduled", {"Later"}),
        ("nonsense", {"Due", "Later", "Refused", "Doubt", "Elsewhere"}),
    ],
)
def test_a_tab_shows_whose_turn_it_is(olga, mixed, tab, subjects):
    assert set(cell(page(olga, QUEUE, tab=tab), "shown_subject")) == subjects


def test_a_scheduled_one_is_called_so(olga, mixed):
    text = page(olga, QUEUE, tab="scheduled")

    assert cell(text, "shown_status") == ["Scheduled"]


def test_what_is_in_doubt_is_not_said_to_be_sent_now(olga, unconnected, now):
    sending = {"status": "sending", "claimed_by": "w", "reference": "draft"}
    put("Sending", **sending, claimed_until=now + settings.CLAIM_LEASE)
    put("Doubt", **sending, claimed_until=now + settings.DOUBT_GRACE)
    put("Never begun", **sending | {"reference": ""}, claimed_until=now)

    text = page(olga, QUEUE)

    states = dict(zip(cell(text, "shown_subject"), cell(text, "shown_status"), strict=True))
    assert states == {"Sending": "Sending", "Doubt": "Being looked up", "Never begun": "Sending"}
    assert [each for each in cell(text, "reason") if each] == ["It may have been sent."]


def test_the_reason_names_the_next_step(olga, mixed):
    (reason,) = cell(page(olga, QUEUE, status__exact="failed"), "reason")

    assert reason == (
        "A recipient was refused. Correct the address and send the notification again."
    )


def test_the_next_attempt_counts_pause_and_rest_in(olga, mixed, now):
    def next_attempt():
        return cell(page(olga, QUEUE, tab="waiting"), "next_attempt")

    MicrosoftAccount.objects.update(rests_until=now + timedelta(minutes=3), rest_code="429")
    (rests,) = next_attempt()
    assert rests not in ("Now", "")

    outbox.pause(by="megan")
    assert next_attempt() == [f"{rests} , after Resume"]
    MicrosoftAccount.objects.update(rests_until=None)
    assert next_attempt() == ["After Resume"]

    outbox.send_now(Notification.objects.filter(subject="Due"))
    assert next_attempt() == ["Now"]


def test_resume_is_not_named_where_it_alone_would_send_nothing(olga, mixed, now):
    outbox.pause(by="megan")
    EmailSettings.objects.update(service="none")

    text = page(olga, QUEUE)

    next_attempts = dict(zip(cell(text, "shown_subject"), cell(text, "next_attempt"), strict=True))
    assert next_attempts["Due"] == "When mail is sent again"
    assert next_attempts["Later"].endswith(", if mail is sent again by then")


def test_attempts_count_what_the_log_shows(olga, unconnected, now):
    row = put("Deferred")
    for _ in range(3):
        Attempt.objects.create(notification=row, at=now, result="deferred")

    assert cell(page(olga, QUEUE), "shown_attempts") == ["3"]


def test_priority_and_attachments_are_icons_with_words_for_those_who_do_not_see(olga, unconnected):
    factories.enqueue(subject="P1", priority=Priority.URGENT, files=[factories.new_file(2048)])

    text = page(olga, QUEUE)

    assert 'role="img" aria-label="Urgent"' in text
    assert 'role="img" aria-label="1 attachment, 2.0\xa0KB"' in text
    assert cell(text, "shown_subject") == ["P1"]


@pytest.mark.parametrize(
    ("status", "actions"),
    [
        ("pending", ["Send now", "Delete"]),
        ("failed", ["Retry", "Delete"]),
        ("unconfirmed", ["Mark as sent", "Send again", "Delete"]),
    ],
)
def test_a_row_offers_what_its_status_allows(olga, audrey, unconnected, status, actions):
    row = put("One", status=status)

    (offered,) = cell(page(olga, QUEUE), "row_actions")

    assert offered == " ".join(f"{action} {row.pk}" for action in actions)
    assert "mc-row-action" not in page(audrey, QUEUE)


@pytest.mark.parametrize(
    ("status", "action", "question"),
    [
        ("failed", "delete", "Delete this notification?"),
        ("unconfirmed", "send_again", "If it was sent, the recipient gets it twice."),
    ],
)
def test_a_button_of_a_row_asks_before_what_cannot_be_undone(
    olga, unconnected, status, action, question
):
    put("One", status=status)

    (button,) = re.findall(rf'<button[^>]*value="{action}"[^>]*formaction[^>]*>', page(olga, QUEUE))

    assert question in re.search('data-confirm="([^"]*)"', button)[1]


def test_an_action_of_a_row_leads_back_to_the_list_as_it_was(olga, unconnected):
    row = put("One", status="failed")

    response = olga.post(f"{QUEUE}{row.pk}/do/?list=tab%3Dneeds_you", {"action": "retry"})

    assert response.url == f"{QUEUE}?tab=needs_you"
    row.refresh_from_db()
    assert (row.status, row.bulk_retry.by) == ("pending", "Operator")


def test_nothing_of_django_is_left_above_a_list_without_results(olga, mixed):
    text = page(olga, QUEUE, q="nobody has this")

    assert "results" not in text.partition('id="changelist"')[0]
    assert text.count("Show all") == 1  # where nothing matches


@pytest.mark.parametrize(
    ("tab", "words"),
    [
        ("needs_you", "Nothing needs you"),
        ("waiting", "Nothing is waiting"),
        ("scheduled", "Nothing is scheduled"),
    ],
)
def test_an_empty_tab_says_what_there_is_none_of(olga, unconnected, tab, words):
    text = page(olga, QUEUE, tab=tab)

    assert words in text
    assert "Nothing matches" not in text
    assert "Nothing matches" in page(olga, QUEUE, tab=tab, q="nobody has this")


def test_the_question_before_a_retry_leaves_out_what_has_expired(olga, healthy, now):
    cause = {"error": "Refused.", "error_code": "X", "status": "failed"}
    put("Old", queued_at=now - timedelta(days=3), **cause)
    put("New", **cause)
    gone = put("Gone", expires_at=now - timedelta(minutes=1), **cause)
    link = re.search(r'href="([^"]*/all/retry/\?cause=[^"]*)"', page(olga, QUEUE))[1]

    question = page(olga, link)
    assert "Retry: 2 notifications" in question
    assert "1 is left out" in question
    newer = page(olga, f"{link}&newer_than=1")
    assert "Retry: 1 notification" in newer

    newest = Notification.objects.latest("pk").pk
    text = olga.post(link, {"newest": newest}, follow=True).content.decode()

    assert "2 notifications are being sent." in text
    assert "1 was skipped: it has expired" in text
    assert "Retrying 2 notifications" in text
    assert "1 expired, left out" in text
    gone.refresh_from_db()
    assert gone.status == "failed"


def test_the_question_before_a_retry_has_commands_that_can_be_run(olga, unconnected):
    put(
        "Denied",
        status="failed",
        error_code="ErrorSendAsDenied",
        from_address="it@contoso.example",
    )
    link = re.search(r'href="([^"]*/all/retry/\?cause=[^"]*)"', page(olga, QUEUE))[1]

    question = page(olga, link)

    assert (
        "Add-RecipientPermission it@contoso.example -Trustee servicedesk@contoso.example"
        in question
    )
    assert "<account>" not in question


@pytest.mark.parametrize("query", ["cause=x", "cause=%00", "newer_than=x", "tab=%00", "tab=x"])
def test_a_filter_that_means_nothing_is_no_server_error(olga, mixed, query):
    assert olga.get(f"{QUEUE}?{query}").status_code == 200
    assert olga.get(f"{QUEUE}all/retry/?{query}").status_code == 200
