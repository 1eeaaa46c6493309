"""Tokens as an attacker would make them, piece by piece: no library is asked whether that is wise."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from services.kernel.identity.keys import key_id

Signer = Callable[[bytes], bytes]


@dataclass(frozen=True, slots=True)
class Forger:
    """Signs what it likes: with the issuer's own key where a token shall be wrong in one other thing only."""

    key: Ed25519PrivateKey

    @classmethod
    def with_key_in(cls, file: Path) -> "Forger":
        """With the private key of the system under attack."""
        key = load_pem_private_key(file.read_bytes(), password=None)
        assert isinstance(key, Ed25519PrivateKey)
        return cls(key)

    @property
    def pem(self) -> bytes:
        """The public key as everybody can have it."""
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def good(self, *, without: str = "", **claims: Any) -> str:
        """A token that is good but for these claims."""
        return self.signed({}, without=without, **claims)

    def signed(self, header: dict[str, Any], *, without: str = "", **claims: Any) -> str:
        """The same with members of the header changed."""
        return assembled(self._header() | header, _claims(without, claims), self.key.sign)

    def by_hmac(self, secret: bytes) -> str:
        """HS256 with something public as the secret (CVE-2015-9235 and its many children)."""
        header = self._header() | {"alg": "HS256"}
        return assembled(header, _claims("", {}), lambda data: hmac.digest(secret, data, hashlib.sha256))

    def unsigned(self, algorithm: str) -> str:
        """No signature at all, and says so."""
        return assembled(self._header() | {"alg": algorithm}, _claims("", {}), lambda _: b"")

    def by_stranger(self, **header: Any) -> str:
        """Another key under the issuer's name."""
        return assembled(self._header() | header, _claims("", {}), Ed25519PrivateKey.generate().sign)

    def _header(self) -> dict[str, Any]:
        return {"alg": "EdDSA", "typ": "JWT", "kid": key_id(self.key.public_key())}


def assembled(header: dict[str, Any], claims: dict[str, Any], sign: Signer) -> str:
    """The three parts of a token."""
    signing = f"{_part(header)}.{_part(claims)}"
    return f"{signing}.{_encoded(sign(signing.encode()))}"


def with_claims(token: str, **changes: Any) -> str:
    """The token with claims exchanged under its old signature."""
    header, claims, signature = token.split(".")
    old = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))
    return f"{header}.{_part(old | changes)}.{signature}"


def _claims(without: str, changes: dict[str, Any]) -> dict[str, Any]:
    now = int(time.time())
    usual = {
        "sub": "u.head",
        "name": "某",
        "roles": ["bureau_head", "supervisor", "operator", "registrar", "it_staff", "clerk"],
        "department": "D00",
        "posts": [],
        "township": False,
        "iss": "guihua",
        "aud": "guihua",
        "iat": now,
        "exp": now + 3600,
    }
    return {name: value for name, value in (usual | changes).items() if name != without}


def _part(value: dict[str, Any]) -> str:
    return _encoded(json.dumps(value).encode())


def _encoded(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
