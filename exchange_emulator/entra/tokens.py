"""Sign access and id tokens as JSON Web Tokens, by a key of the data folder.

A signed token needs no row in the database and survives a restart of the
emulator, so a client goes on with what it has.
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


class InvalidTokenError(ValueError):
    """Carry the text that Graph answers to a bad token."""


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class Signer:
    def __init__(self, folder: Path) -> None:
        self._key = _load_or_make(folder / "signing-key.pem")
        public = self._key.public_key().public_numbers()
        modulus = public.n.to_bytes((public.n.bit_length() + 7) // 8, "big")
        self.key_id = encode(hashlib.sha256(modulus).digest()[:20])
        self.jwk = {
            "kty": "RSA",
            "use": "sig",
            "kid": self.key_id,
            "x5t": self.key_id,
            "n": encode(modulus),
            "e": encode(public.e.to_bytes(3, "big")),
        }
        # A client repeats its token in every request; checking the signature once is enough.
        self._seen: dict[str, dict[str, Any]] = {}

    def sign(self, claims: dict[str, Any]) -> str:
        header = {"typ": "JWT", "alg": "RS256", "kid": self.key_id}
        text = ".".join(encode(json.dumps(part).encode()) for part in (header, claims))
        signature = self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{text}.{encode(signature)}"

    def verify(self, token: str) -> dict[str, Any]:
        """Return the claims of a token with a good signature; the caller judges the expiry."""
        if token in self._seen:
            return self._seen[token]
        claims = self._check(token)
        if len(self._seen) > 1000:  # noqa: PLR2004 - far more than clients of one test bench
            self._seen.clear()
        self._seen[token] = claims
        return claims

    def _check(self, token: str) -> dict[str, Any]:
        signed, _, signature = token.rpartition(".")
        if token.count(".") != 2:  # noqa: PLR2004 - RFC 7519: header, claims, signature
            raise InvalidTokenError("IDX14100: JWT is not well formed, there are no dots (.).")
        try:
            self._key.public_key().verify(
                decode(signature), signed.encode(), padding.PKCS1v15(), hashes.SHA256()
            )
            claims: dict[str, Any] = json.loads(decode(signed.partition(".")[2]))
        except (InvalidSignature, ValueError) as error:
            raise InvalidTokenError("Signature verification failed.") from error
        return claims


def _load_or_make(path: Path) -> rsa.RSAPrivateKey:
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        if isinstance(key, rsa.RSAPrivateKey):
            return key
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path.touch(mode=0o600)
    path.write_bytes(
        made.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return made
