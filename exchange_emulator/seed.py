"""Load what the emulator starts with: the practice tenant, or a JSON file of the same shape."""

import json
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

from exchange_emulator.directory import App, Directory, Secret, Tenant, User

CONTOSO = "7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0001"
FABRIKAM = "7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0003"
DESK = "servicedesk@contoso.example"

PRACTICE: dict[str, Any] = {
    "tenants": [
        {"tenant_id": CONTOSO, "domain": "contoso.example"},
        {"tenant_id": FABRIKAM, "domain": "fabrikam.example"},
    ],
    "apps": [
        {
            "client_id": "3f0d4c52-5c1b-4b43-8f0e-c0a7050e0002",
            "name": "Mail Connector (practice)",
            "tenant": "contoso.example",
            "secrets": [
                {
                    "secret_id": "5b9e0f1a-6d1c-4a0e-8f37-c0a7050e0004",
                    "value": "practice~Secret.Value-Not-The-Id_0001",
                }
            ],
            "redirect_uris": [
                "http://localhost/oauth/callback",
                "http://127.0.0.1/oauth/callback",
                "https://mail.contoso.example/oauth/callback",
            ],
            "permissions": [
                "Mail.Send",
                "Mail.Send.Shared",
                "Mail.ReadWrite",
                "User.Read",
                "EWS.AccessAsUser.All",
            ],
        },
        {
            "client_id": "3f0d4c52-5c1b-4b43-8f0e-c0a7050e0007",
            "name": "Mail Connector log-in (practice)",
            "tenant": "contoso.example",
            "secrets": [
                {
                    "secret_id": "5b9e0f1a-6d1c-4a0e-8f37-c0a7050e0008",
                    "value": "practice~Login.Value-Not-The-Id_0003",
                }
            ],
            "redirect_uris": [
                "http://localhost/login/microsoft/callback/",
                "http://127.0.0.1/login/microsoft/callback/",
                "https://mail.contoso.example/login/microsoft/callback/",
            ],
            "roles": {
                "admin@contoso.example": ["Administrator"],
                "alex@contoso.example": ["Operator"],
                "audit@contoso.example": ["Auditor"],
            },
            "optional_claims": ["auth_time"],
        },
        {
            "client_id": "3f0d4c52-5c1b-4b43-8f0e-c0a7050e0005",
            "name": "Message trace (practice)",
            "tenant": "contoso.example",
            "secrets": [
                {
                    "secret_id": "5b9e0f1a-6d1c-4a0e-8f37-c0a7050e0006",
                    "value": "practice~Trace.Value-Not-The-Id_0002",
                }
            ],
            "application_permissions": ["ExchangeMessageTrace.Read.All"],
        },
    ],
    "users": [
        {"address": DESK, "name": "Contoso Service Desk", "aliases": ["desk@contoso.example"]},
        {"address": "alex@contoso.example", "name": "Alex Wilber"},
        {"address": "admin@contoso.example", "name": "Megan Bowen", "is_admin": True},
        {"address": "audit@contoso.example", "name": "Lynne Robbins"},
        {"address": "disabled@contoso.example", "name": "Disabled Account", "enabled": False},
        {
            "address": "mfa@contoso.example",
            "name": "Multi-Factor Account",
            "needs_mfa_on_renewal": True,
        },
        {
            "address": "blocked@contoso.example",
            "name": "Blocked by Policy",
            "blocked_by_policy": True,
        },
        {
            "address": "it@contoso.example",
            "name": "IT Department",
            "shared": True,
            "send_as": [DESK],
            "full_access": [DESK],
        },
        {
            "address": "facilities@contoso.example",
            "name": "Facilities",
            "shared": True,
            "send_on_behalf": [DESK],
        },
        {"address": "ceo@contoso.example", "name": "Chief Executive", "shared": True},
        {"address": "kim@fabrikam.example", "name": "Kim Akers"},
    ],
}


class SeedError(ValueError):
    """Say why the seed file cannot be used."""


def load(path: Path | None) -> Directory:
    if path is None:
        return build(PRACTICE)
    try:
        return build(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SeedError(f"cannot use the seed file {path}: {error!r}") from error


def build(seed: dict[str, Any]) -> Directory:
    tenants = [Tenant(**row) for row in seed["tenants"]]
    by_domain = {tenant.domain: tenant.tenant_id for tenant in tenants}
    return Directory(
        tenants=tenants,
        users=[_user(row, by_domain) for row in seed["users"]],
        apps=[_app(row, by_domain) for row in seed["apps"]],
    )


def _user(row: dict[str, Any], tenants: dict[str, str]) -> User:
    """Make an account of the tenant of its domain; its object id never changes."""
    address = row["address"].lower()
    return User(
        **{
            "object_id": str(uuid5(NAMESPACE_DNS, address)),
            "tenant_id": tenants[address.rpartition("@")[2]],
            **row,
            "address": address,
        }
    )


def _app(row: dict[str, Any], tenants: dict[str, str]) -> App:
    fields = dict(row)
    fields["tenant_id"] = tenants[fields.pop("tenant")]
    fields["secrets"] = [Secret(**secret) for secret in row.get("secrets", [])]
    return App(**fields)
