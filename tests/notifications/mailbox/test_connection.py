"""From settings to a backend: clouds, what the environment fixes, what a sign-in needs."""

from pathlib import Path

import certifi
import pytest

from notifications import vault
from notifications.backends.errors import AuthError
from notifications.backends.microsoft.ews.backend import EwsBackend
from notifications.backends.microsoft.graph.backend import GraphBackend
from notifications.mailbox.connection import Connection, fixed_by_environment, verify
from notifications.models.settings import SettingsValues
from tests import factories

HOSTS = {
    "global": ("login.microsoftonline.com", "graph.microsoft.com", "outlook.office365.com"),
    "gcc-high": ("login.microsoftonline.us", "graph.microsoft.us", "outlook.office365.us"),
    "dod": ("login.microsoftonline.us", "dod-graph.microsoft.us", "webmail.apps.mil"),
    "china": (
        "login.chinacloudapi.cn",
        "microsoftgraph.chinacloudapi.cn",
        "partner.outlook.cn",
    ),
}


@pytest.mark.parametrize("key", list(HOSTS))
@pytest.mark.parametrize("chosen_on_the_page", [True, False])
def test_each_cloud_has_its_own_hosts(settings, key, chosen_on_the_page):
    settings.CLOUD = "page" if chosen_on_the_page else key
    login, graph, ews = HOSTS[key]

    cloud = Connection.of(SettingsValues(cloud=key if chosen_on_the_page else "global")).cloud

    assert cloud.login == f"https://{login}"
    assert cloud.graph == f"https://{graph}/v1.0"
    assert cloud.ews == f"https://{ews}/EWS/Exchange.asmx"
    assert cloud.browser_origin == cloud.login
    assert not cloud.is_practice


def test_a_custom_cloud_is_what_the_environment_says(settings):
    settings.CLOUD = "custom"
    settings.LOGIN_SERVICE_URL = "https://login.example"
    settings.GRAPH_URL = "https://graph.example/v1.0"
    settings.EWS_URL = "https://outlook.example/EWS/Exchange.asmx"

    cloud = Connection.of(SettingsValues()).cloud

    assert (cloud.login, cloud.graph) == ("https://login.example", "https://graph.example/v1.0")
    assert cloud.ews_permission == "https://outlook.example/EWS.AccessAsUser.All"


def test_the_sign_in_is_asked_at_the_clouds_own_address(settings):
    settings.CLOUD = "china"
    values = SettingsValues(
        tenant_id="contoso.example", client_secret=vault.seal("secret", "client_secret")
    )

    application = Connection.of(values).application()

    assert application.authority == "https://login.chinacloudapi.cn/contoso.example"


@pytest.mark.parametrize(
    ("changes", "needed"),
    [
        ({}, {"Mail.Send", "Mail.ReadWrite"}),
        ({"protection": False}, {"Mail.Send"}),
        ({"delegation": True}, {"Mail.Send", "Mail.ReadWrite", "Mail.Send.Shared"}),
        ({"protection": False, "delegation": True}, {"Mail.Send", "Mail.Send.Shared"}),
        ({"api": "ews"}, {"https://outlook.office365.com/EWS.AccessAsUser.All"}),
        (
            {"api": "ews", "delegation": True},
            {"https://outlook.office365.com/EWS.AccessAsUser.All"},
        ),
    ],
)
def test_the_permissions_follow_api_delegation_and_protection(settings, changes, needed):
    settings.CLOUD = "global"

    assert Connection.of(SettingsValues(**changes)).permissions == needed


@pytest.mark.django_db
@pytest.mark.parametrize(("api", "kind"), [("graph", GraphBackend), ("ews", EwsBackend)])
def test_each_api_has_its_backend(api, kind):
    values = SettingsValues(api=api)

    backend = Connection.of(values).open(factories.account(), token=lambda: "token")

    assert type(backend) is kind
    backend.close()


def test_what_the_environment_gives_goes_before_the_page(settings):
    settings.CLIENT_ID = "from-the-environment"
    settings.CLIENT_SECRET = "environment~secret"

    values = Connection.of(SettingsValues(client_id="typed", tenant_id="typed")).values

    assert (values.client_id, values.tenant_id) == ("from-the-environment", "typed")
    assert vault.unseal(values.client_secret, "client_secret") == "environment~secret"
    assert set(fixed_by_environment()) == {"client_id", "client_secret", "credential"}


def test_a_certificate_is_a_credential_as_msal_takes_it():
    pem = factories.certificate_pem().decode()
    values = SettingsValues(credential="certificate", certificate=vault.seal(pem, "certificate"))

    credential = Connection.of(values).application().credential

    assert "PRIVATE KEY" in credential["private_key"]
    assert credential["public_certificate"].startswith("-----BEGIN CERTIFICATE-----")


def test_a_secret_without_its_key_is_named_as_such():
    with pytest.raises(AuthError) as caught:
        Connection.of(SettingsValues(client_secret="sealed with a lost key")).application()

    assert caught.value.answer.code == "KeyMissing"


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({}, ["Tenant ID", "Client ID", "Client secret"]),
        ({"tenant_id": "t", "client_id": "c"}, ["Client secret"]),
        ({"tenant_id": "t", "client_id": "c", "credential": "certificate"}, ["Certificate"]),
        ({"tenant_id": "t", "client_id": "c", "client_secret": "s"}, []),
    ],
)
def test_what_a_sign_in_still_lacks_is_named(given, missing):
    assert Connection.of(SettingsValues(**given)).missing == missing


def test_our_own_authority_is_trusted_besides_the_usual_ones(settings, tmp_path):
    own = tmp_path / "own.pem"
    own.write_text("own")
    settings.CLOUD, settings.CA_BUNDLE = "global", str(own)

    trusted = verify()

    assert Path(trusted).read_bytes() == Path(certifi.where()).read_bytes() + b"\nown"
    assert verify() == trusted
    own.write_text("another")
    assert verify() != trusted


def test_an_authority_that_is_not_there_is_left_to_who_opens_it(settings):
    settings.CLOUD, settings.CA_BUNDLE = "global", "/nowhere/ca.pem"

    assert verify() == "/nowhere/ca.pem"
