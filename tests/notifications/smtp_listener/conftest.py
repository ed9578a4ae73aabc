import pytest

from tests.notifications.smtp_listener import listening


@pytest.fixture
def files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "attachments"


@pytest.fixture
def smtp(db, files, unconnected, monkeypatch):
    """A listener that is on, without clients yet."""
    # The database is asked where the event loop runs; see AtOnce.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    listening.turned_on()
    with listening.Listener().listening() as listener:
        yield listener


@pytest.fixture
def scanner(smtp):
    row, password = listening.client()
    smtp.refresh()
    return row, password


@pytest.fixture
def speaker(smtp, scanner):
    """A session that is signed in."""
    found = listening.Speaker(smtp.port)
    found.hear()
    found.sign_in(*scanner)
    yield found
    found.close()


@pytest.fixture
def stranger(smtp, scanner):
    """A session that is not signed in; there is a client who could."""
    found = listening.Speaker(smtp.port)
    assert found.hear().startswith("220 ")
    yield found
    found.close()
