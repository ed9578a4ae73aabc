from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from notifications.backends.microsoft import certificates
from notifications.backends.microsoft.certificates import CertificateError

EXPIRES_AT = datetime(2027, 6, 1, tzinfo=UTC)


def certificate_for(key, *, issuer_key=None):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Mail Connector")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(4711)
        .not_valid_before(EXPIRES_AT - timedelta(days=365))
        .not_valid_after(EXPIRES_AT)
        .sign(issuer_key or key, hashes.SHA256())
    )


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def other_key():
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def certificate(key):
    return certificate_for(key)


def pem(key, *certificates, passphrase=""):
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)
    return text + b"".join(each.public_bytes(Encoding.PEM) for each in certificates)


def pfx(key, certificate, passphrase=""):
    encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
    return pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, encryption)


def test_pem_and_pfx_give_the_same_certificate(key, certificate):
    expected = pem(key, certificate).decode()
    assert certificates.read(pem(key, certificate)) == expected
    assert certificates.read(pem(key, certificate, passphrase="pass ü"), "pass ü") == expected
    assert certificates.read(pfx(key, certificate)) == expected
    assert certificates.read(pfx(key, certificate, "pass ü"), "pass ü") == expected


def test_its_thumbprint_and_expiry_are_those_that_entra_shows(key, certificate):
    info = certificates.describe(certificates.read(pem(key, certificate)))
    assert info.expires_at == EXPIRES_AT
    sha1 = certificate.fingerprint(hashes.SHA1())  # noqa: S303 - Entra names it so
    assert info.thumbprint == sha1.hex().upper()


def test_msal_gets_key_and_certificate_apart(key, certificate):
    parts = certificates.for_msal(certificates.read(pem(key, certificate)))
    assert parts["private_key"] == pem(key).decode()
    assert parts["public_certificate"] == certificate.public_bytes(Encoding.PEM).decode()


def test_issuers_may_stand_before_the_certificate(key, other_key, certificate):
    chain = pem(key, certificate_for(other_key), certificate)
    assert certificates.read(chain) == pem(key, certificate).decode()


@pytest.mark.parametrize("passphrase", ["wrong", ""])
def test_a_wrong_passphrase_is_told(key, certificate, passphrase):
    for data in (pfx(key, certificate, "right"), pem(key, certificate, passphrase="right")):
        with pytest.raises(CertificateError, match="passphrase"):
            certificates.read(data, passphrase)


def test_an_elliptic_curve_key_is_refused_because_entra_refuses_it():
    key = ec.generate_private_key(ec.SECP256R1())
    for data in (pem(key, certificate_for(key)), pfx(key, certificate_for(key))):
        with pytest.raises(CertificateError, match="RSA keys only"):
            certificates.read(data)


def test_a_key_of_another_certificate_is_refused(key, other_key):
    with pytest.raises(CertificateError, match="does not belong"):
        certificates.read(pem(key, certificate_for(other_key)))


def test_half_a_file_is_told_by_the_half_that_is_missing(key, certificate):
    with pytest.raises(CertificateError, match="no private key"):
        certificates.read(certificate.public_bytes(Encoding.PEM))
    with pytest.raises(CertificateError, match="no certificate"):
        certificates.read(pem(key))
    with pytest.raises(CertificateError, match="must hold a certificate and its private key"):
        certificates.read(
            pkcs12.serialize_key_and_certificates(None, None, certificate, None, NoEncryption())
        )


@pytest.mark.parametrize("data", [b"", b"garbage", b"-----BEGIN PRIVATE KEY-----\nx", b"\x30\x82"])
def test_garbage_is_refused_clearly(data):
    with pytest.raises(CertificateError, match=r"cannot be read|no private key"):
        certificates.read(data)


def test_a_certificate_is_made_that_is_read_like_any_other():
    now = datetime.now(UTC).replace(microsecond=0)

    pem = certificates.make("Mail Connector", now=now, valid_for=timedelta(days=365))

    assert certificates.read(pem.encode()) == pem
    assert certificates.describe(pem).expires_at == now + timedelta(days=365)
    public = x509.load_der_x509_certificate(certificates.public_der(pem))
    assert public.issuer == public.subject
    assert public.not_valid_before_utc < now
    public.verify_directly_issued_by(public)


def test_two_certificates_have_keys_of_their_own():
    now, year = datetime.now(UTC), timedelta(days=365)

    thumbprints = {
        certificates.describe(certificates.make("x" * 100, now=now, valid_for=year)).thumbprint
        for _ in range(2)
    }

    assert len(thumbprints) == 2
