"""What the queue shows of a sensitive notification, and to whom."""

import pytest

from notifications.models import AuditEvent
from notifications.models.audit.act import Act
from tests import factories

from .browsing import page

pytestmark = pytest.mark.django_db
QUEUE, TRAIL = "/notifications/notification/", "/notifications/auditevent/"


def sensitive():
    return factories.enqueue(
        subject="Your new password",
        html="<p>hunter-2</p>",
        headers=[("X-Secret", "swordfish")],
        files=[factories.new_file(name="letter.pdf")],
        sensitive=True,
    )


def test_the_queue_cannot_be_sorted_by_what_is_hidden(audrey):
    for subject in ("b", "a", "c"):
        factories.enqueue(subject=subject, sensitive=True)

    usual = page(audrey, QUEUE)
    column = usual.partition("column-shown_subject")[2].partition("</th>")[0]

    assert column
    assert "?o=" not in column


def test_nothing_of_a_sensitive_notification_is_shown_without_the_right(audrey):
    row = sensitive()
    attachment = row.attachments.get()

    texts = page(audrey, QUEUE) + page(audrey, f"{QUEUE}{row.pk}/change/")

    for words in ("new password", "hunter-2", "swordfish", "letter.pdf"):
        assert words not in texts
    assert "(hidden: sensitive)" in texts
    assert audrey.get(f"{QUEUE}{row.pk}/attachments/{attachment.pk}/").status_code == 403


def test_the_audit_trail_names_no_file_of_it(
    olga, audrey, audit_lines, django_capture_on_commit_callbacks
):
    row = sensitive()
    attachment = row.attachments.get()

    with django_capture_on_commit_callbacks(execute=True):
        olga.get(f"{QUEUE}{row.pk}/attachments/{attachment.pk}/").getvalue()

    event = AuditEvent.objects.get(act=Act.DOWNLOADED)
    assert event.details == {"attachment": attachment.pk}
    assert f"attachment {attachment.pk}" in page(audrey, f"{TRAIL}{event.pk}/change/")
    assert '"downloaded"' in audit_lines.text
    assert "letter.pdf" not in audit_lines.text + str(list(AuditEvent.objects.values()))


def test_a_search_tells_nothing_of_a_sensitive_notification(audrey, olga):
    row = sensitive()

    assert f"{QUEUE}{row.pk}/change/" not in page(audrey, QUEUE, q="password")
    assert f"{QUEUE}{row.pk}/change/" in page(olga, QUEUE, q="password")


def test_those_with_the_right_see_a_sensitive_notification(olga):
    row = sensitive()

    texts = page(olga, QUEUE) + page(olga, f"{QUEUE}{row.pk}/change/")

    for words in ("new password", "hunter-2", "X-Secret: swordfish", "letter.pdf"):
        assert words in texts
