"""A PowerShell script that registers the application in Microsoft Entra, with the redirect URI and
the permissions filled in. Pure."""

import base64
from collections.abc import Iterable
from urllib.parse import urlencode

from notifications.backends.microsoft.clouds import PRACTICE_IDS, Cloud
from notifications.backends.powershell import quoted

# The application IDs of Microsoft's APIs, the same in each tenant ("Verify first-party Microsoft
# applications in sign-in reports").
_GRAPH = "00000003-0000-0000-c000-000000000000"
_EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"
# Connect-MgGraph's names of the clouds ("Microsoft Graph PowerShell in national clouds")
_ENVIRONMENTS = {"gcc-high": "USGov", "dod": "USGovDoD", "china": "China"}
_OFFLINE = "offline_access"

_TEMPLATE = """\
# Registers Mail Connector in Microsoft Entra: one application with one redirect URI, delegated
# permissions only, and %(credential_comment)s.
# Run it in PowerShell 7 or Windows PowerShell 5.1 as somebody who may register applications.
# It needs the Microsoft Graph module: Install-Module Microsoft.Graph.Applications
#Requires -Modules Microsoft.Graph.Authentication, Microsoft.Graph.Applications
$ErrorActionPreference = 'Stop'

$redirectUri = %(redirect_uri)s
Connect-MgGraph -Scopes 'Application.ReadWrite.All' -Environment %(cloud)s%(tenant)s -NoWelcome

function Get-Access($resourceAppId, $names) {
    $resource = Get-MgServicePrincipal -Filter "appId eq '$resourceAppId'"
    $scopes = foreach ($name in $names) {
        $scope = $resource.Oauth2PermissionScopes | Where-Object { $_.Value -eq $name }
        if (-not $scope) { throw "This tenant does not know the permission $name." }
        @{ Id = $scope.Id; Type = 'Scope' }
    }
    @{ ResourceAppId = $resourceAppId; ResourceAccess = @($scopes) }
}

$application = @{
    DisplayName            = 'Mail Connector'
    SignInAudience         = 'AzureADMyOrg'
    Web                    = @{ RedirectUris = @($redirectUri) }
    RequiredResourceAccess = @(
%(access)s
    )
}
%(before)s$app = New-MgApplication @application
New-MgServicePrincipal -AppId $app.AppId | Out-Null
%(after)s
$tenantId = (Get-MgContext).TenantId
$consent = %(login)s + "/$tenantId/v2.0/adminconsent?client_id=$($app.AppId)&" + %(query)s
Write-Host "Directory (tenant) ID:    $tenantId"
Write-Host "Application (client) ID:  $($app.AppId)"
%(told)sWrite-Host "Admin consent, open it as an administrator: $consent"
"""
_WITH_SECRET = {
    "credential_comment": "a client secret for 180 days",
    "before": "",
    "after": """\
$secret = Add-MgApplicationPassword -ApplicationId $app.Id -PasswordCredential @{
    DisplayName = 'Mail Connector'
    EndDateTime = (Get-Date).AddDays(180)
}
""",
    "told": """\
Write-Host "Client secret (Value):    $($secret.SecretText)"
Write-Host "The secret expires on:    $($secret.EndDateTime.ToString('yyyy-MM-dd'))"
""",
}


def registration(
    tenant_id: str,
    cloud: Cloud,
    *,
    redirect_uri: str,
    permissions: Iterable[str],
    certificate: bytes,
) -> str:
    """Return the script. It makes a client secret unless there is a `certificate` (DER)."""
    names = sorted(permissions)
    tenant = "" if not tenant_id or tenant_id in PRACTICE_IDS else f" -TenantId {quoted(tenant_id)}"
    consent = {
        "scope": " ".join(full_names(names, cloud)),
        "redirect_uri": redirect_uri,
        "state": "admin-consent",
    }
    credential = _with_certificate(certificate) if certificate else _WITH_SECRET
    return _TEMPLATE % {
        "redirect_uri": quoted(redirect_uri),
        "cloud": _ENVIRONMENTS.get(cloud.key, "Global"),
        "tenant": tenant,
        "access": "\n".join(_access(names)),
        "login": quoted(cloud.login),
        "query": quoted(urlencode(consent)),
        **credential,
    }


def full_names(permissions: Iterable[str], cloud: Cloud) -> list[str]:
    """Return the permissions as an address for consent names them."""
    graph = cloud.graph.partition("/v1.0")[0]
    return [name if "/" in name else f"{graph}/{name}" for name in permissions]


def _access(names: list[str]) -> list[str]:
    """Return a line for each of Microsoft's APIs."""
    of_graph = [*(name for name in names if "/" not in name), _OFFLINE]
    of_exchange = [name.rpartition("/")[2] for name in names if "/" in name]
    needed = {_GRAPH: of_graph, _EXCHANGE: of_exchange}
    return [
        f"        Get-Access {quoted(api)} @({', '.join(map(quoted, wanted))})"
        for api, wanted in needed.items()
        if wanted
    ]


def _with_certificate(certificate: bytes) -> dict[str, str]:
    encoded = base64.b64encode(certificate).decode()
    return {
        "credential_comment": "the certificate that Mail Connector has made or was given",
        "before": f"""\
$application.KeyCredentials = @(@{{
    DisplayName = 'Mail Connector'
    Type        = 'AsymmetricX509Cert'
    Usage       = 'Verify'
    Key         = [Convert]::FromBase64String('{encoded}')
}})
""",
        "after": "",
        "told": "",
    }
