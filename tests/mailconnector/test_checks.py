"""What is told about a wrong configuration, and the headers of every answer."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.checks import run_checks
from django.test import Client

from tests import factories
from tests.servers import free_ports

ROOT = Path(__file__).parents[2]
NO_SIGN_IN = dict.fromkeys(("OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"), "")


def found():
    return {each.id for each in run_checks() if each.id.startswith("mailconnector.")}


def test_a_fresh_installation_has_nothing_to_complain_about():
    assert found() == set()


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"PUBLIC_URL": "http://mail.contoso.example"}, "mailconnector.W001"),
        ({"PUBLIC_URL": "http://127.0.0.1:8000"}, None),
        ({"PUBLIC_URL": "https://mail.contoso.example"}, None),
        ({"SECRET_KEY": "changeme"}, "mailconnector.W002"),
        ({"SECRET_KEY": "ab" * 40}, "mailconnector.W002"),
        ({"ENCRYPTION_KEYS": ["no key"]}, "mailconnector.E001"),
        ({"ENCRYPTION_KEYS": [Fernet.generate_key().decode(), ""]}, "mailconnector.E001"),
        ({"OIDC_ISSUER": ""}, "mailconnector.E003"),
        ({"OIDC_CLIENT_SECRET": ""}, "mailconnector.E003"),
        (NO_SIGN_IN, None),
        (NO_SIGN_IN | {"PASSWORD_LOGIN": False}, "mailconnector.W008"),
        ({"PASSWORD_LOGIN": False}, None),
        ({"REDIS_URL": "redis://queue.contoso.example:6379/0"}, "mailconnector.W005"),
        ({"REDIS_URL": "redis://:secret@queue.contoso.example:6379/0"}, None),
        ({"REDIS_URL": "rediss://queue.contoso.example:6379/0"}, None),
        ({"REDIS_URL": "redis+socket:///run/redis.sock?virtual_host=6"}, "mailconnector.E002"),
        ({"REDIS_URL": "amqp://localhost"}, "mailconnector.E002"),
        ({"REDIS_URL": "redis://localhost:many/0"}, "mailconnector.E002"),
        ({"REDIS_URL": "nonsense"}, "mailconnector.E002"),
    ],
)
def test_what_is_wrong_is_named(settings, values, expected):
    for name, value in values.items():
        setattr(settings, name, value)

    assert found() == ({expected} if expected else set())


@pytest.mark.parametrize("name", ["encryption_keys", "secret_key", "admin_password"])
def test_keys_that_others_may_read_are_named(settings, tmp_path, name):
    settings.DATA_DIR = tmp_path
    (tmp_path / name).write_text("x")
    (tmp_path / name).chmod(0o640)
    assert found() == {"mailconnector.W003"}

    (tmp_path / name).chmod(0o600)
    assert found() == set()


def test_attachments_that_everybody_may_read_are_named(settings, tmp_path):
    settings.DATA_DIR, settings.MEDIA_ROOT = tmp_path, tmp_path / "attachments"
    settings.MEDIA_ROOT.mkdir(mode=0o755)
    tmp_path.chmod(0o755)
    assert found() == {"mailconnector.W007"}

    settings.MEDIA_ROOT.chmod(0o700)
    assert found() == set()


@pytest.mark.django_db
def test_what_is_written_is_for_its_own_user_alone(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "attachments"
    before = os.umask(0o022)
    try:
        factories.enqueue(files=[factories.new_file(size) for size in (10, 3_000_000)])
    finally:
        os.umask(before)

    modes = {
        (path.is_dir(), path.stat().st_mode & 0o777) for path in settings.MEDIA_ROOT.rglob("*")
    }
    assert modes == {(True, 0o700), (False, 0o600)}


def test_what_the_web_server_writes_is_for_its_own_user_alone(tmp_path):
    code = (
        "import os, runpy; os.umask(0o022); runpy.run_path('gunicorn.conf.py');"
        "print(oct(os.umask(0)))"
    )

    assert "0o77" in manage(tmp_path, "-c", code).stdout


def test_a_database_that_everybody_may_read_is_named(settings, tmp_path, monkeypatch):
    database = tmp_path / "mailconnector.sqlite3"
    database.touch(mode=0o644)
    monkeypatch.setitem(settings.DATABASES["default"], "NAME", str(database))
    tmp_path.chmod(0o755)
    assert found() == {"mailconnector.W004"}

    tmp_path.chmod(0o700)
    assert found() == set()


def test_a_weak_first_password_is_named_where_others_can_reach_the_page(settings, monkeypatch):
    monkeypatch.setenv("MAILCONNECTOR_ADMIN_PASSWORD", "admin")
    assert found() == set()

    settings.PUBLIC_URL = "https://mail.contoso.example"

    assert found() == {"mailconnector.W006"}


def manage(folder, *arguments, **environment):
    unwanted = ("DATABASE_URL", "REDIS_URL", "MAILCONNECTOR_", "DJANGO_")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(unwanted)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False,
        env={**kept, **free_ports(), "MAILCONNECTOR_DATA_DIR": str(folder), **environment},
    )  # fmt: skip


def test_djangos_own_check_of_a_deployment_is_content(tmp_path):
    done = manage(
        tmp_path, "manage.py", "check", "--deploy", "--fail-level", "WARNING",
        MAILCONNECTOR_PUBLIC_URL="https://mail.contoso.example",
    )  # fmt: skip

    assert done.returncode == 0, done.stderr


def test_the_web_server_says_what_is_wrong_as_it_starts(tmp_path):
    done = manage(tmp_path, "-c", "import mailconnector.wsgi", MAILCONNECTOR_SECRET_KEY="changeme")

    assert "MAILCONNECTOR_SECRET_KEY has less than" in done.stderr
    assert "changeme" not in done.stderr


def test_make_run_does_not_start_with_a_broken_key(tmp_path):
    done = manage(tmp_path, "-m", "mailconnector.run", MAILCONNECTOR_ENCRYPTION_KEYS="broken-key")

    assert done.returncode == 1
    assert "Key 1 of MAILCONNECTOR_ENCRYPTION_KEYS" in done.stderr
    assert "broken-key" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/login/", "/", "/settings/email/", "/api/v1/docs", "/api/v1/log", "/nothing"]
)
def test_every_answer_tells_the_browser_what_it_must_not_do(path):
    headers = Client().get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    policy = headers["Content-Security-Policy"]
    assert "script-src 'self' 'unsafe-eval'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "Strict-Transport-Security" not in headers


def test_with_https_the_browser_stays_with_https(tmp_path):
    code = (
        "import mailconnector.wsgi, django.test as t;"
        "r = t.Client(headers={'host': 'mail.contoso.example', 'x-forwarded-proto': 'https'})"
        ".get('/api/nothing');"
        "from django.conf import settings as s;"
        "print(r.headers['Strict-Transport-Security'], s.SESSION_COOKIE_SECURE,"
        " s.CSRF_COOKIE_SECURE, s.TRUSTED_PROXIES)"
    )
    done = manage(
        tmp_path, "-W", "ignore", "-c", code,
        MAILCONNECTOR_PUBLIC_URL="https://mail.contoso.example",
    )  # fmt: skip

    assert "max-age=31536000; includeSubDomains True True" in done.stdout, done.stderr
    assert "127.0.0.1/32" in done.stdout


def test_with_https_no_sibling_host_can_set_a_cookie(tmp_path):
    code = (
        "import mailconnector.wsgi, django.test as t;"
        "from django.conf import settings as s; from django.core.management import call_command;"
        "call_command('migrate', verbosity=0); call_command('collectstatic', verbosity=0);"
        "r = t.Client(headers={'host': 'mail.contoso.example', 'x-forwarded-proto': 'https'})"
        ".get('/login/');"
        "print(s.SESSION_COOKIE_NAME, r.cookies.output())"
    )
    done = manage(
        tmp_path, "-W", "ignore", "-c", code,
        MAILCONNECTOR_PUBLIC_URL="https://mail.contoso.example",
    )  # fmt: skip

    assert "__Host-mailconnector_session Set-Cookie: __Host-csrftoken=" in done.stdout, done.stderr
    (cookie,) = done.stdout.splitlines()
    assert "; Path=/;" in cookie
    assert "; Secure" in cookie
    assert "Domain" not in cookie


KEPT_BY_NOBODY = (
    "/", "/login/", "/password_change/", "/auth/user/", "/settings/email/", "/oauth/callback",
    "/notifications/notification/", "/notifications/attempt/export/", "/jsi18n/", "/nothing/here/",
    "/api/v1/docs", "/api/v1/openapi.json", "/api/v1/messages", "/api/nothing", "/healthz",
)  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("path", KEPT_BY_NOBODY)
@pytest.mark.parametrize("role", ["anonymous", "no rights", "Administrator"])
def test_no_answer_is_kept_by_a_cache(path, role):
    client = Client()
    if role != "anonymous":
        client.force_login(factories.person(role))

    response = client.get(path)
    if response.streaming:
        response.getvalue()

    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_a_logout_takes_along_what_the_browser_has_kept():
    client = Client()
    client.force_login(factories.user())

    assert "Clear-Site-Data" not in client.get("/").headers
    assert client.post("/logout/").headers["Clear-Site-Data"] == '"cache", "storage"'


@pytest.mark.parametrize("host", ["evil.example", "localhost:evil", "localhost@evil.example", "[x"])
def test_another_host_is_refused(host):
    assert Client(headers={"host": host}).get("/login/").status_code == 400


def test_a_forwarded_host_is_not_believed():
    client = Client(headers={"host": "localhost:8000", "x-forwarded-host": "evil.example"})

    assert "evil.example" not in client.get("/api/v1/docs").content.decode()
