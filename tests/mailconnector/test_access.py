"""Every address of the project, who may open it, and who may post to it.

A view without a row in TABLE fails the first test: decide who may use it, and write it down.
"""

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, resolve

from notifications import tasks
from notifications.health import _PAGES
from notifications.models import Attempt, Callback, EmailTemplate, Notification
from tests import factories

pytestmark = pytest.mark.django_db

# What a request is answered with. "login" is a redirect to the login page, "moved" one to
# another page.
ROLES = ("anonymous", "no rights", "Auditor", "Operator", "Administrator")
ONLY_LOGGED_IN = "login 200 200 200 200"
NOBODY = "login 403 403 403 403"
READERS = "login 403 200 200 200"
ADMINISTRATOR = "login 403 403 403 200"
AUDITED = "login 403 200 403 200"  # the Operator has nothing to do with it
POSTED_BY_OPERATOR = "login 403 403 moved moved"
POSTED_BY_ADMINISTRATOR = "login 403 403 403 moved"
WRONG_METHOD = "login 405 405 405 405"
MISSING = "login 404 404 404 404"
MOVED = "login moved moved moved moved"
API_KEY_ONLY = "401 401 401 401 401"
PUBLIC = "200 200 200 200 200"


def model_rows(model, label, *, see, history=None, change=None, add=NOBODY, delete=NOBODY):
    """Django's own views of a model: see GET of list and page; the others as POST."""
    base, one = f"/{label.replace('_', '/')}/", f"/{label.replace('_', '/')}/{{{model}}}/"
    return {
        f"admin:{label}_changelist": (base, see, see),
        f"admin:{label}_add": (f"{base}add/", add, add),
        f"admin:{label}_history": (f"{one}history/", history or see, history or see),
        f"admin:{label}_delete": (f"{one}delete/", delete, delete.replace("200", "moved")),
        f"admin:{label}_change": (f"{one}change/", see, change or NOBODY),
        f"admin:{base[1:]}<path:object_id>/": (one, MOVED, MOVED),
    }


