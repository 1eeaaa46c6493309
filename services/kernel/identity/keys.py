"""The issuer's keys: from a file, or from the address where an identity provider publishes them (JWKS, RFC 7517)."""

import asyncio
import base64
import hashlib
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from services.kernel.problem import Problem

_TIMEOUT: Final = 3.0
_FRESH: Final = 600.0
"""Seconds after which the keys are fetched anew, so that a withdrawn key is soon refused."""
_APART: Final = 10.0
"""Seconds between two fetches: nobody can make us hammer the provider with invented key ids."""


class KeysAway(Problem):
    """The issuer's keys cannot be had, so no token can be judged."""

    status = 503
    code = "keys-away"
    zh = "统一认证服务暂时不可用,无法核验登录"
    en = "the identity provider is away; no sign-in can be checked"
    remedy_zh = "请在 10 秒后重试"
    remedy_en = "try again in 10 seconds"
    headers: ClassVar[Mapping[str, str]] = {"Retry-After": "10"}


class Keys(Protocol):
    """Where public keys come from."""

    async def key(self, kid: str | None) -> Ed25519PublicKey | None:
        """The key with this id, or None if the issuer has no such key. Raises KeysAway when it cannot be told."""


class FileKey:
    """The one key of a local run, whatever id a token names."""

    def __init__(self, path: Path) -> None:
        self._key = public_key(path)

    async def key(self, kid: str | None) -> Ed25519PublicKey | None:  # noqa: ARG002 - see the class
        """The file's key."""
        return self._key


class PublishedKeys:
    """The keys at a JWKS address: fetched when needed, kept for ten minutes, fetched anew for an unknown id."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keys: Mapping[str, Ed25519PublicKey] = {}
        self._fetched = -_FRESH
        self._tried = -_APART
        self._lock = asyncio.Lock()

    async def key(self, kid: str | None) -> Ed25519PublicKey | None:
        """The key with this id; a token without an id fits only an issuer that has a single key."""
        found = self._known(kid)
        stale = time.monotonic() - self._fetched > _FRESH and not self._lock.locked()
        if found is None or stale:
            await self._refresh()
            found = self._known(kid)
        if found is None and not self._keys:
            raise KeysAway
        return found

    def _known(self, kid: str | None) -> Ed25519PublicKey | None:
        if kid is None and len(self._keys) == 1:
            return next(iter(self._keys.values()))
        return self._keys.get(kid or "")

    async def _refresh(self) -> None:
        """Fetch the keys; on failure the old ones stay good."""
        async with self._lock:
            if time.monotonic() - self._tried < _APART:
                return
            self._tried = time.monotonic()
            if (fetched := await _fetched(self._url)) is not None:
                self._keys, self._fetched = fetched, time.monotonic()


async def _fetched(url: str) -> dict[str, Ed25519PublicKey] | None:
    """The keys at a JWKS address; None when they cannot be had now."""
    import httpx  # noqa: PLC0415 - a tenth of a service's start, and most services never fetch a key

    try:
        async with httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False) as client:
            answer = await client.get(url)
        return _ed25519_keys(answer.raise_for_status().json())
    except (httpx.HTTPError, ValueError):
        return None


def public_key(path: Path) -> Ed25519PublicKey:
    """The Ed25519 public key in a PEM file. Raises OSError, or ValueError when the file holds anything else."""
    with suppress(ValueError, UnsupportedAlgorithm):
        key = load_pem_public_key(path.read_bytes())
        if isinstance(key, Ed25519PublicKey):
            return key
    msg = f"{path} 不是 Ed25519 公钥(PEM) / is not an Ed25519 public key in PEM"
    raise ValueError(msg)


def private_key(path: Path) -> Ed25519PrivateKey:
    """The Ed25519 private key in a PEM file. Raises OSError, or ValueError when the file holds anything else."""
    with suppress(ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: the file is locked with a password
        key = load_pem_private_key(path.read_bytes(), password=None)
        if isinstance(key, Ed25519PrivateKey):
            return key
    msg = f"{path} 不是 Ed25519 私钥(PEM,无密码) / is not an Ed25519 private key in PEM without a password"
    raise ValueError(msg)


def create_keypair(folder: Path) -> tuple[Path, Path]:
    """Make a new key pair for a local run: `(private, public)` PEM files, the private one for its owner's eyes only."""
    folder.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    private, public = folder / "jwt-private.pem", folder / "jwt-public.pem"
    private.touch(mode=0o600)
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


def key_id(key: Ed25519PublicKey) -> str:
    """The key's thumbprint (RFC 7638, RFC 8037), by which a token names the key it was signed with."""
    canonical = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": _x(key)}, separators=(",", ":"))
    return _base64url(hashlib.sha256(canonical.encode()).digest())


def published(*keys: Ed25519PublicKey) -> dict[str, Any]:
    """The JWKS document of these keys."""
    common = {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA"}
    return {"keys": [common | {"kid": key_id(key), "x": _x(key)} for key in keys]}


def _ed25519_keys(document: Any) -> dict[str, Ed25519PublicKey]:  # noqa: ANN401 - JSON from outside
    """The usable keys of a JWKS document. Raises ValueError when it is not one."""
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        msg = "not a JWKS document"
        raise ValueError(msg)  # noqa: TRY004 - a wrong answer, not a wrong call
    usable = [key for key in document["keys"] if isinstance(key, dict) and key.get("crv") == "Ed25519"]
    return {str(key.get("kid", "")): _from_x(str(key.get("x", ""))) for key in usable}


def _x(key: Ed25519PublicKey) -> str:
    return _base64url(key.public_bytes(Encoding.Raw, PublicFormat.Raw))


def _from_x(x: str) -> Ed25519PublicKey:
    return Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(x + "=" * (-len(x) % 4)))


def _base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")
