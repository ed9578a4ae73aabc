"""Microsoft's clouds, with the hosts of their sign-in, Graph and EWS.

Sources: "National cloud deployments" (Microsoft Graph) for login and Graph hosts,
"Connect-ExchangeOnline" (Exchange PowerShell) for the Exchange hosts.
"""

from dataclasses import dataclass

from notifications.i18n import gettext_noop as _

EMULATOR = "emulator"  # the key of the cloud for practice
# The emulator's default seed (docs/emulator.md); these values open nothing else.
PRACTICE_TENANT_ID = "7a1c9c1e-3b5d-4e0a-9a43-c0a7050e0001"
PRACTICE_CLIENT_ID = "3f0d4c52-5c1b-4b43-8f0e-c0a7050e0002"
PRACTICE_TRACE_CLIENT_ID = "3f0d4c52-5c1b-4b43-8f0e-c0a7050e0005"  # of message trace
# People log in to practice by this application of the emulator; it opens nothing else.
PRACTICE_LOGIN_CLIENT_ID = "3f0d4c52-5c1b-4b43-8f0e-c0a7050e0007"
PRACTICE_LOGIN_SECRET = "practice~Login.Value-Not-The-Id_0003"  # noqa: S105 - public
PRACTICE_IDS = frozenset({PRACTICE_TENANT_ID, PRACTICE_CLIENT_ID})


@dataclass(frozen=True, slots=True)
class Cloud:
    """The base URLs have no trailing slash; `login` is followed by /<tenant>."""

    key: str
    label: str
    login: str
    graph: str
    ews: str
    # The browser is sent here to sign in, if not to `login`: the emulator's pages are on http
    # because no browser trusts its certificate.
    login_pages: str = ""
    # EWS.AccessAsUser.All is a permission of this resource; "" stands for the host of `ews`.
    ews_resource: str = ""

    @property
    def ews_permission(self) -> str:
        resource = self.ews_resource or self.ews.lower().partition("/ews/")[0]
        return f"{resource}/EWS.AccessAsUser.All"

    @property
    def is_practice(self) -> bool:
        return self.key == EMULATOR

    @property
    def browser_origin(self) -> str:
        return self.login_pages or self.login


GLOBAL = Cloud(
    key="global",
    label=_("Worldwide (also GCC)"),
    login="https://login.microsoftonline.com",
    graph="https://graph.microsoft.com/v1.0",
    ews="https://outlook.office365.com/EWS/Exchange.asmx",
)
GCC_HIGH = Cloud(
    key="gcc-high",
    label=_("US Gov GCC High"),
    login="https://login.microsoftonline.us",
    graph="https://graph.microsoft.us/v1.0",
    ews="https://outlook.office365.us/EWS/Exchange.asmx",
)
DOD = Cloud(
    key="dod",
    label=_("US Gov DoD"),
    login="https://login.microsoftonline.us",
    graph="https://dod-graph.microsoft.us/v1.0",
    ews="https://webmail.apps.mil/EWS/Exchange.asmx",
)
CHINA = Cloud(
    key="china",
    label=_("China 21Vianet"),
    login="https://login.chinacloudapi.cn",
    graph="https://microsoftgraph.chinacloudapi.cn/v1.0",
    ews="https://partner.outlook.cn/EWS/Exchange.asmx",
)

REAL_CLOUDS = {cloud.key: cloud for cloud in (GLOBAL, GCC_HIGH, DOD, CHINA)}
