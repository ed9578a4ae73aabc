"""Who an ID token speaks of."""

import pytest

from people.microsoft import identity
from people.microsoft.refusals import Refused

TID, OID = "7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0001", "0F0F0F0F-0000-4000-8000-000000000001"


def uid(**claims):
    return identity.of({"iss": "https://idp.example", **claims}).uid


def test_entras_identity_is_tenant_and_object_whatever_the_subject_and_the_name():
    assert uid(tid=TID, oid=OID, sub="a", name="A") == uid(tid=TID, oid=OID.lower(), sub="b")
    assert uid(tid=TID, oid=OID) == f"{TID}.{OID}".lower()


def test_a_subject_is_somebody_else_at_another_issuer():
    assert uid(sub="alice") != uid(sub="alice", iss="https://other.example")


def test_long_subjects_with_the_same_beginning_are_two_people():
    assert uid(sub="x" * 300 + "1") != uid(sub="x" * 300 + "2")
    assert len(uid(sub="x" * 300)) < 100


@pytest.mark.parametrize(
    "claims",
    [{}, {"sub": ""}, {"sub": 1}, {"sub": "x", "tid": TID}, {"sub": "x", "oid": OID},
     {"tid": "common", "oid": OID}, {"tid": TID, "oid": f"{OID} "}],
)  # fmt: skip
def test_a_token_that_names_nobody_is_refused(claims):
    with pytest.raises(Refused, match="nobody"):
        uid(**claims)


@pytest.mark.parametrize("value", [True, "1", -1, 0, 1e30, None, [1]])
def test_a_time_that_is_none_proves_nothing(value):
    assert identity.of({"tid": TID, "oid": OID, "auth_time": value}).proved_at is None
