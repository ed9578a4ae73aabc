"""One emulator process for each test worker, emptied before each test."""

import pytest

from tests.exchange_emulator import emulator as running


@pytest.fixture(scope="session")
def emulator_process(tmp_path_factory):
    emulator = running.start(tmp_path_factory.mktemp("emulator"))
    yield emulator
    running.stop(emulator)


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
