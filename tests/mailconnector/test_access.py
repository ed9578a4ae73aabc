"""Every address answers each role as access_table.py says."""

import pytest
from django.contrib.auth.models import Group, User
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, resolve

from notifications.health.pages import _PAGES
from notifications.models import Attempt, Callback, EmailTemplate, Notification
from tests import factories
from tests.mailconnector.access_answers import PUBLIC, ROLES
from tests.mailconnector.access_table import TABLE
from tests.mailconnector.one_of_each import one_of_each

pytestmark = pytest.mark.django_db


def addresses(resolver, prefix="", namespace=""):
    """The name of every view, or the pattern of one without a name."""
    for pattern in resolver.url_patterns:
        path = prefix + str(pattern.pattern)
        if hasattr(pattern, "url_patterns"):
            inner = f"{pattern.namespace}:" if pattern.namespace else ""
            yield from addresses(pattern, path, namespace + inner)
        else:
            yield namespace + (pattern.name or path)


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
    return one_of_each()


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
    if name.rpartition(":")[2].isidentifier() and name not in TWINS:
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


# Another method of the same address gives it its name, or a view of ours comes first.
TWINS = (
    "admin:login", "admin:logout", "api:list_messages", "api:add_suppression",
    "api:delete_suppression",
)  # fmt: skip
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
    assert "You don't have permission to do this." in text
    assert f'href="{QUEUE}"' in text


@pytest.mark.parametrize("action", ["retry", "send_now", "delete", "mark_as_sent", "send_again"])
@pytest.mark.parametrize("role", ["no rights", "Auditor"])
def test_no_action_of_the_queue_is_open_to_those_who_only_look(people, rows, role, action):
    row = Notification.objects.filter(pk=rows["notification"]).values()
    before = row.get()

    people[role].post(QUEUE, {"action": action, "_selected_action": [rows["notification"]]})
    people[role].post(f"{QUEUE}{rows['notification']}/do/", {"action": action})

    assert row.all().get() == before


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


@pytest.mark.parametrize(
    "path",
    [
        "/notifications/notification/",
        "/notifications/emailtemplate/",
        "/notifications/apikey/",
        "/auth/user/",
        "/auth/group/",
    ],
)
def test_a_chosen_row_that_is_no_number_is_no_server_error(people, path):
    for action in ("export", "delete", "delete_selected"):
        asked = {"action": action, "_selected_action": ["x"], "index": "0"}

        assert people["Administrator"].post(path, asked).status_code in (200, 302)


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
