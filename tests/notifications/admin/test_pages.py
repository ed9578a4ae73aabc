"""The Notification Queue, the log and the dashboard as a person uses them."""

import html

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from notifications.backends.errors import Answer
from notifications.models import Attempt, Notification, QueueState
from notifications.models.attempt import Result
from notifications.models.status import Status
from tests import factories

from .browsing import form_in

pytestmark = pytest.mark.django_db
QUEUE = "/notifications/notification/"
LOG = "/notifications/attempt/"


@pytest.fixture
def auditor():
    user = factories.user("audrey", superuser=False)
    codenames = ["view_notification", "view_attempt"]
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user)
    return client


def page(client, url, **query):
    response = client.get(url, query)
    assert response.status_code == 200
    return response.content.decode()


def entry(now, **values):
    defaults = {"at": now, "result": Result.ACCEPTED, "subject": "Ticket 17"}
    return Attempt.objects.create(**defaults | values)


def test_an_empty_queue_and_an_empty_log_say_what_to_do_next(megan):
    text = page(megan, QUEUE)
    for way in ("/notifications/emailtemplate/", "/notifications/apikey/"):
        assert f'<a href="{way}" class="mc-button' in text
    assert "Nothing has been sent yet. Connect an account and send" in page(megan, LOG)


def test_the_queue_shows_what_has_not_left(megan, now):
    waiting = factories.enqueue(subject="waits", files=[factories.new_file()])
    gone = factories.enqueue(subject="gone")
    Notification.objects.filter(pk=gone.pk).update(status=Status.ACCEPTED, accepted_at=now)

    text = page(megan, QUEUE)

    assert "waits" in text
    assert 'title="1 attachment, 10' in text
    assert "gone" not in text
    assert page(megan, f"{QUEUE}{waiting.pk}/change/")


def test_queue_and_log_ask_the_same_number_of_times_whatever_they_hold(
    megan, now, django_assert_max_num_queries
):
    for i in range(60):
        row = factories.enqueue(subject=f"n{i}", files=[factories.new_file()])
        entry(now, notification=row)

    with django_assert_max_num_queries(28):
        page(megan, QUEUE)
    with django_assert_max_num_queries(14):
        page(megan, LOG)


def test_pause_and_resume_show_who(megan):
    megan.post(f"{QUEUE}pause/")
    assert "The queue was paused by megan." in page(megan, QUEUE)

    megan.post(f"{QUEUE}resume/")
    assert "paused by" not in page(megan, QUEUE)


@pytest.mark.parametrize(
    ("action", "status", "becomes"),
    [
        ("send_now", Status.FAILED, Status.PENDING),
        ("delete", Status.FAILED, Status.CANCELLED),
        ("mark_as_sent", Status.UNCONFIRMED, Status.ACCEPTED),
        ("send_again", Status.UNCONFIRMED, Status.PENDING),
    ],
)
def test_actions_work_in_bulk_and_on_the_page_of_one(megan, action, status, becomes):
    rows = [factories.enqueue(), factories.enqueue(), factories.enqueue()]
    Notification.objects.update(status=status)

    megan.post(QUEUE, {"action": action, "_selected_action": [rows[0].pk, rows[1].pk]})
    megan.post(f"{QUEUE}{rows[2].pk}/do/", {"action": action})

    assert {row.status for row in Notification.objects.all()} == {becomes}


def test_an_action_on_a_row_that_moved_on_changes_nothing_and_says_so(megan, now):
    row = factories.enqueue()
    Notification.objects.claim([row.pk], worker="w", now=now, lease=now - now)

    response = megan.post(f"{QUEUE}{row.pk}/do/", {"action": "delete"}, follow=True)

    row.refresh_from_db()
    assert row.status == Status.SENDING
    assert "its status does not allow this" in response.content.decode()


@pytest.mark.parametrize("chosen", ["x", "\0", "9" * 30, "-1", "²"])
def test_an_action_on_what_is_no_row_is_no_server_error(megan, chosen):
    response = megan.post(QUEUE, {"action": "send_now", "_selected_action": chosen})

    assert response.status_code == 302


def test_a_number_that_no_column_holds_is_the_senders_mistake(megan):
    user = factories.user("otto", superuser=False)
    values = {"username": "otto", "role": "custom", "groups": "9" * 30}

    response = megan.post(f"/auth/user/{user.pk}/change/", values)

    assert response.status_code in (400, 422)


@pytest.mark.parametrize("path", ["pause/", "resume/", "{pk}/do/"])
def test_an_auditor_sees_the_queue_but_changes_nothing(auditor, path):
    row = factories.enqueue()
    text = page(auditor, QUEUE)

    auditor.post(QUEUE + path.format(pk=row.pk), {"action": "delete"})

    row.refresh_from_db()
    assert row.status == Status.PENDING
    assert QueueState.objects.current().paused_at is None
    assert "Pause" not in text


def test_an_html_body_is_shown_in_a_frame_that_can_do_nothing(megan):
    row = factories.enqueue(html="<script>alert(1)</script><b>bold</b>")

    text = page(megan, f"{QUEUE}{row.pk}/change/")

    assert 'sandbox=""' in text
    assert "<script>alert(1)" not in text
    assert "&lt;script&gt;alert(1)" in text


