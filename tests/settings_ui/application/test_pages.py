"""A certificate that is made here, and the script that registers the application."""

import re

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from notifications import vault
from notifications.models import EmailSettings, SignInDraft
from tests import factories
from tests.exchange_emulator.emulator import CLIENT, DESK, TENANT
from tests.settings_ui.conftest import URL, Person

pytestmark = pytest.mark.django_db
CREATE, CER = f"{URL}certificate/", f"{URL}certificate.cer"


def text_of(response):
    return response.content.decode()


def create(person, **changes):
    """Click Create certificate; return the page's address."""
    form = person.form(credential="certificate", client_secret="", **changes)
    return person.client.post(CREATE, form).url


def test_a_certificate_is_made_shown_and_kept_until_save(megan):
    address = create(megan, from_address="kept@contoso.example")

    page = text_of(megan.client.get(address))

    assert "The certificate has been created." in page
    assert re.search(r"Thumbprint</dt><dd><code>[0-9A-F]{40}</code>", page)
    assert 'value="kept@contoso.example"' in page
    assert EmailSettings.objects.current().certificate == ""
    megan.save(draft=megan.draft(address), credential="certificate")
    saved = EmailSettings.objects.current()
    assert "PRIVATE KEY" in vault.unseal(saved.certificate, "certificate")
    assert saved.credential == "certificate"


def test_its_key_is_sealed_and_in_no_answer(megan):
    address = create(megan)
    draft = megan.draft(address)

    answers = [megan.client.get(address), megan.client.get(CER, {"draft": draft})]

    assert "PRIVATE KEY" not in SignInDraft.objects.get().form
    assert all(b"PRIVATE" not in answer.content for answer in answers)


def test_the_cer_file_is_the_certificate_that_signs_in(megan, emulator):
    address = create(megan)
    draft = megan.draft(address)
    answer = megan.client.get(CER, {"draft": draft})
    found = x509.load_der_x509_certificate(answer.content)
    assert re.fullmatch(
        r'attachment; filename="mail-connector-[0-9A-F]{8}\.cer"', answer["Content-Disposition"]
    )
    assert "Mail Connector localhost" in found.subject.rfc4514_string()
    public = found.public_bytes(Encoding.PEM).decode()
    emulator.control("POST", "certificates", json={"client_id": CLIENT, "pem": public})

    form = {"credential": "certificate", "client_secret": "", "draft": draft}
    page = text_of(megan.client.get(megan.sign_in(emulator, **form)))

    assert f"Signed in as {DESK} (not saved yet)." in page


def test_nobody_gets_the_certificate_of_another_persons_draft(megan):
    draft = megan.draft(create(megan))

    assert Person(factories.user("alex")).client.get(CER, {"draft": draft}).status_code == 404


def test_a_secret_of_the_environment_allows_no_certificate(megan, settings):
    settings.CLIENT_SECRET = "environment~secret"

    response = megan.client.post(CREATE, megan.form())

    assert response.status_code == 422
    assert "Create certificate</button>" not in text_of(response)
    assert not SignInDraft.objects.exists()


def test_practice_values_of_a_real_cloud_are_called_out(megan, unconnected, settings):
    EmailSettings.objects.update(tenant_id=TENANT, client_id=CLIENT)
    settings.CLOUD = "global"

    page = text_of(megan.client.get(URL))

    assert "These are practice values: nothing can be sent with them." in page
    assert f'href="{URL}practice/"' in page
    assert '<details class="mc-fold" id="application" open>' in page


def test_the_script_is_handed_out_for_the_values_on_the_page(megan, settings):
    settings.CLOUD = "page"
    form = megan.form(delegation="on", tenant_id="fabrikam.com", cloud="china")

    answer = megan.client.post(f"{URL}register.ps1", form)

    assert answer["Content-Disposition"] == 'attachment; filename="register-mail-connector.ps1"'
    assert answer.content.startswith(b"\xef\xbb\xbf#")
    script = answer.content.decode("utf-8-sig")
    assert "'Mail.ReadWrite', 'Mail.Send', 'Mail.Send.Shared', 'offline_access'" in script
    assert "-Environment China -TenantId 'fabrikam.com'" in script
    assert "$redirectUri = 'http://localhost:8000/oauth/callback'" in script


def test_the_page_shows_it_to_be_copied(megan):
    page = text_of(megan.client.get(URL))

    assert "New-MgApplication @application" in page
    assert 'data-copies="script-text"' in page