TABLE = {
    "admin:index": ("/", ONLY_LOGGED_IN, ONLY_LOGGED_IN),
    "admin:login": ("/login/", "200 moved moved moved moved", PUBLIC),
    "admin:logout": ("/logout/", "moved 405 405 405 405", "moved 200 200 200 200"),
    "set_language": ("/language/", "405 405 405 405 405", "moved moved moved moved moved"),
    "admin:password_change": ("/password_change/", ONLY_LOGGED_IN, ONLY_LOGGED_IN),
    "admin:password_change_done": ("/password_change/done/", ONLY_LOGGED_IN, WRONG_METHOD),
    "admin:autocomplete": ("/autocomplete/", NOBODY, WRONG_METHOD),
    "admin:jsi18n": ("/jsi18n/", ONLY_LOGGED_IN, WRONG_METHOD),
    "admin:search": ("/search/?s=x", ONLY_LOGGED_IN, ONLY_LOGGED_IN),
    "admin:view_on_site": ("/r/{content_type}/{user}/", MISSING, MISSING),
    "admin:app_list": ("/notifications/", "login 404 200 200 200", "login 404 200 200 200"),
    "admin:(?P<url>.*)$": ("/nothing/here/", MISSING, MISSING),
    # Settings
    "email_settings": ("/settings/email/", AUDITED, "login 403 403 403 422"),
    "sign_in": ("/settings/email/sign-in/", "login 403 403 403 moved", "login 403 403 403 422"),
    "test_settings": ("/settings/email/test/", *["login 403 403 403 moved"] * 2),
    "check_now": ("/settings/email/check/", "login 403 403 403 moved", "login 403 403 403 422"),
    "test_alarm": ("/settings/email/alarm/", "login 403 403 403 moved", "login 403 403 403 422"),
    "setup_checklist": ("/settings/email/checklist/", AUDITED, ADMINISTRATOR),
    "oauth_callback": ("/oauth/callback?state=x", "login 403 403 403 moved", "405 405 405 405 405"),
    # The queue
    **model_rows("notification", "notifications_notification", see=READERS),
    "admin:queue_pause": ("/notifications/notification/pause/", WRONG_METHOD, POSTED_BY_OPERATOR),
    "admin:queue_resume": ("/notifications/notification/resume/", WRONG_METHOD, POSTED_BY_OPERATOR),
    "admin:queue_database": (
        "/notifications/notification/database/", WRONG_METHOD, POSTED_BY_OPERATOR,
    ),
    "admin:notification_do": (
        "/notifications/notification/{notification}/do/", WRONG_METHOD, POSTED_BY_OPERATOR,
    ),
    "admin:queue_all": (
        "/notifications/notification/all/send_now/", "login 403 403 200 200",
        "login 403 403 200 200",
    ),
    "admin:notification_attachment": (
        "/notifications/notification/{notification}/attachments/{attachment}/",
        READERS, WRONG_METHOD,
    ),
    # The log
    **model_rows("attempt", "notifications_attempt", see=READERS),
    "admin:log_keeping": (
        "/notifications/attempt/days-to-keep/", READERS, "login 403 403 403 422",
    ),
    "admin:log_clear": ("/notifications/attempt/clear/", ADMINISTRATOR, POSTED_BY_ADMINISTRATOR),
    "admin:log_export": ("/notifications/attempt/export/", READERS, WRONG_METHOD),
    "admin:log_resend": (
        "/notifications/attempt/{attempt}/resend/", WRONG_METHOD, POSTED_BY_OPERATOR,
    ),
    # E-mail Notifications
    **model_rows(
        "template", "notifications_emailtemplate",
        see=READERS, change=ADMINISTRATOR, add=ADMINISTRATOR, delete=ADMINISTRATOR,
    ),
    "admin:notifications_emailtemplate_simple_history": (
        "/notifications/emailtemplate/{template}/history/{template_history}/",
        READERS, ADMINISTRATOR,
    ),
    "admin:template_import": (
        "/notifications/emailtemplate/import/", ADMINISTRATOR, "login 403 403 403 422",
    ),
    "admin:template_run": (
        "/notifications/emailtemplate/{template}/run/",
        "login 403 403 200 200", POSTED_BY_OPERATOR,
    ),
    "admin:template_preview": (
        "/notifications/emailtemplate/{template}/preview/", READERS, READERS,
    ),
    "admin:template_test": (
        "/notifications/emailtemplate/{template}/send-test/",
        "login 405 405 405 405", "login 403 403 422 422",
    ),
    "admin:template_export": (
        "/notifications/emailtemplate/{template}/export/", READERS, "login 405 405 405 405",
    ),
    # Administration
    **model_rows(
        "api_key", "notifications_apikey", see=AUDITED, change=ADMINISTRATOR, add=ADMINISTRATOR
    ),
    "admin:api_key_revoke": (
        "/notifications/apikey/{api_key}/revoke/", WRONG_METHOD, POSTED_BY_ADMINISTRATOR,
    ),
    **model_rows("callback", "notifications_callback", see=AUDITED),
    **model_rows("settings_history", "notifications_historicalemailsettings", see=AUDITED),
    **model_rows(
        "user", "auth_user",
        see=AUDITED, change=ADMINISTRATOR, add=ADMINISTRATOR, delete=ADMINISTRATOR,
    ),
    "admin:auth_user_password_change": (
        "/auth/user/{user}/password/", ADMINISTRATOR, ADMINISTRATOR,
    ),
    **model_rows(
        "group", "auth_group",
        see=AUDITED, change=ADMINISTRATOR, add=ADMINISTRATOR, delete=ADMINISTRATOR,
    ),
    # The REST API: a session counts for nothing there. Its documentation holds no secrets.
    "api_docs": ("/api/v1/docs", PUBLIC, "405 405 405 405 405"),
    "api:openapi-json": ("/api/v1/openapi.json", PUBLIC, PUBLIC),
    "api:api-root": ("/api/v1/", "404 404 404 404 404", "404 404 404 404 404"),
    "api:queue_message": ("/api/v1/messages", API_KEY_ONLY, API_KEY_ONLY),
    "api:list_messages": ("/api/v1/messages", API_KEY_ONLY, API_KEY_ONLY),
    "api:message": ("/api/v1/messages/{notification}", API_KEY_ONLY, "405 405 405 405 405"),
    "api:cancel": (
        "/api/v1/messages/{notification}/cancel", "405 405 405 405 405", API_KEY_ONLY,
    ),
    "api:list_email_notifications": (
        "/api/v1/email-notifications", API_KEY_ONLY, "405 405 405 405 405",
    ),
    "api:run": (
        "/api/v1/email-notifications/x/run", "405 405 405 405 405", API_KEY_ONLY,
    ),
    "api:log": ("/api/v1/log", API_KEY_ONLY, "405 405 405 405 405"),
    "api/^": ("/api/nothing", "404 404 404 404 404", "404 404 404 404 404"),
}  # fmt: skip


def addresses(resolver, prefix="", namespace=""):
    """The name of every view, or the pattern of one without a name."""
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from addresses(pattern, path, namespace + inner)
        else:
            yield namespace + (pattern.name or path)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch):
    monkeypatch.setattr(tasks.drain, "apply_async", lambda **_options: None)


@pytest.fixture
def people(db):
    """A client for each role."""
    clients = {"anonymous": Client()}
    for role in ROLES[1:]:
        clients[role] = Client()
        clients[role].force_login(factories.person(role))
    return clients


@pytest.fixture
def rows(db):
    return factories.one_of_each()


