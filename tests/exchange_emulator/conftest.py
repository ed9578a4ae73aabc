"""One emulator process for each test worker, emptied before each test."""

import pytest

from tests.exchange_emulator import contracts
from tests.exchange_emulator import emulator as running


@pytest.fixture(scope="session")
def emulator_process(tmp_path_factory):
    folder = tmp_path_factory.mktemp("emulator")
    record = folder / "exchanges.jsonl"
    emulator = running.start(folder, "--record", str(record))
    yield emulator
    running.stop(emulator)
    # The requests and answers of this worker's tests have to agree with Microsoft's schemas, if
    # those are at hand.
    if contracts.folder():
        assert contracts.violations(record) == []


@pytest.fixture
def emulator(emulator_process, monkeypatch):
    # A bundle in the environment wins over requests' Session.verify, so that
    # clients which are given the emulator's authority would not use it.
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", emulator_process.ca)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    emulator_process.reset()
    return emulator_process


@pytest.fixture
def token(emulator):
    """An access token of the service desk for Graph, with all mail permissions."""
    return emulator.sign_in()["access_token"]


@pytest.fixture
def ews_token(emulator):
    """An access token for EWS, which is another resource."""
    return emulator.sign_in(scopes=[running.EWS])["access_token"]
