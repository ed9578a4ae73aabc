"""The suppression list over the REST API."""

from datetime import timedelta

import pytest

from notifications.models import Suppression
from tests import factories

from .calls import MAIL, problem
from .conftest import Caller


@pytest.fixture
def both(db):
    """A key that may send and read."""
    return Caller(factories.api_key(name="Both", may_read=True)[1])


def test_the_suppression_list_needs_both_scopes(both, desk, auditor):
    address = {"address": "Gone <gone@fabrikam.example>"}
    problem(desk.post("suppressions", address), 403)
    problem(auditor.post("suppressions", address), 403)
    problem(both.post("suppressions", {"address": "nobody"}), 422)

    assert both.post("suppressions", address).status_code == 201
    assert both.post("suppressions", address).status_code == 200
    (item,) = auditor.get("suppressions", address="gone@fabrikam.example").json()["items"]
    assert (item["address"], item["added_by"]) == ("gone@fabrikam.example", "Both")
    problem(both.post("messages", MAIL | {"to": "gone@fabrikam.example"}), 422)
    gone = both.client.delete(
        "/api/v1/suppressions?address=gone@fabrikam.example", headers=both.headers()
    )
    assert gone.status_code == 204
    assert auditor.get("suppressions").json()["items"] == []


def test_an_address_that_has_left_the_suppression_list_can_be_added_again(both, now):
    gone = "gone@fabrikam.example"
    Suppression.objects.create(address=gone, until=now - timedelta(days=1))
    assert both.get("suppressions").json()["items"] == []
    left = both.client.delete(f"/api/v1/suppressions?address={gone}", headers=both.headers())
    assert left.status_code == 404

    over = (now - timedelta(days=1)).isoformat()
    wrong = problem(both.post("suppressions", {"address": gone, "until": over}), 422)
    assert [each["field"] for each in wrong["errors"]] == ["until"]
    assert both.post("suppressions", {"address": gone}).status_code == 201
    problem(both.post("messages", MAIL | {"to": gone}), 422)
