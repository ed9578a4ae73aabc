"""A short version of `make chaos`."""

import pytest

from tests.chaos import run


@pytest.mark.parametrize("kind", ["draft", "direct"])
def test_every_notification_is_accepted_once_whatever_fails(kind):
    result = run.run(20261124, messages=60, events=10, kind=kind)

    assert run.is_good(result)
    assert result["accepted"] + result["unconfirmed"] == 60
    assert kind == "direct" or result["unconfirmed"] == 0


def test_each_message_that_a_device_was_answered_for_arrives_once_whatever_fails():
    result = run.run(20261129, messages=120, events=6, kind="devices")

    assert run.is_good(result)
    assert result["accepted"] == 120
    assert set(result["events"].values()) == {2}
