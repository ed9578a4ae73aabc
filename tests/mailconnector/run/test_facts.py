"""A command in another shell runs with what `make run` runs with."""

import fcntl
from types import SimpleNamespace

import pytest

from mailconnector.run import facts

DATABASE = "postgresql://desk@localhost/mail"


@pytest.fixture
def environ(monkeypatch):
    variables = {"PORT": "9000"}
    monkeypatch.setattr(facts, "os", SimpleNamespace(environ=variables))
    return variables


@pytest.fixture
def lock(tmp_path):
    with (tmp_path / facts.LOCK).open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield stream


def test_a_command_takes_over_what_its_shell_does_not_say(tmp_path, environ, lock):
    told = {"PORT": "8000", "DATABASE_URL": DATABASE, "PATH": "/bin"}
    with facts.told(tmp_path, told):
        facts.take_over(tmp_path)

    assert environ == {"PORT": "9000", "DATABASE_URL": DATABASE}


def test_what_a_run_left_behind_tells_nothing(tmp_path, environ, lock):
    with facts.told(tmp_path, {"DATABASE_URL": DATABASE}):
        lock.close()
        facts.take_over(tmp_path)

    assert environ == {"PORT": "9000"}


@pytest.mark.parametrize("content", ["", "[]", '{"DATABASE_URL": 1}', "{"])
def test_a_damaged_file_tells_nothing(tmp_path, environ, lock, content):
    with facts.told(tmp_path, {}):
        (tmp_path / "running.json").write_text(content)
        facts.take_over(tmp_path)

    assert environ == {"PORT": "9000"}


def test_the_file_is_for_our_own_user_alone(tmp_path):
    with facts.told(tmp_path, {"DATABASE_URL": DATABASE}):
        assert (tmp_path / "running.json").stat().st_mode & 0o077 == 0

    assert not (tmp_path / "running.json").exists()
