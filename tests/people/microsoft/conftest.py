import pytest

from . import steps


@pytest.fixture(autouse=True)
def provider(emulator, settings):
    steps.use(emulator, settings)
    return emulator
