"""Messages and E-mail Notifications over the REST API."""

import base64
import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from notifications.log import delivery
from notifications.log.delivery import Said
from notifications.models import Attempt, Notification
from notifications.models.attempt import Result
from notifications.models.delivery.state import DeliverySource, DeliveryState
from notifications.models.status import Status
from tests import factories

from .calls import MAIL, problem


def test_a_message_is_queued_and_its_state_can_be_asked(desk, now):
    due = (now + timedelta(hours=1)).isoformat()

    made = desk.post(
        "messages", MAIL | {"priority": "urgent", "due_at": due, "cc": ["b@x.example"]}
    )

    assert made.status_code == 201
    row = Notification.objects.get()
    assert (row.to, row.cc, row.priority) == (["Alex <alex@contoso.example>"], ["b@x.example"], 0)
    assert (row.initiator, row.came_with.api_key.name) == ("Service desk", "Service desk")
    assert made.headers["Location"] == made.json()["url"] == f"/api/v1/messages/{row.pk}"
    asked = desk.get(f"messages/{row.pk}").json()
    assert asked == made.json()
    assert (asked["status"], asked["from"], asked["attempts"]) == ("pending", "", 0)


def test_attachments_go_as_base64_or_as_parts_of_a_form(desk):
    big = SimpleUploadedFile("big.bin", b"x" * 3_000_000)
    logo = SimpleUploadedFile("logo.png", b"p")
    content = base64.b64encode(b"a,b").decode()
    desk.post("messages", MAIL | {"attachments": [{"name": "a.csv", "content": content}]})
    made = desk.post_form(
        "messages",
        message=json.dumps(MAIL | {"inline": {"logo.png": "logo"}}),
        files=[big, logo],
    )

    assert made.status_code == 201, made.content
    second, first = Notification.objects.all()
    assert factories.content_of(first.attachments.get()) == b"a,b"
    assert [(f.name, f.size, f.content_id) for f in second.attachments.all()] == [
        ("big.bin", 3_000_000, ""),
        ("logo.png", 1, "logo"),
    ]


def test_the_same_idempotency_key_queues_once(desk, other):
    first = desk.post("messages", MAIL, Idempotency_Key="k")
    again = desk.post("messages", MAIL, Idempotency_Key="k")
    changed = desk.post("messages", MAIL | {"subject": "Other"}, Idempotency_Key="k")
    of_another = other.post("messages", MAIL, Idempotency_Key="k")

    assert (first.status_code, again.status_code, of_another.status_code) == (201, 200, 201)
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "“k” was already used" in problem(changed, 422)["detail"]
    assert Notification.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "no recipient"),
        ({"to": "nobody"}, "“nobody” is not an e-mail address"),
        (MAIL | {"subject": "a\nb"}, "line break"),
        (MAIL | {"text": "a\0b"}, "NUL"),
        (MAIL | {"headers": {"Bcc": "x@y.example"}}, "sets the header Bcc itself"),
        (MAIL | {"expires_at": "2020-01-01T00:00:00Z"}, "already expired"),
        (MAIL | {"due_at": "tomorrow"}, "due_at"),
        (MAIL | {"due_at": "9999-12-31T23:59:59-12:00"}, "due_at"),
        (MAIL | {"due_at": "2026-01-01T00:00:00"}, "due_at"),
        (MAIL | {"priority": "high"}, "priority"),
        (MAIL | {"nonsense": 1}, "nonsense"),
        (MAIL | {"attachments": [{"name": "a", "content": "%%%"}]}, "attachments.0.content"),
        (["a"], ""),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_queued(desk, body, words):
    told = problem(desk.post("messages", body), 422)

    assert words in told["detail"] + str(told.get("errors", ""))
    assert not Notification.objects.exists()


def test_over_the_attachment_limit_it_is_refused_and_kept_in_the_log(desk):
    factories.limit_attachments()

    refused = desk.post_form(
        "messages", message=json.dumps(MAIL), files=[SimpleUploadedFile("b", b"x" * 1_500_000)]
    )

    assert "attachments total 1.43 MB" in problem(refused, 413)["detail"]
    assert not Notification.objects.exists()
    assert Attempt.objects.get().result == Result.REFUSED


def test_a_message_is_cancelled_until_it_is_being_sent(desk, other, now):
    pk = desk.post("messages", MAIL).json()["id"]
    problem(other.post(f"messages/{pk}/cancel"), 404)

    assert desk.post(f"messages/{pk}/cancel").json()["status"] == "cancelled"

    assert "Cancelled" in problem(desk.post(f"messages/{pk}/cancel"), 409)["detail"]
    problem(desk.post("messages/999/cancel"), 404)


def test_lists_go_on_by_cursor_and_have_no_gaps(desk):
    ids = [desk.post("messages", MAIL).json()["id"] for _ in range(5)]

    first = desk.get("messages", limit=2).json()
    desk.post("messages", MAIL)
    second = desk.get("messages", limit=2, cursor=first["next_cursor"]).json()
    third = desk.get("messages", limit=2, cursor=second["next_cursor"]).json()

    pages = [*first["items"], *second["items"], *third["items"]]
    assert [item["id"] for item in pages] == ids[::-1]
    assert third["next_cursor"] is None
    assert desk.get("messages", status="accepted").json()["items"] == []


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 201}, {"status": "x"}, {"cursor": "x"}, {"cursor": "9" * 30}]
)
def test_a_wrong_query_is_a_problem(desk, query):
    problem(desk.get("messages", **query), 422)


