"""Personal data at rest: telephone numbers and the like are sealed field by field (docs/domain.md §8, PIPL §51)."""

import base64
import hashlib
import hmac
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_ID_BYTES: Final = 8

SHORTEST_SECRET: Final = 32
"""`openssl rand -base64 32` gives 44 characters."""


class SealBroken(Exception):
    """A sealed value cannot be opened: its key is gone from the settings, or the value was altered."""


class Seals:
    """Seals and opens short texts with AES-256-GCM.

    A sealed value is `<key id>.<nonce and ciphertext>`. `place` (whose value, which field) is authenticated with it,
    so a value copied elsewhere does not open. The first key seals, every key opens: to change the key, put the new
    one first and keep the old one until no value carries its id.
    """

    def __init__(self, keys: tuple[bytes, ...], *, service: str) -> None:
        if not keys or any(len(key) != _KEY_BYTES for key in keys):
            msg = "field keys must be 32 bytes each, at least one"
            raise ValueError(msg)
        self._service = service
        self._ciphers = {_key_id(key, service): AESGCM(key) for key in keys}
        self._current = _key_id(keys[0], service)
        self._root, self._roots = keys[0], keys

    @classmethod
    def of(cls, secrets_text: str, *, service: str) -> "Seals":
        """From a setting: long random texts separated by commas, the current one first; ValueError if too short.

        Each service derives keys of its own, so the same secret given to two of them opens nothing of the other's.
        """
        texts = [part.strip() for part in secrets_text.split(",")]
        if any(len(text) < SHORTEST_SECRET for text in texts):
            msg = f"每个密钥至少 {SHORTEST_SECRET} 个字符 / each key needs at least {SHORTEST_SECRET} characters"
            raise ValueError(msg)
        purpose = f"guihua.{service}.field-key".encode()
        return cls(tuple(_derived(text.encode(), purpose) for text in texts), service=service)

    def seal(self, text: str, *, place: str) -> str:
        """The text, readable only with the key and only for this place."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._ciphers[self._current].encrypt(nonce, text.encode(), place.encode())
        return f"{self._current}.{base64.b64encode(sealed).decode()}"

    def open(self, sealed: str, *, place: str) -> str:
        """The text as it was sealed for this place; `SealBroken` if it cannot be opened."""
        key_id, _, value = sealed.partition(".")
        return self._opened(key_id, base64.b64decode(value), place).decode()

    def seal_bytes(self, raw: bytes, *, place: str) -> bytes:
        """The same for a piece of a file: the key's id, then nonce and ciphertext."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return self._current.encode() + nonce + self._ciphers[self._current].encrypt(nonce, raw, place.encode())

    def open_bytes(self, sealed: bytes, *, place: str) -> bytes:
        """The piece as it was sealed for this place; `SealBroken` if it cannot be opened."""
        return self._opened(sealed[:_ID_BYTES].decode("latin-1"), sealed[_ID_BYTES:], place)

    def with_secret(self, secret: str) -> "Seals":
        """Seals that also need `secret`, which we do not keep: neither the database nor our key alone opens them."""
        purpose = f"guihua.{self._service}.handout\x00{secret}".encode()
        return Seals((_derived(self._root, purpose),), service=self._service)

    def _opened(self, key_id: str, raw: bytes, place: str) -> bytes:
        cipher = self._ciphers.get(key_id)
        if cipher is None:
            msg = f"no field key has the id {key_id}: keep old keys in GUIHUA_FIELD_KEYS"
            raise SealBroken(msg)
        try:
            return cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode())
        except InvalidTag as broken:
            msg = f"the value sealed for {place} was altered or moved"
            raise SealBroken(msg) from broken

    def fingerprint(self, text: str) -> str:
        """A keyed digest: the same text gives the same one, and without the key nobody can try guesses against it."""
        return self.fingerprints(text)[0]

    def fingerprints(self, text: str) -> tuple[str, ...]:
        """The digests by every key, the current one first: what was noted under an older key is still found."""
        return tuple(hmac.new(root, text.encode(), hashlib.sha256).hexdigest() for root in self._roots)


def _derived(secret: bytes, purpose: bytes) -> bytes:
    """A key for one purpose from a secret that is random but of any length (HKDF, RFC 5869)."""
    return HKDF(SHA256(), _KEY_BYTES, salt=None, info=purpose).derive(secret)


def _key_id(key: bytes, service: str) -> str:
    return hashlib.sha256(f"guihua.{service}.key-id".encode() + key).hexdigest()[:8]
