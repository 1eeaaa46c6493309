"""Tokens: JWT signed with EdDSA (RFC 7519, RFC 8037), read and, for local runs and tests, issued."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, Final, Self

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import ValidationError

from services.kernel.clock import Clock, RealClock
from services.kernel.identity.keys import FileKey, Keys, PublishedKeys, key_id, private_key
from services.kernel.identity.persons import Person
from services.kernel.identity.refusals import (
    TokenExpired,
    TokenForeign,
    TokenForged,
    TokenMalformed,
    TokenNotYetValid,
)
from services.kernel.settings import Settings

_ALGORITHM: Final = "EdDSA"
_LEEWAY: Final = timedelta(seconds=10)
"""How far the clocks of issuer and service may differ."""
_LONGEST: Final = 8_192
_REQUIRED: Final = ["exp", "iat", "iss", "aud", "sub"]
_REMEMBERED: Final = 1_000
"""How many good tokens a process remembers; a check of the signature costs more than the rest of a small request."""


class NoKeySource(ValueError):
    """Neither, or both, of the two places for the issuer's keys are set."""

    def __init__(self) -> None:
        super().__init__(
            "GUIHUA_JWKS_URL 与 GUIHUA_JWT_PUBLIC_KEY_FILE 须设置且只设置一个 / set exactly one of the two"
        )


@dataclass(frozen=True, slots=True)
class _Good:
    """A token found good: by which key, whom it speaks for, and until when (seconds since 1970)."""

    kid: str | None
    key: Ed25519PublicKey
    person: Person
    ends: float


class Identity:
    """Tells who a token speaks for."""

    def __init__(self, keys: Keys, *, issuer: str, audience: str) -> None:
        self._keys = keys
        self._issuer = issuer
        self._audience = audience
        self._clock = RealClock()
        self._good: dict[str, _Good] = {}

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """By the settings. Raises NoKeySource, or OSError and ValueError when the key file is no good."""
        match settings.jwks_url, settings.jwt_public_key_file:
            case str(url), None:
                keys: Keys = PublishedKeys(url)
            case None, Path() as file:
                keys = FileKey(file)
            case _:
                raise NoKeySource
        return cls(keys, issuer=settings.jwt_issuer, audience=settings.jwt_audience)

    async def person(self, token: str) -> Person:
        """The person whom a valid token speaks for; raises the `Problem` that says what is wrong with it.

        The signature of a token is checked once, for as long as the issuer has the key and the token is in time.
        """
        good = self._good.get(token)
        kid = good.kid if good else _kid(token)
        key = await self._keys.key(kid)
        if key is None:
            raise TokenForged
        if good and good.key is key and self._clock.wall().timestamp() < good.ends:
            return good.person
        claims = self._claims(token, key)
        person = _person(claims)
        self._remember(token, _Good(kid, key, person, float(claims["exp"]) + _LEEWAY.total_seconds()))
        return person

    def _remember(self, token: str, good: _Good) -> None:
        self._good.pop(token, None)
        if len(self._good) >= _REMEMBERED:
            del self._good[next(iter(self._good))]  # the oldest
        self._good[token] = good

    def _claims(self, token: str, key: Ed25519PublicKey) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                key,
                algorithms=[_ALGORITHM],
                audience=self._audience,
                issuer=self._issuer,
                leeway=_LEEWAY,
                options={"require": _REQUIRED},
            )
        except jwt.ExpiredSignatureError:
            raise TokenExpired from None
        except jwt.ImmatureSignatureError:
            raise TokenNotYetValid from None
        except (jwt.InvalidIssuerError, jwt.InvalidAudienceError):
            raise TokenForeign from None
        except jwt.InvalidSignatureError:
            raise TokenForged from None
        except jwt.InvalidTokenError:
            raise TokenMalformed from None
        return claims


class Tokens:
    """Issues tokens with a private key: for the local run, its command line, and tests."""

    def __init__(
        self, private_key_file: Path, *, issuer: str = "guihua", audience: str = "guihua", clock: Clock | None = None
    ) -> None:
        self._key = private_key(private_key_file)
        self._kid = key_id(self._key.public_key())
        self._issuer = issuer
        self._audience = audience
        self._clock = clock or RealClock()

    def issue(self, person: Person, ttl: timedelta = timedelta(hours=8)) -> str:
        """A token that speaks for the person until `ttl` is over, by wall time."""
        issued_at = self._clock.wall()
        claims = person.model_dump(mode="json", exclude={"code"}) | {
            "sub": person.code,
            "iss": self._issuer,
            "aud": self._audience,
            "iat": issued_at,
            "exp": issued_at + ttl,
        }
        return jwt.encode(claims, self._key, algorithm=_ALGORITHM, headers={"kid": self._kid})


def _kid(token: str) -> str | None:
    """The key id that the token names. Raises TokenMalformed for what is no EdDSA token at all."""
    if len(token) > _LONGEST:
        raise TokenMalformed
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError:
        raise TokenMalformed from None
    if header.get("alg") != _ALGORITHM:
        raise TokenMalformed
    kid = header.get("kid")
    return kid if isinstance(kid, str) else None


def _person(claims: dict[str, Any]) -> Person:
    try:
        return Person.model_validate(claims | {"code": claims["sub"]})
    except ValidationError:
        raise TokenMalformed from None