def test_a_key_that_may_send_sees_its_own_one_that_may_read_sees_all(desk, other, auditor, now):
    pk = desk.post("messages", MAIL).json()["id"]
    Attempt.objects.create(at=now, notification_id=pk, result=Result.ACCEPTED, subject="mine")
    Attempt.objects.create(at=now, result=Result.FAILED, subject="test", is_test=True)

    assert other.get("messages").json()["items"] == []
    problem(other.get(f"messages/{pk}"), 404)
    assert auditor.get(f"messages/{pk}").json()["id"] == pk
    assert [e["subject"] for e in desk.get("log").json()["items"]] == ["mine"]
    assert [e["subject"] for e in auditor.get("log").json()["items"]] == ["test", "mine"]
    assert [e["subject"] for e in auditor.get("log", message=pk).json()["items"]] == ["mine"]
    assert [e["subject"] for e in auditor.get("log", result="failed").json()["items"]] == ["test"]
    problem(auditor.post("messages", MAIL), 403)
    problem(auditor.post(f"messages/{pk}/cancel"), 403)


def test_a_sensitive_message_is_shown_whole_only_to_the_key_that_it_came_with(desk, auditor):
    file = {"name": "salary.pdf", "content": "eA=="}
    made = desk.post("messages", MAIL | {"sensitive": True, "attachments": [file]}).json()

    others = auditor.get(f"messages/{made['id']}").json()
    listed = auditor.get("messages").json()["items"]

    assert (made["subject"], len(made["attachments"])) == (MAIL["subject"], 1)
    assert desk.get(f"messages/{made['id']}").json()["subject"] == MAIL["subject"]
    assert others.pop("delivery") == []
    assert [others] == listed
    assert (others["subject"], others["attachments"]) == ("(sensitive)", [])


def test_an_email_notification_is_run(desk):
    factories.template(name="Ticket closed", to="{{ email }}", subject="Ticket {{ ticket.number }}")
    factories.template(name="Old", enabled=False)
    body = {"context": {"email": "jo@contoso.example", "ticket": {"number": 17}}}

    listed = desk.get("email-notifications").json()
    made = desk.post("email-notifications/Ticket%20closed/run", body, Idempotency_Key="17")
    again = desk.post("email-notifications/Ticket%20closed/run", body, Idempotency_Key="17")

    assert [(t["name"], t["fields"]) for t in listed] == [
        ("Ticket closed", ["email", "ticket.number"])
    ]
    assert (made.status_code, again.status_code) == (201, 200)
    assert made.json()["message"]["subject"] == "Ticket 17"
    assert Notification.objects.get().to == ["jo@contoso.example"]
    problem(desk.post("email-notifications/Nothing/run", body), 404)
    assert "not enabled" in problem(desk.post("email-notifications/Old/run", body), 422)["detail"]


def test_a_run_with_nobody_to_notify_says_so(desk):
    factories.template(name="T", to="", refuse_without_recipients=False)

    answer = desk.post("email-notifications/T/run")

    assert (answer.status_code, answer.json()) == (200, {"message": None})


def test_the_message_goes_on_to_be_accepted(desk):
    pk = desk.post("messages", MAIL).json()["id"]
    Notification.objects.filter(pk=pk).update(status=Status.FAILED, error="No such mailbox.")

    assert desk.get(f"messages/{pk}").json()["error"] == "No such mailbox."


def test_the_documentation_needs_no_key_and_nothing_from_elsewhere(db):
    response = Client().get("/api/v1/docs")

    text = response.content.decode()
    assert response.status_code == 200
    assert "Queue a message" in text
    assert "/api/v1/email-notifications/{name}/run" in text
    assert "<script" not in text
    assert "https://" not in text
    document = Client().get("/api/v1/openapi.json").json()
    assert document["paths"]["/api/v1/messages"]["post"]["requestBody"]["content"].keys() == {
        "application/json",
        "multipart/form-data",
    }


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"from": f"{'x' * 256} <{'a' * 64}@{'d' * 60}.{'d' * 60}.{'d' * 50}.example>"}, "From"),
        ({"cc": f'"{"x" * 257}" <a@contoso.example>'}, "Cc"),
        ({"headers": {f"X-{i}": "b" for i in range(51)}}, "headers"),
        ({"headers": {"X-Long": "b" * 999}}, "X-Long"),
    ],
)
def test_what_is_too_long_is_refused_with_the_name_of_its_field(desk, changes, field):
    refused = problem(desk.post("messages", MAIL | changes), 422)

    assert field in refused["detail"]
    assert not Notification.objects.exists()


def test_a_template_that_is_not_valid_any_more_does_not_hide_the_others(desk):
    factories.template(name="Old", subject="{% gone %}")
    factories.template(name="Good", subject="{{ ticket }}")

    listed = desk.get("email-notifications").json()

    assert {each["name"]: each["fields"] for each in listed} == {"Old": [], "Good": ["ticket"]}


def test_a_message_says_what_became_of_it_for_each_recipient(desk, now):
    made = desk.post("messages", MAIL).json()
    assert made["delivery"] == []
    entry = Attempt.objects.create(
        at=now,
        result=Result.ACCEPTED,
        notification_id=made["id"],
        recipients="Alex <alex@contoso.example>",
    )
    failed = Said(
        "alex@contoso.example", DeliverySource.REPORT, DeliveryState.FAILED, now, "5.1.1", "550 no"
    )
    delivery.note({entry.pk: [failed]})

    (line,) = desk.get(f"messages/{made['id']}").json()["delivery"]

    assert (line["recipient"], line["state"], line["code"], line["text"], line["sources"]) == (
        "alex@contoso.example", "failed", "5.1.1", "550 no", ["report"],
    )  # fmt: skip
