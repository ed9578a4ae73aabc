"""Delivery results on the settings page: the registration of message trace, and Check now."""

import re
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from notifications import vault
from notifications.backends.microsoft import certificates
from notifications.models import DeliveryPoll, EmailSettings, SignInDraft
from tests.exchange_emulator.emulator import TENANT
from tests.notifications.mailbox.tracking import CLIENT, SECRET
from tests.settings_ui.conftest import URL

pytestmark = pytest.mark.django_db
CHECK, CREATE, CER = f"{URL}trace/", f"{URL}trace/certificate/", f"{URL}trace/certificate.cer"
OWN = {
    "trace": "on",
    "trace_registration": "own",
    "trace_tenant_id": TENANT,
    "trace_client_id": CLIENT,
    "trace_credential": "secret",
}


def text_of(response):
    return response.content.decode()


def check(person, **changes):
    return text_of(person.client.post(CHECK, person.form(**OWN | changes), follow=True))


def upload(emulator, public):
    emulator.control("POST", "certificates", json={"client_id": CLIENT, "pem": public.decode()})


def test_the_secret_is_checked_before_it_is_saved(megan, emulator):
    assert "Message trace answers" in check(megan, trace_secret=SECRET)
    assert EmailSettings.objects.current().trace_secret == ""


@pytest.mark.parametrize(
    ("switch", "words"),
    [
        (
            {"service_principal": 0},
            "New-MgServicePrincipal -AppId 8bd644d1-64a1-4d4b-ae52-2e0cbf64e373",
        ),
        ({"consent": 0}, "ExchangeMessageTrace.Read.All"),
        ({"requests_per_5_minutes": 0}, "other tools share this limit"),
    ],
)
def test_a_refusal_says_what_to_do(megan, emulator, switch, words):
    emulator.control("POST", "tracing", json=switch)
    assert words in check(megan, trace_secret=SECRET)


def test_what_was_in_the_way_is_shown_as_long_as_somebody_asks(megan):
    DeliveryPoll.objects.made().update(
        trace_status=401, trace_code="AADSTS7000229", trace_at=timezone.now(),
        trace_message="No principal, said Microsoft.",
        inbox_code="ErrorAccessDenied", inbox_message="Not yours.",
    )  # fmt: skip
    words = ("No principal, said Microsoft.", "Not yours.")
    assert not [each for each in words if each in text_of(megan.client.get(URL))]
    EmailSettings.objects.update(trace=True, read_reports=True)
    shown = text_of(megan.client.get(URL))
    assert [each for each in words if each in shown] == list(words)


def test_a_wrong_secret_is_named(megan, emulator):
    assert "client secret" in check(megan, trace_secret="practice~Wrong")


def test_a_certificate_from_a_file_asks_the_trace(megan, emulator):
    pem = certificates.make("Trace", now=timezone.now(), valid_for=timedelta(days=30))
    upload(
        emulator,
        x509.load_der_x509_certificate(certificates.public_der(pem)).public_bytes(Encoding.PEM),
    )
    file = SimpleUploadedFile("trace.pem", pem.encode())
    with_file = {"trace_credential": "certificate", "trace_certificate_file": file}

    assert "Message trace answers" in check(megan, **with_file)

    file.seek(0)
    megan.save(**OWN | with_file)
    saved = EmailSettings.objects.current()
    assert "PRIVATE KEY" in vault.unseal(saved.trace_certificate, "trace_certificate")
    assert saved.certificate == ""
    page = text_of(megan.client.get(URL))
    assert certificates.describe(pem).thumbprint in page
    assert "PRIVATE KEY" not in page


def test_a_certificate_is_made_and_its_cer_file_lets_the_connector_in(megan, emulator):
    address = megan.client.post(CREATE, megan.form(**OWN)).url
    page = text_of(megan.client.get(address))
    assert "The certificate has been created." in page
    assert re.search(r"Thumbprint</dt><dd><code>[0-9A-F]{40}</code>", page)
    draft = megan.draft(address)
    answer = megan.client.get(CER, {"draft": draft})
    upload(emulator, x509.load_der_x509_certificate(answer.content).public_bytes(Encoding.PEM))

    assert "Message trace answers" in check(megan, trace_credential="certificate", draft=draft)
    assert EmailSettings.objects.current().trace_certificate == ""


def test_a_passphrase_is_kept_nowhere(megan):
    form = megan.form(**OWN, trace_passphrase="not-to-be-kept")
    address = megan.client.post(CREATE, form).url
    assert "not-to-be-kept" not in text_of(megan.client.get(address))
    draft = SignInDraft.objects.get()
    assert "not-to-be-kept" not in SignInDraft.form.field.open(draft)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("trace_tenant_id", "common", "Enter the tenant"),
        ("trace_client_id", "4711", "The client ID is a GUID"),
        ("report_mailboxes", "nobody", "is not an e-mail address"),
        (
            "report_mailboxes",
            "\n".join(f"n{n}@x.example" for n in range(21)),
            "20 mailboxes at most",
        ),
        ("suppression_days", "0", "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(megan, name, value, words):
    answer = megan.save(**OWN | {name: value})
    assert answer.status_code == 422
    assert words in text_of(answer)


def test_the_labels_are_there(megan):
    page = text_of(megan.client.get(URL))
    for label in (
        "Delivery results",
        "Track delivery with message trace",
        "Tenant",
        "Client ID",
        "How to grant",
        "Check now",
        "Read non-delivery reports (NDRs)",
        "Further mailboxes",
        "What to do with them",
        "Leave them",
        "Mark as read",
        "Move to the folder",
        "Do not send to addresses that bounced",
        "When it is reached",
        "Refuse",
        "Hold",
    ):
        assert label in page
