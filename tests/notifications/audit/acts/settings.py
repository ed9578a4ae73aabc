"""Acts with E-mail > Settings. `megan` is somebody at that page."""

from notifications.backends.microsoft.clouds import PRACTICE_CLIENT_ID, PRACTICE_TENANT_ID
from notifications.models import EmailSettings
from notifications.models.audit.act import Act
from tests.settings_ui.conftest import URL


def save(megan):
    megan.save(messages_a_minute="12")
    assert EmailSettings.objects.current().messages_a_minute == 12


def track_delivery(megan):
    megan.save(
        trace="on", trace_registration="own", trace_tenant_id="fabrikam.com",
        trace_client_id="3f0d4c52-5c1b-4b43-8f0e-c0a7050e0009", trace_credential="secret",
        trace_secret="very-s3cret",
    )  # fmt: skip
    assert EmailSettings.objects.current().trace


def download_the_certificate(megan):
    form = megan.form(credential="certificate", client_secret="")
    address = megan.client.post(f"{URL}certificate/", form).url
    answer = megan.client.get(f"{URL}certificate.cer", {"draft": megan.draft(address)})
    assert answer.status_code == 200


def download_the_script(megan):
    assert megan.client.post(f"{URL}register.ps1", megan.form()).status_code == 200


def leave_practice(megan):
    EmailSettings.objects.update(tenant_id=PRACTICE_TENANT_ID, client_id=PRACTICE_CLIENT_ID)
    assert megan.client.post(f"{URL}practice/").status_code == 302


OF_SETTINGS = {
    "save the settings": (Act.CHANGED, save),
    "track delivery": (Act.CHANGED, track_delivery),
    "download the certificate": (Act.EXPORTED, download_the_certificate),
    "download the script": (Act.EXPORTED, download_the_script),
    "leave practice mode": (Act.PRACTICE_LEFT, leave_practice),
}