def test_the_log_has_the_newest_first_and_marks_tests(megan, now):
    entry(now.replace(year=2020), subject="first-mail")
    entry(now, subject="second-mail", is_test=True)

    text = page(megan, LOG)

    assert text.index("second-mail") < text.index("first-mail")
    assert ">Test<" in text


@pytest.mark.parametrize(
    "query", ["Ticket 17", "alex@contoso.example", "message-id@contoso", "7f3e-request"]
)
def test_the_log_is_searched_by_what_people_know(megan, now, query):
    entry(
        now,
        recipients="alex@contoso.example",
        message_id="<message-id@contoso.example>",
        request_id="7f3e-request",
    )
    entry(now, subject="not asked for")

    text = page(megan, LOG, q=query)

    assert "Ticket 17" in text
    assert "not asked for" not in text


def test_a_comma_in_a_name_is_no_second_recipient(megan, now):
    entry(now, recipients='"Doe, Jo" <jo@contoso.example>, b@contoso.example')

    assert '"Doe, Jo" <jo@contoso.example> +1' in html.unescape(page(megan, LOG))


def test_an_entry_explains_its_error_with_microsofts_words(megan, now):
    failed = entry(
        now,
        result=Result.FAILED,
        error="The message is too large.",
        code="ErrorMessageSizeExceeded",
        message="The message exceeds the maximum supported size.",
        http_status=413,
        request_id="request-1",
    )

    text = page(megan, f"{LOG}{failed.pk}/change/")

    for words in ("The message is too large.", "What to do:", "request-1", "413", failed.message):
        assert words in text
    assert failed.answer == Answer(413, failed.code, failed.message, "request-1", "")


def test_a_denied_sender_gets_the_commands_with_both_addresses(megan, now):
    denied = entry(
        now,
        result=Result.FAILED,
        error="The account isn't allowed to send from this address.",
        code="ErrorSendAsDenied",
        from_address="CEO <ceo@contoso.example>",
        account="servicedesk@contoso.example",
    )

    text = html.unescape(page(megan, f"{LOG}{denied.pk}/change/"))

    assert "Add-RecipientPermission" in text
    assert "-Trustee servicedesk@contoso.example" in text
    assert '-GrantSendOnBehalfTo @{Add="servicedesk@contoso.example"}' in text
    assert "ceo@contoso.example" in text


def test_accepted_is_not_called_delivered(megan, now):
    assert "That is not yet delivery" in page(megan, f"{LOG}{entry(now).pk}/change/")


def test_resend_queues_a_new_notification(megan, now):
    row = factories.enqueue()
    Notification.objects.filter(pk=row.pk).update(status=Status.FAILED)
    old = entry(now, notification=row)

    response = megan.get(f"{LOG}{old.pk}/resend/", follow=True)
    megan.post(f"{QUEUE}{row.pk}/resend/", form_in(response) | {"recipients": "original"})

    assert Notification.objects.count() == 2


def test_resend_of_what_is_gone_is_refused_in_words(megan, now):
    row = factories.enqueue()
    old = entry(now, notification=row)
    row.delete()

    response = megan.get(f"{LOG}{old.pk}/resend/", follow=True)

    assert "has been deleted" in response.content.decode()


def test_an_auditor_cannot_resend(auditor, now):
    old = entry(now, notification=factories.enqueue())

    assert auditor.post(f"{LOG}{old.pk}/resend/").status_code == 403
    assert auditor.post(f"{QUEUE}{old.notification_id}/resend/").status_code == 403
    assert Notification.objects.count() == 1


@pytest.mark.parametrize("url", [QUEUE, LOG, "/auth/user/", "/auth/group/", "/settings/email/"])
def test_the_sidebar_leads_to_pages_that_open(megan, url):
    assert url in page(megan, "/")
    page(megan, url)


@pytest.mark.parametrize("url", [f"{QUEUE}999/change/", f"{LOG}999/change/", f"{QUEUE}x/change/"])
def test_a_row_that_is_not_there_is_no_server_error(megan, url):
    assert megan.get(url).status_code in (302, 404)


def test_every_page_of_a_stopped_queue_says_so(megan, unconnected):
    unconnected.account.state = "sign_in_required"
    unconnected.account.save()

    for url in ("/", QUEUE, LOG):
        assert "Sign-in required." in page(megan, url)


def test_the_longest_rows_do_not_make_a_list_too_large_to_read(megan, now):
    long = f'"{"x" * 256}" <a@contoso.example>'
    for _ in range(50):
        row = factories.enqueue(
            to=[long] * 5, subject="s" * 998, headers=[(f"X-{i}", "h" * 998) for i in range(50)]
        )
    # Rows of before there were limits.
    Notification.objects.filter(pk=row.pk).update(to=["y" * 2_000_000], subject="s" * 2_000_000)
    Attempt.objects.create(
        at=now, result="failed", recipients="z" * 2_000_000, subject="s" * 2_000_000,
        error="e" * 2_000_000,
    )  # fmt: skip

    for path in ("/", "/notifications/notification/", "/notifications/attempt/"):
        assert len(megan.get(path).content) < 600_000, path


def test_a_large_body_is_shown_to_those_who_ask_for_it(megan):
    row = factories.enqueue(html="<" * 1_100_000)
    path = f"/notifications/notification/{row.pk}/change/"

    short, whole = megan.get(path), megan.get(f"{path}?body=whole")

    assert "Show the whole body (1.0\xa0MB)" in short.content.decode()
    assert len(short.content) < 100_000
    assert len(whole.content) > 1_000_000
