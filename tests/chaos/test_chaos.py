"""A short version of `make chaos`."""

import pytest

from tests.chaos import run


@pytest.mark.parametrize("direct", [False, True])
def test_every_notification_is_accepted_once_whatever_fails(direct):
    result = run.run(20261124, messages=60, events=10, direct=direct)

    assert run.is_good(result)
    assert result["accepted"] + result["unconfirmed"] == 60
    assert direct or result["unconfirmed"] == 0
