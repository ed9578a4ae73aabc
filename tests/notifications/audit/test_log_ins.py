"""Who logged in, who tried to, who left: from which address, and never what was typed."""

import json

import pytest
from django.test import Client

from notifications.audit import refusals
from notifications.models import AuditEvent
from notifications.models.audit.act import Act
from tests import factories

pytestmark = pytest.mark.django_db
ADDRESS = "203.0.113.7"


def log_in(name, password, **options):
    browser = Client(REMOTE_ADDR=ADDRESS)
    browser.post("/login/", {"username": name, "password": password}, **options)
    return browser


def test_a_log_in_and_a_log_out():
    user = factories.user("anna")

    log_in("anna", "password").post("/logout/")

    found = AuditEvent.objects.order_by("pk").values_list("act", "who", "who_number", "address")
    assert list(found) == [
        (Act.LOGIN, "anna", user.pk, ADDRESS), (Act.LOGOUT, "anna", user.pk, ADDRESS),
    ]  # fmt: skip


def test_a_wrong_password_names_the_user():
    factories.user("anna")

    log_in("anna", "wrong")

    event = AuditEvent.objects.get()
    assert (event.act, event.who, event.address) == (Act.LOGIN_FAILED, "anna", ADDRESS)


def test_a_name_that_is_no_users_may_be_a_password_and_is_not_kept(
    audit_lines, django_capture_on_commit_callbacks
):
    typed = "my-Passw0rd-in-the-wrong-field"
    with django_capture_on_commit_callbacks(execute=True):
        log_in(typed, "x")

    event = AuditEvent.objects.get()
    assert (event.who, event.by, event.details) == ("", "unknown", {"length": len(typed)})
    assert '"length": 30' in audit_lines.text
    assert typed not in audit_lines.text


def test_a_locked_out_try_is_told_too(settings):
    factories.user("anna")

    for _try in range(settings.AXES_FAILURE_LIMIT + 1):
        log_in("anna", "wrong")

    assert (
        AuditEvent.objects.filter(act=Act.LOGIN_FAILED).count() == settings.AXES_FAILURE_LIMIT + 1
    )


def test_a_wrong_old_password_is_a_failed_log_in():
    browser = Client()
    browser.force_login(factories.user("anna"))

    form = {"old_password": "wrong", "new_password1": "x", "new_password2": "x"}
    browser.post("/password_change/", form)

    assert AuditEvent.objects.latest("pk").act == Act.LOGIN_FAILED


def test_tries_without_end_fill_the_log_and_not_the_table(
    audit_lines, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(refusals, "_MOST_OF_ADDRESS", 3)
    key = {"Authorization": "Bearer mc_guessed"}

    with django_capture_on_commit_callbacks(execute=True):
        for _try in range(5):
            Client(REMOTE_ADDR=ADDRESS).get("/api/v1/messages", headers=key)

    lines = [json.loads(message) for message in audit_lines.messages if message.startswith("{")]
    assert AuditEvent.objects.count() == 3
    assert [line["address"] for line in lines] == [ADDRESS] * 5
