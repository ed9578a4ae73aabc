"""The users of identities: what a sign-in writes, and what it leaves to others."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.db import IntegrityError

from notifications.models import AuditEvent
from notifications.models.audit.act import Act
from people.microsoft import people
from people.microsoft.identity import Identity
from tests import factories

pytestmark = pytest.mark.django_db
ALEX = Identity(
    uid="sub.alex", name="Alex Wilber", address="alex@contoso.example", roles=("Operator",),
    nonce="", proved_at=datetime(2026, 1, 1, tzinfo=UTC),
)  # fmt: skip


@pytest.fixture
def alex():
    """Alex, as a request has read him."""
    return factories.user("alex", superuser=False, has_password=False)


def test_what_others_have_changed_meanwhile_stays(alex):
    User.objects.filter(pk=alex.pk).update(is_active=False, password="another")

    people.apply(alex, ALEX)

    now = User.objects.get(pk=alex.pk)
    assert (now.is_active, now.password) == (False, "another")
    assert now.get_full_name() == "Alex Wilber"


def test_a_password_that_was_set_is_taken_away(alex):
    alex.set_password("password")
    alex.save()

    people.apply(alex, ALEX)

    assert not User.objects.get(pk=alex.pk).has_usable_password()


def test_name_and_roles_are_written_together_or_not_at_all(alex, monkeypatch):
    def broken(*_arguments, **_options):
        raise IntegrityError

    monkeypatch.setattr(people, "record", broken)

    with pytest.raises(IntegrityError):
        people.apply(alex, ALEX)

    assert User.objects.get(pk=alex.pk).get_full_name() == ""
    assert not alex.groups.exists()


def give_everything(user):
    User.objects.filter(pk=user.pk).update(is_superuser=True)
    user.groups.set([Group.objects.get(name="Operator")])
    user.user_permissions.set([Permission.objects.get(codename="view_user")])


@pytest.mark.parametrize(
    ("do", "left"),
    [(people.shut_out, ""), (lambda user: people.apply(user, ALEX), "Operator")],
    ids=["shut out", "another role"],
)
def test_all_rights_that_are_taken_stand_in_the_audit_trail(alex, do, left):
    give_everything(alex)

    do(alex)

    now = User.objects.get(pk=alex.pk)
    assert not now.is_superuser
    assert not now.user_permissions.exists()
    event = AuditEvent.objects.get(act=Act.CHANGED)
    assert event.details == {"role": ["superuser, Operator, auth.view_user", left]}
