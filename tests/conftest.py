"""Fixtures that most tests begin with. The emulator is a real process, one for each test worker."""

import logging

import pytest
from django.core.cache import caches
from django.utils import timezone, translation
from hypothesis import HealthCheck
from hypothesis import settings as of_hypothesis
from xdist.scheduler import LoadScopeScheduling

from notifications import wakeups
from notifications.mailbox import open_backends
from notifications.models import EmailSettings
from tests import factories, roles
from tests.exchange_emulator import emulator as running
from tests.notifications.webhooks.receiver import listening

# A busy machine may delay any single example.
of_hypothesis.register_profile("ours", deadline=None, suppress_health_check=[HealthCheck.too_slow])
of_hypothesis.load_profile("ours")


class _WholeFiles(LoadScopeScheduling):
    """Let one worker run all tests of a file that starts whole processes, in their order: a test
    goes on where another has ended, and the file's product is started once. The marks of
    `--dist loadgroup` would say the same, but xdist 3.8 writes them where pytest 9.2 does not read
    them."""

    def _split_scope(self, nodeid):
        is_whole = nodeid.startswith(("tests/whole/", "tests/chaos/"))
        return nodeid.partition("::")[0] if is_whole else nodeid


@pytest.hookimpl(optionalhook=True)  # unknown where the tests run without xdist
def pytest_xdist_make_scheduler(config, log):
    return _WholeFiles(config, log)


def pytest_collection_modifyitems(items):
    """`-m now` chooses the tests that are handed the time, or whose file has a moment of its own:
    tests/run.py runs them at other dates."""
    for item in items:
        if "now" in item.fixturenames or hasattr(item.module, "NOW"):
            item.add_marker("now")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """In any order of the tests the roles are there."""
    with django_db_blocker.unblock():
        roles.make_again_when_emptied()


@pytest.fixture(autouse=True)
def _in_english():
    """A request leaves its language to the thread, and so to the next test."""
    yield
    translation.deactivate()


@pytest.fixture
def audit_lines(caplog):
    """The log's lines of the audit trail, which go past the root's handlers."""
    logger = logging.getLogger("mailconnector.audit")
    logger.addHandler(caplog.handler)
    yield caplog
    logger.removeHandler(caplog.handler)


@pytest.fixture(scope="session")
def emulator_process(tmp_path_factory):
    emulator = running.start(tmp_path_factory.mktemp("emulator"))
    yield emulator
    running.stop(emulator)


@pytest.fixture
def emulator(emulator_process, settings, monkeypatch):
    """Practice mode with an empty emulator. Its pace and limits are off unless a test sets them."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", emulator_process.ca)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    settings.CLOUD = "emulator"
    settings.LOGIN_SERVICE_URL = emulator_process.https
    settings.GRAPH_URL = f"{emulator_process.https}/v1.0"
    settings.EWS_URL = f"{emulator_process.https}/EWS/Exchange.asmx"
    settings.EMULATOR_PAGES_URL = emulator_process.http
    settings.CA_BUNDLE = emulator_process.ca
    emulator_process.reset()
    return emulator_process


@pytest.fixture(autouse=True)
def _nothing_is_remembered():
    caches["process"].clear()
    yield
    open_backends.close_all()


@pytest.fixture(autouse=True)
def woken(monkeypatch):
    """Keep the broker away; hold what would be sent, as (name of the task, options)."""
    sent = []
    monkeypatch.setattr(wakeups, "send", lambda task, **options: sent.append((task, options)))
    return sent


@pytest.fixture
def listener():
    """A web server that hears the calls that are made to it."""
    with listening() as server:
        yield server


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def stopped_clock(monkeypatch, now):
    """The time, at which this process's clock stops: no minute and no day ends during the test."""
    monkeypatch.setattr(timezone, "now", lambda: now)
    return now


@pytest.fixture
def connected(db, emulator):
    """Saved settings with a real sign-in at the emulator."""
    return factories.connect(emulator)


@pytest.fixture
def unconnected(db):
    """Saved settings with an account that never gets as far as Microsoft."""
    row = EmailSettings.objects.current()
    row.account = factories.account()
    row.service = "exchange-online"
    row.save()
    return row
