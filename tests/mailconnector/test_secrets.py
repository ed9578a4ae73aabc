"""What somebody gets who has the database alone, or Redis alone, or an error page."""

import pickle

import pytest
from django.conf import settings as configured
from django.test import Client
from kombu.exceptions import ContentDisallowed
from kombu.serialization import dumps, loads

from mailconnector.celery import app
from notifications import vault
from notifications.models import EmailSettings
from people.models import Session
from people.models.session import digest
from settings_ui import drafts
from tests import factories
from tests.stored import everything_in_the_database

pytestmark = pytest.mark.django_db
SECRET = "client~Secret-9f8e7d"


def test_the_database_alone_opens_nothing(client):
    """Neither the mailbox, nor a page, nor the API, nor the other side of a callback."""
    row = EmailSettings.objects.current()
    row.client_secret, row.certificate = (
        vault.seal(SECRET, "client_secret"),
        vault.seal("private-key-of-ours", "certificate"),
    )
    row.account = factories.account(cache=vault.seal("refresh-token-of-ours", "cache"))
    row.save()
    key, token = factories.api_key(
        callback_secret=vault.seal("callback-secret-of-ours", "callback_secret")
    )
    factories.user()
    client.post("/login/", {"username": "megan", "password": "password"})

    kept = everything_in_the_database()

    assert key.digest in kept  # it is really everything
    secrets = [SECRET, "private-key-of-ours", "refresh-token-of-ours", "callback-secret-of-ours"]
    for secret in [*secrets, token, configured.SECRET_KEY, *configured.ENCRYPTION_KEYS]:
        assert secret not in kept
    assert "'password'" not in kept


def test_what_is_sealed_cannot_be_changed_unnoticed():
    sealed = vault.seal(SECRET, "client_secret")
    forged = sealed[:-8] + ("A" if sealed[-8] != "A" else "B") + sealed[-7:]

    with pytest.raises(vault.UnreadableSecret):
        vault.unseal(forged, "client_secret")


def test_redis_carries_wake_ups_and_no_contents(woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        factories.enqueue(to="alex@contoso.example", subject="Your new password", text="hunter2")

    assert woken
    for word in ("alex", "password", "hunter2"):
        assert word not in str(woken)


def test_no_task_takes_contents():
    for name, task in app.tasks.items():
        if name.startswith("notifications."):
            assert not {"message", "body", "secret", "token"} & set(
                task.run.__code__.co_varnames[: task.run.__code__.co_argcount]
            )


@pytest.mark.parametrize("serializer", ["pickle", "yaml"])
def test_a_worker_opens_nothing_but_json_from_redis(serializer):
    """Whoever can write to Redis would else run anything in the worker."""
    content_type, encoding, body = "application/x-python-serialize", "binary", pickle.dumps([])
    if serializer == "yaml":
        content_type, encoding, body = dumps([1], serializer="yaml")

    with pytest.raises(ContentDisallowed):
        loads(body, content_type, encoding, accept=app.conf.accept_content)

    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == app.conf.result_serializer == "json"


def test_an_error_page_and_its_log_tell_no_secret(monkeypatch, caplog):
    def breaks(_request):
        raise RuntimeError("a bug")

    monkeypatch.setattr(drafts, "load", breaks)
    client = Client(raise_request_exception=False)
    client.force_login(factories.user())

    response = client.post("/settings/email/", {"client_secret": SECRET})

    assert response.status_code == 500
    text = response.content.decode()
    assert "a bug" in caplog.text
    assert SECRET not in caplog.text
    for word in (SECRET, "a bug", "Traceback", "settings_ui"):
        assert word not in text
    assert configured.DEBUG is False


def test_sessions_are_kept_on_the_server(client):
    client.force_login(factories.user())

    cookie = client.cookies["mailconnector_session"].value

    assert Session.objects.get().session_key == digest(cookie)
    assert len(cookie) >= 32
