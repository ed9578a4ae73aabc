"""Names of tenants, as people and the environment write them. Pure."""

import re

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*")
# Microsoft takes these, in any case, for all tenants at once, for private accounts or for none. The
# number is the tenant of private accounts.
_SHARED = frozenset(
    {"common", "organizations", "consumers", "adfs", "9188040d-6c67-4c5b-b112-36a304b66dad"}
)


def is_name(tenant: str) -> bool:
    """Say whether it has the form of an ID or of a domain."""
    return bool(_NAME.fullmatch(tenant))


def is_shared(tenant: str) -> bool:
    """Say whether it stands for other accounts than those of one organization."""
    return tenant.strip(".").casefold() in _SHARED


def is_single(tenant: str) -> bool:
    """Say whether it names one organization's tenant."""
    return is_name(tenant) and not is_shared(tenant)
