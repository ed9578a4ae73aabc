"""The first user of `make run`, and what is said of their password."""

import pytest
from django.contrib.auth.models import User

from mailconnector.run import start

pytestmark = pytest.mark.django_db
GIVEN = "correct-horse-battery-9"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.delenv("MAILCONNECTOR_ADMIN_PASSWORD", raising=False)
    return tmp_path


def admin():
    return User.objects.get(username="admin")


def test_a_password_that_is_made_is_said_once(folder):
    said = start._administrator()

    made = (folder / "admin_password").read_text()
    assert said == f"Password: {made}"
    assert (folder / "admin_password").stat().st_mode & 0o777 == 0o600
    assert admin().check_password(made)
    assert made not in start._administrator()


def test_a_password_that_was_given_is_never_said(folder, monkeypatch):
    monkeypatch.setenv("MAILCONNECTOR_ADMIN_PASSWORD", GIVEN)

    assert [GIVEN in start._administrator() for _start in range(2)] == [False, False]
    assert admin().check_password(GIVEN)
    assert not (folder / "admin_password").exists()


def test_the_variable_takes_no_password_back_that_a_person_has_chosen(folder, monkeypatch):
    start._administrator()
    user = admin()
    user.set_password("their-own-choice-7")
    user.save()
    monkeypatch.setenv("MAILCONNECTOR_ADMIN_PASSWORD", GIVEN)

    assert start._administrator() == "(password: as you set it)"

    assert admin().check_password("their-own-choice-7")
    assert not (folder / "admin_password").exists()
