import pytest

from tests import factories


@pytest.fixture
def megan(db):
    return factories.user()
