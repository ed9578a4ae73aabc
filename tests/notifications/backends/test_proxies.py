"""Everything that goes to Microsoft takes the proxy of the environment and our own CA: sign-in,
tokens, Graph with its uploads, and EWS, in each cloud. The emulator answers behind the proxy."""

from contextlib import closing
from urllib.parse import urlsplit

import pytest

from notifications.backends.errors import TransientError
from notifications.backends.microsoft import clouds
from notifications.mailbox.connection import Connection
from notifications.models import EmailSettings
from tests import factories, proxies
from tests.exchange_emulator.emulator import DESK

pytestmark = pytest.mark.django_db
BIG = 4 * 1024 * 1024


@pytest.fixture
def proxy(emulator, monkeypatch, settings, tmp_path):
    """It inspects TLS with a certificate authority of its own, and asks for a password."""
    for name in ("https_proxy", "NO_PROXY", "no_proxy", "REQUESTS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    with proxies.running(proxies.Proxy(asks_password=True, stands_for=emulator)) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url_with_password)
        settings.CA_BUNDLE = str(tmp_path / "proxy-ca.pem")
        proxy.authority.cert_pem.write_to_path(settings.CA_BUNDLE)
        yield proxy


def host(url):
    return urlsplit(url).hostname


def connect(emulator, **changes):
    """Sign in at the cloud of the settings; a backend with a token that was renewed."""
    row = factories.connect(emulator, **changes)
    connection = Connection.of(row.values())
    token = connection.token(row.account, force=True)
    return closing(connection.open(row.account, token=lambda: token.secret))


@pytest.mark.parametrize("api", ["graph", "ews"])
@pytest.mark.parametrize("cloud", clouds.REAL_CLOUDS.values(), ids=lambda cloud: cloud.key)
def test_each_cloud_is_reached_by_the_proxy_and_trusted_by_our_authority(
    proxy, emulator, settings, cloud, api
):
    settings.CLOUD = cloud.key

    with connect(emulator, api=api) as backend:
        assert backend.check().mailbox_checked
        backend.send(factories.message(subject="By proxy"), checkpoint=lambda _reference: None)

    assert [message["subject"] for message in emulator.messages()] == ["By proxy"]
    assert set(proxy.connected) == {host(cloud.login), host(getattr(cloud, api))}
    assert any(path.endswith("/oauth2/v2.0/token") for _host, path in proxy.paths)


def test_large_attachments_go_by_the_proxy_too(proxy, emulator, settings):
    settings.CLOUD = "global"
    message = factories.message(files=(factories.file(content=b"x" * BIG),))

    with connect(emulator) as backend:
        backend.send(message, checkpoint=lambda _reference: None)

    (sent,) = emulator.messages()
    assert len(emulator.mime(sent["n"])) > BIG
    assert any(path.startswith("/api/v2.0/") for _host, path in proxy.paths)


@pytest.mark.parametrize("api", ["graph", "ews"])
def test_hosts_in_no_proxy_are_reached_without_it(proxy, emulator, settings, monkeypatch, api):
    settings.CA_BUNDLE = emulator.ca
    monkeypatch.setenv("NO_PROXY", "localhost")

    with connect(emulator, api=api) as backend:
        assert backend.check().mailbox == DESK

    assert proxy.connected == []


def test_a_proxy_that_inspects_tls_is_not_trusted_without_our_authority(proxy, emulator, settings):
    settings.CLOUD, settings.CA_BUNDLE = "global", ""

    with pytest.raises(TransientError) as caught:
        factories.connect(emulator)

    assert caught.value.answer.code == "CertificateRefused"
    assert EmailSettings.objects.current().account is None
