"""The rights that a key gives: nobody gives any that they lack themselves."""

from typing import Any

from notifications.models import ApiKey

SEND = ("notifications.add_notification", "notifications.run_emailtemplate")
READ = (
    "notifications.view_notification",
    "notifications.view_attempt",
    "notifications.view_suppression",
)
# A key with both may change the suppression list.
BOTH = ("notifications.add_suppression", "notifications.delete_suppression")


def may_give(user: Any, *, may_send: bool, may_read: bool) -> bool:
    needed = [*(SEND if may_send else ()), *(READ if may_read else ())]
    if may_send and may_read:
        needed += BOTH
    return bool(user.has_perms(needed))


def may_manage(user: Any, key: ApiKey) -> bool:
    """Say whether they may change the key: whoever does could use it, or have it used."""
    return may_give(user, may_send=key.may_send, may_read=key.may_read)
