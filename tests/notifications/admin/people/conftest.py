import pytest

from tests import factories

from .steps import permissions


@pytest.fixture
def helper(db):
    """May change people and groups, and look at the log; no superuser."""
    user = factories.user("helen", superuser=False)
    user.user_permissions.set(
        permissions(
            "view_user", "change_user", "add_user", "delete_user",
            "view_group", "change_group", "add_group", "delete_group", "view_attempt",
        )
    )  # fmt: skip
    return user


@pytest.fixture
def other(db):
    return factories.user("otto", superuser=False)
