"""Certificates as an application's credential: PEM, or PFX with a passphrase. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from notifications.i18n import gettext_noop as _

_KEY_SIZE = 2048  # bits
_LONGEST_NAME = 64  # characters of a common name (RFC 5280, upper bounds)
# Microsoft's clock may be behind ours.
_CLOCK_SKEW = timedelta(hours=1)


class CertificateError(ValueError):
    """The file cannot be used; str() tells the person who chose it why, as a translatable text."""


@dataclass(frozen=True, slots=True)
class CertificateInfo:
    """`thumbprint` is SHA-1 in capitals, as the Entra admin center shows it."""

    thumbprint: str
    expires_at: datetime


def read(data: bytes, passphrase: str = "") -> str:
    """Return the certificate and its private key, unencrypted, in one PEM text."""
    password = passphrase.encode() or None
    if b"-----BEGIN" in data:
        key, certificate = _read_pem(data, password)
    else:
        key, certificate = _read_pfx(data, password)
    if not isinstance(key, RSAPrivateKey):
        raise CertificateError(_("Microsoft Entra takes RSA keys only."))
    if key.public_key() != certificate.public_key():
        raise CertificateError(_("The private key does not belong to the certificate."))
    return _joined(key, certificate)


def make(name: str, *, now: datetime, valid_for: timedelta) -> str:
    """Make a key and a certificate for it that it signs itself; return both in one PEM text."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_SIZE)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:_LONGEST_NAME])])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCK_SKEW)
        .not_valid_after(now + valid_for)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _joined(key, certificate)


def public_der(pem: str) -> bytes:
    """Return the certificate without its key, as a .cer file holds it."""
    return x509.load_pem_x509_certificate(pem.encode()).public_bytes(Encoding.DER)


def describe(pem: str) -> CertificateInfo:
    """Return thumbprint and expiry of the certificate in a PEM text that `read` made."""
    certificate = x509.load_pem_x509_certificate(pem.encode())
    fingerprint = certificate.fingerprint(hashes.SHA1())  # noqa: S303 - Entra names it so
    return CertificateInfo(fingerprint.hex().upper(), certificate.not_valid_after_utc)


def for_msal(pem: str) -> dict[str, str]:
    """Return the credential as MSAL takes it; MSAL computes the thumbprint itself."""
    key, marker, certificate = pem.partition("-----BEGIN CERTIFICATE-----")
    return {"private_key": key, "public_certificate": marker + certificate}


def _joined(key: RSAPrivateKey, certificate: x509.Certificate) -> str:
    key_pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return (key_pem + certificate.public_bytes(Encoding.PEM)).decode()


def _read_pem(data: bytes, password: bytes | None) -> tuple[PrivateKeyTypes, x509.Certificate]:
    if b"PRIVATE KEY-----" not in data:
        raise CertificateError(_("The file has no private key; choose the one with both."))
    try:
        key = load_pem_private_key(data, password)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CertificateError(
            _("The private key cannot be read: check the passphrase.")
        ) from error
    try:
        chain = x509.load_pem_x509_certificates(data)
    except ValueError as error:
        raise CertificateError(
            _("The file has no certificate; choose the one with both.")
        ) from error
    # The certificates of issuers may stand before or after the certificate itself.
    own = [each for each in chain if each.public_key() == key.public_key()]
    return key, (own or chain)[0]


def _read_pfx(data: bytes, password: bytes | None) -> tuple[PrivateKeyTypes, x509.Certificate]:
    try:
        key, certificate, _others = pkcs12.load_key_and_certificates(data, password)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise CertificateError(
            _("The file cannot be read: it is neither PEM nor PFX, or the passphrase is wrong.")
        ) from error
    if key is None or certificate is None:
        raise CertificateError(_("The file must hold a certificate and its private key."))
    return key, certificate
