"""The text of the script that registers the application."""

import base64
from urllib.parse import parse_qs

import pytest

from notifications.backends.microsoft.clouds import GLOBAL, PRACTICE_TENANT_ID, REAL_CLOUDS
from settings_ui.application import script

URI = "https://mail.contoso.example/oauth/callback"


def text(tenant="contoso.com", cloud=GLOBAL, **changes):
    told = {"redirect_uri": URI, "permissions": {"Mail.Send"}, "certificate": b""} | changes
    return script.registration(tenant, cloud, **told)


def test_it_has_the_redirect_uri_and_the_permissions():
    found = text(permissions={"Mail.Send", "Mail.ReadWrite"})

    assert f"$redirectUri = '{URI}'" in found
    assert "Web                    = @{ RedirectUris = @($redirectUri) }" in found
    assert (
        "Get-Access '00000003-0000-0000-c000-000000000000' "
        "@('Mail.ReadWrite', 'Mail.Send', 'offline_access')"
    ) in found
    assert "Role" not in found  # delegated permissions only


def test_the_permission_of_ews_is_one_of_exchange():
    found = text(permissions={GLOBAL.ews_permission})

    assert "Get-Access '00000003-0000-0000-c000-000000000000' @('offline_access')" in found
    assert ("Get-Access '00000002-0000-0ff1-ce00-000000000000' @('EWS.AccessAsUser.All')") in found


@pytest.mark.parametrize(
    "hostile", ["a'; Remove-Item -Recurse C:\\ #", "a\u2019; evil; \u2018", "$(evil)", "`n"]
)
def test_no_value_can_become_a_command(hostile):
    found = text(tenant=hostile, redirect_uri=hostile)

    quoted = "'" + "".join(c * 2 if c in "'\u2018\u2019" else c for c in hostile) + "'"
    assert f"$redirectUri = {quoted}\n" in found
    assert f" -TenantId {quoted} -NoWelcome\n" in found


def test_the_tenant_of_practice_is_left_out():
    assert "-TenantId" not in text(tenant=PRACTICE_TENANT_ID)
    assert "-TenantId" not in text(tenant="")


@pytest.mark.parametrize(
    ("key", "name"),
    [("global", "Global"), ("gcc-high", "USGov"), ("dod", "USGovDoD"), ("china", "China")],
)
def test_each_cloud_has_its_environment_and_consent_page(key, name):
    cloud = REAL_CLOUDS[key]

    found = text(cloud=cloud)

    assert f"-Environment {name} " in found
    assert f"$consent = '{cloud.login}' + " in found


def test_the_consent_link_asks_for_the_same_permissions():
    query = text(permissions={"Mail.Send"}).partition("&\" + '")[2].partition("'")[0]

    assert parse_qs(query) == {
        "scope": ["https://graph.microsoft.com/Mail.Send"],
        "redirect_uri": [URI],
        "state": ["admin-consent"],
    }


def test_without_a_certificate_it_makes_a_secret_and_else_none():
    der = b"\x30\x82certificate"

    with_secret, with_certificate = text(), text(certificate=der)

    assert "Add-MgApplicationPassword" in with_secret
    assert "KeyCredentials" not in with_secret
    assert "Add-MgApplicationPassword" not in with_certificate
    encoded = base64.b64encode(der).decode()
    assert f"[Convert]::FromBase64String('{encoded}')" in with_certificate
