"""Check a client assertion, which a certificate has signed.

Source: "Microsoft identity platform application authentication certificate
credentials".
"""

import base64
import hashlib
import json
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from exchange_emulator.directory import App
from exchange_emulator.entra.errors import EntraError
from exchange_emulator.entra.tokens import decode
from exchange_emulator.world import World


def check(world: World, app: App, assertion: str) -> None:
    """Raise AADSTS700027 if the assertion is not this client's, badly signed or expired."""
    try:
        header, claims, signature = (decode(part) for part in assertion.split("."))
        parsed, claimed = json.loads(header), json.loads(claims)
    except (ValueError, RecursionError) as error:
        raise EntraError(700027, reason="The assertion is malformed.") from error
    if not isinstance(parsed, dict) or not isinstance(claimed, dict):
        raise EntraError(700027, reason="The assertion is malformed.")
    signed = assertion.rpartition(".")[0].encode()
    if not any(_signed_by(pem, parsed, signed=signed, signature=signature)
               for pem in app.certificates):  # fmt: skip
        raise EntraError(700027, reason="The key was not found.")
    _check_claims(app, claimed, now=world.clock.now())


def _signed_by(pem: str, header: dict[str, Any], *, signed: bytes, signature: bytes) -> bool:
    certificate = x509.load_pem_x509_certificate(pem.encode())
    der = certificate.public_bytes(serialization.Encoding.DER)
    thumbprints = {
        "x5t#S256": _encode(hashlib.sha256(der).digest()),
        "x5t": _encode(hashlib.sha1(der).digest()),  # noqa: S324 - Entra takes it from old clients
    }
    if not any(
        str(header.get(name, "")).rstrip("=") == value for name, value in thumbprints.items()
    ):
        return False
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey):
        return False
    scheme = (
        padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
        if header.get("alg") == "PS256"
        else padding.PKCS1v15()
    )
    try:
        key.verify(signature, signed, scheme, hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _check_claims(app: App, claims: dict[str, Any], *, now: float) -> None:
    if claims.get("iss") != app.client_id or claims.get("sub") != app.client_id:
        raise EntraError(700027, reason="The issuer is not the client.")
    if not isinstance(claims.get("exp"), int | float) or claims["exp"] < now:
        raise EntraError(700027, reason="The assertion has expired.")


def _encode(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