def answer_of(response):
    if response.streaming:
        response.getvalue()  # closes what it reads from
    if response.status_code != 302:
        return str(response.status_code)
    return "login" if response.url.startswith("/login/") else "moved"


def answers(people, method, path):
    """Of all roles, in a row; nothing that a request does stays."""
    found = []
    for role in ROLES:
        with transaction.atomic():
            data = {"post": "yes"} if method == "post" else {}
            found.append(answer_of(getattr(people[role], method)(path, data)))
            transaction.set_rollback(True)
    return " ".join(found)


def test_every_address_has_a_row():
    assert set(addresses(get_resolver())) == set(TABLE)


@pytest.mark.parametrize("name", TABLE)
def test_each_role_gets_what_the_table_says(people, rows, name):
    path, get, post = TABLE[name]
    path = path.format(**rows)
    if name.rpartition(":")[2].isidentifier() and name != "api:list_messages":  # its twin: POST
        assert resolve(path.partition("?")[0]).view_name == name

    assert {"GET": answers(people, "get", path), "POST": answers(people, "post", path)} == {
        "GET": get,
        "POST": post,
    }


@pytest.mark.parametrize("path", _PAGES)
def test_the_pages_for_machines_are_read_only_and_the_figures_need_the_token(people, path):
    get = "404 404 404 404 404" if path == "/metrics" else PUBLIC  # without a token: not there

    assert set(answers(people, "get", path).replace("503", "200").split()) == set(get.split())
    assert answers(people, "post", path) == "405 405 405 405 405"


QUEUE, LOG = "/notifications/notification/", "/notifications/attempt/"
TEMPLATES, KEYS = "/notifications/emailtemplate/", "/notifications/apikey/"
PEOPLE = ("/auth/user/", "/auth/group/")


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        ("no rights", []),
        ("Auditor", ["/settings/email/", TEMPLATES, QUEUE, LOG, *PEOPLE, KEYS]),
        ("Operator", [TEMPLATES, QUEUE, LOG]),
        ("Administrator", ["/settings/email/", TEMPLATES, QUEUE, LOG, *PEOPLE, KEYS]),
    ],
)
def test_the_sidebar_shows_only_what_one_may_open(people, role, seen):
    text = people[role].get("/password_change/").content.decode()

    possible = ["/settings/email/", TEMPLATES, QUEUE, LOG, *PEOPLE, KEYS]
    assert [url for url in possible if f'href="{url}"' in text] == seen


def test_who_is_refused_is_told_so_and_can_go_on(people):
    response = people["Operator"].get("/auth/user/")

    text = response.content.decode()
    assert response.status_code == 403
    assert "You do not have the rights for this." in text
    assert f'href="{QUEUE}"' in text


@pytest.mark.parametrize("action", ["send_now", "delete", "mark_as_sent", "send_again"])
@pytest.mark.parametrize("role", ["no rights", "Auditor"])
def test_no_action_of_the_queue_is_open_to_those_who_only_look(people, rows, role, action):
    before = Notification.objects.values().get()

    people[role].post(QUEUE, {"action": action, "_selected_action": [rows["notification"]]})
    people[role].post(f"{QUEUE}{rows['notification']}/do/", {"action": action})

    assert Notification.objects.values().get() == before


@pytest.mark.parametrize(
    "path", [PEOPLE[0], PEOPLE[1], TEMPLATES, KEYS, QUEUE, LOG, "/notifications/callback/"]
)
@pytest.mark.parametrize("role", ["Auditor", "Operator"])
def test_djangos_own_bulk_deletion_is_not_open_to_lower_roles(people, rows, role, path):
    counts = [model.objects.count() for model in (User, Group, Notification, Attempt, Callback)]

    people[role].post(
        path, {"action": "delete_selected", "_selected_action": list(range(1, 50)), "post": "yes"}
    )

    assert counts == [
        model.objects.count() for model in (User, Group, Notification, Attempt, Callback)
    ]


def test_an_auditor_cannot_bring_back_an_earlier_version_of_a_template(people, rows):
    template = EmailTemplate.objects.get()
    forged = {
        "name": "taken over", "to": "evil@fabrikam.example", "subject": "x", "html": "x",
        "missing_values": "empty", "sample_context": "{}",
    }  # fmt: skip
    path = f"{TEMPLATES}{rows['template']}/history/{rows['template_history']}/"

    response = people["Auditor"].post(path, forged)

    assert response.status_code == 403
    assert EmailTemplate.objects.get().name == template.name


@pytest.mark.parametrize("version", ["x", "9" * 30, "1%00", "²"])
def test_a_version_that_is_not_there_is_not_found(people, rows, version):
    response = people["Administrator"].get(f"{TEMPLATES}{rows['template']}/history/{version}/")

    assert response.status_code == 404
