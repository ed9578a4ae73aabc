"""A form that queues a notification queues one, however often it is sent."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from notifications.admin import form_token
from notifications.errors import InvalidNotification
from notifications.models import AuditEvent, Notification
from notifications.models.status import Status
from tests import factories
from tests.waiting import PATIENCE

from .browsing import form_in, form_of
from .email_templates.steps import TYPED

pytestmark = pytest.mark.django_db
QUEUE, TEMPLATES = "/notifications/notification/", "/notifications/emailtemplate/"


@dataclass
class Form:
    """A form: its page, where it is sent, what is typed, and another request with its token."""

    page: str
    address: str
    typed: dict
    other_address: str
    other_typed: dict

    def queued(self):
        """How many were queued by the form."""
        return Notification.objects.exclude(initiator="test").count()


def message(subject, make=factories.enqueue):
    row = make(subject=subject)
    Notification.objects.filter(pk=row.pk).update(status=Status.FAILED)
    return f"{QUEUE}{row.pk}/"


def resend(make=factories.enqueue):
    one, other = message("One", make), message("Other", make)
    typed = {"recipients": "original"}
    return Form(f"{one}resend/", f"{one}resend/", typed, f"{other}resend/", typed)


def resend_of_what_a_device_handed_in():
    def make(subject):
        return factories.carried_notification(
            f"Subject: {subject}\r\n\r\n".encode(), initiator="test"
        )

    return resend(make)


def edit_and_send_again():
    page = f"{message('One')}edit/"
    typed = {"to": "b@contoso.example", "priority": "1"}
    return Form(page, page, typed, page, typed | {"to": "c@contoso.example"})


def run_action():
    row = factories.template(subject="Ticket {{ n }}")
    page = f"{TEMPLATES}{row.pk}/run/"
    return Form(page, page, {"value-n": "17"}, page, {"value-n": "18"})


def run_action_with_a_file():
    row = factories.template()
    page = f"{TEMPLATES}{row.pk}/run/"
    one, other = ({"files": SimpleUploadedFile("a.txt", content)} for content in (b"one", b"other"))
    return Form(page, page, one, page, other)


def send_test():
    row = factories.template()
    preview, test = f"{TEMPLATES}{row.pk}/preview/", f"{TEMPLATES}{row.pk}/send-test/"
    one, other = ({"recipient": f"{name}@contoso.example"} for name in ("megan", "jo"))
    return Form(preview, test, one, test, other)


def send_test_of_a_draft():
    values = {"recipient": "megan@contoso.example", "form_token": "a" * 22}
    test = f"{TEMPLATES}try/"
    return Form("", test, TYPED | values, test, {})


def send_test_of_a_key():
    key, _token = factories.api_key()
    values = {"recipient": "megan@contoso.example", "form_token": "a" * 22}
    test = f"/notifications/apikey/{key.pk}/send-test/"
    return Form("", test, values, test, {})


FORMS = [
    resend,
    resend_of_what_a_device_handed_in,
    edit_and_send_again,
    run_action,
    run_action_with_a_file,
    send_test,
]


def send(browser, address, values, **options):
    for value in values.values():
        if hasattr(value, "seek"):
            value.seek(0)
    return browser.post(address, values, **options)


def told(response):
    """What the answer, or the page that it leads to, tells the person."""
    return [str(message) for message in response.context["messages"]], response.content.decode()


@pytest.mark.parametrize("make", FORMS)
def test_a_form_that_is_sent_again_queues_once_and_leads_to_the_same_page(megan, make):
    form = make()
    values = form_of(megan, form.page) | form.typed

    first, again = (send(megan, form.address, values, follow=True) for _ in range(2))

    assert form.queued() == 1
    assert again.redirect_chain == first.redirect_chain != []
    assert told(again)[0] == [
        *told(first)[0], "The form was submitted more than once; it was queued once."
    ]  # fmt: skip


@pytest.mark.parametrize("make", FORMS)
def test_a_form_that_was_sent_takes_no_other_content(megan, make):
    form = make()
    values = form_of(megan, form.page)
    send(megan, form.address, values | form.typed)

    refused = send(megan, form.other_address, values | form.other_typed, follow=True)

    messages, text = told(refused)
    assert "This form was already submitted" in text + "".join(messages)
    assert form.queued() == 1
    # What the refusal shows can be sent.
    send(megan, form.other_address, form_in(refused) | form.other_typed)
    assert form.queued() == 2


@pytest.mark.parametrize("make", [*FORMS, send_test_of_a_draft, send_test_of_a_key])
def test_what_is_queued_is_told_in_the_audit_trail_or_not_queued(megan, monkeypatch, make):
    form = make()
    values = form_of(megan, form.page) | form.typed if form.page else form.typed
    before = AuditEvent.objects.count()

    with monkeypatch.context() as broken:
        broken.setattr(AuditEvent, "save", Mock(side_effect=OperationalError))
        with pytest.raises(OperationalError):
            send(megan, form.address, values)
    assert form.queued() == 0
    send(megan, form.address, values)

    queued = Notification.objects.exclude(initiator="test").get()
    assert AuditEvent.objects.filter(AuditEvent.objects.concerns(queued.pk)).count() == 1
    assert AuditEvent.objects.count() == before + 1


@pytest.mark.parametrize("make", FORMS)
def test_two_forms_queue_two(megan, make):
    form = make()
    both = [form_of(megan, form.page) | form.typed for _ in range(2)]

    answers = [send(megan, form.address, values, follow=True) for values in both]

    assert form.queued() == 2
    assert not any("more than once" in "".join(told(answer)[0]) for answer in answers)


@pytest.mark.parametrize("make", FORMS)
@pytest.mark.parametrize(
    "token",
    [
        b"", b"x", b"x" * 21, b"x" * 23, b"x" * 1_000_000, b"x" * 21 + b"%00", b"x" * 22 + b"%0A",
        b"%ED%A0%80" * 22, b"%FF" * 22, b"%F0%9F%98%80" * 22, b"%D9%A1" * 22, b"+" * 22, None,
    ],
)  # fmt: skip
def test_a_form_with_an_odd_token_or_none_queues_nothing_and_says_so(megan, make, token):
    form = make()
    body = b"recipient=megan%40contoso.example&context=%7B%7D"
    body += b"" if token is None else b"&form_token=" + token

    refused = megan.post(
        form.address, body, content_type="application/x-www-form-urlencoded", follow=True
    )

    messages, text = told(refused)
    assert "submitted without a valid token" in text + "".join(messages)
    assert "Reload the page" in text + "".join(messages)
    assert form.queued() == 0


@given(st.text())
def test_only_a_token_of_ours_makes_a_key(token):
    request = SimpleNamespace(POST=QueryDict(mutable=True), user=SimpleNamespace(pk=1))
    request.POST["form_token"] = token

    with pytest.raises(InvalidNotification), form_token.key_of_form(request):
        pytest.fail("It was taken.")


def test_a_token_is_the_persons_own(megan):
    form = run_action()
    values = form_of(megan, form.page) | form.typed
    jo = Client()
    jo.force_login(factories.user("jo"))

    for browser in (megan, jo):
        send(browser, form.address, values)

    assert sorted(Notification.objects.values_list("initiator", flat=True)) == ["jo", "megan"]


def test_a_key_that_somebody_chose_is_not_a_forms(megan):
    form = run_action()
    values = form_of(megan, form.page) | form.typed
    token = values["form_token"]

    factories.enqueue(key=token)
    factories.enqueue(key=f"form:{token}")
    send(megan, form.address, values)

    kept = Notification.objects.get(initiator="megan").key
    assert form.queued() == 1
    assert kept.startswith("form:")
    assert token not in kept


def test_a_refused_form_can_be_sent_again_by_the_script(megan):
    form = run_action()
    values = form_of(megan, form.page)
    json = {"headers": {"Accept": "application/json"}}
    send(megan, form.address, values | form.typed, **json)

    refused = send(megan, form.address, values | form.other_typed, **json)
    token = refused.json()["form_token"]
    queued = send(megan, form.address, values | form.other_typed | {"form_token": token}, **json)

    assert refused.status_code == 422
    assert "This form was already submitted" in refused.json()["errors"]["__all__"][0]
    assert queued.json() == {"location": form.page}
    assert form.queued() == 2


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("make", FORMS)
def test_a_form_that_is_sent_many_times_at_once_queues_once(megan, make):
    form = make()
    values = form_of(megan, form.page)
    # SQLite in memory lets nobody wait for another: there they come one after the other.
    at_once = 8 if connection.vendor == "postgresql" else 1
    ready = Barrier(at_once)

    def post(_number):
        browser = Client()
        browser.cookies = megan.cookies
        typed = {
            name: SimpleUploadedFile(value.name, b"one") if hasattr(value, "seek") else value
            for name, value in form.typed.items()
        }
        ready.wait(PATIENCE)
        try:
            return browser.post(form.address, values | typed)
        finally:
            connection.close()

    with ThreadPoolExecutor(at_once) as pool:
        answers = list(pool.map(post, range(8)))

    assert form.queued() == 1
    assert {(answer.status_code, answer.url) for answer in answers} == {(302, answers[0].url)}
