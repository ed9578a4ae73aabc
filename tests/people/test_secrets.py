"""What a way in must not leave behind: in a log, a dump, or a command line."""

import logging
import re

import pytest
from django.core.management import call_command, get_commands, load_command_class
from django.test import Client

from tests import factories
from tests.mailconnector.steps import PASSWORD, log_in
from tests.people import codes
from tests.people.microsoft import steps
from tests.people.test_links import NEW, code_of, use

pytestmark = pytest.mark.django_db
_WORDS = {"password", "secret", "token", "code", "cookie", "key"}


@pytest.fixture
def said(caplog):
    """What any logger says at any level."""
    with caplog.at_level(logging.DEBUG):
        yield lambda: caplog.text


@pytest.fixture
def dump(tmp_path):
    def made():
        call_command("dumpdata", output=str(tmp_path / "dump.json"))
        return (tmp_path / "dump.json").read_text()

    return made


def test_a_second_factor_leaves_nothing_that_logs_in(said, dump):
    user = factories.user()
    recovery = codes.give_app(user)
    client = Client()
    log_in(client=client)
    entered = [codes.wrong_code(), codes.code()]
    for code in entered:
        client.post("/login/code/", {"code": code})
    assert client.get("/").status_code == 200
    other = Client()
    log_in(client=other)
    other.post("/login/code/", {"code": recovery[0]})

    cookies = [each.cookies["mailconnector_session"].value for each in (client, other)]
    left = said() + dump()
    assert not [each for each in (codes.SECRET, PASSWORD, *recovery, *cookies) if each in said()]
    assert not [each for each in (codes.SECRET, *recovery, *cookies) if each in left]


def test_a_one_time_link_leaves_nothing_that_sets_a_password(said, dump):
    administrator = Client()
    administrator.force_login(factories.person("Administrator"))
    user = factories.user("adele", superuser=False)
    code = code_of(administrator, user)
    before = dump()
    use(code)

    left = said() + before + dump()
    assert code.partition(".")[2]
    assert not [each for each in (code, code.partition(".")[2], NEW) if each in left]


def test_a_sign_in_with_microsoft_leaves_nothing_that_signs_in(
    emulator, settings, client, said, dump
):
    steps.use(emulator, settings)
    path = steps.choose(steps.begin(client), steps.OPERATOR)
    client.get(path)
    refresh = client.session["microsoft"]["token"]
    code = re.search(r"code=([^&]+)", path)[1]
    cookie = client.cookies["mailconnector_session"].value

    secrets = (refresh, code, cookie, settings.OIDC_CLIENT_SECRET)
    left = said() + dump()
    assert not [each for each in secrets if each in left]


def test_no_command_of_people_takes_a_secret_as_an_argument():
    ours = [name for name, app in get_commands().items() if app in ("people", "mailconnector")]
    assert "reset_second_factor" in ours
    for name in ours:
        parser = load_command_class(get_commands()[name], name).create_parser("manage.py", name)
        taken = {action.dest for action in parser._actions}
        assert not [each for each in taken if set(each.split("_")) & _WORDS], name
