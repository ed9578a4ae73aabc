"""Names that stand for more than one organization's accounts, in every spelling."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from mailconnector import env
from notifications.backends.microsoft import tenants

PRIVATE = "9188040D-6c67-4c5b-b112-36a304b66dad"


@pytest.mark.parametrize(
    ("name", "is_single"),
    [
        ("7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0001", True),
        ("contoso.onmicrosoft.com", True),
        ("common.example", True),
        *((name, False) for name in ("common", "Common", "COMMON", "common.", "Organizations")),
        *((name, False) for name in ("Consumers", "ADFS", PRIVATE, PRIVATE.lower())),
        *((name, False) for name in ("../evil", "", "a/b", "\uff43ommon", "common\n")),
    ],
)
def test_a_tenant_is_one_organization(name, is_single):
    assert tenants.is_single(name) is is_single


@pytest.mark.parametrize("name", ["Common", "organizations", PRIVATE, "a/b"])
def test_the_environment_takes_no_other_tenant_than_the_page(monkeypatch, name):
    monkeypatch.setenv("MAILCONNECTOR_TENANT_ID", name)

    with pytest.raises(ImproperlyConfigured, match="MAILCONNECTOR_TENANT_ID must be the ID"):
        env.tenant("MAILCONNECTOR_TENANT_ID", is_single=tenants.is_single)
