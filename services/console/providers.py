"""Signing in at the office's identity provider: OpenID Connect Core 1.0, authorization code with PKCE (RFC 7636)."""

import base64
import hashlib
import secrets
import time
from typing import Any, Final
from urllib.parse import urlencode

import httpx
import jwt
from pydantic import BaseModel, ValidationError

from services.console.settings import ConsoleSettings
from services.kernel import logs
from services.kernel.problem import Problem

log = logs.get(__name__)

_TIMEOUT: Final = 10.0
_LEEWAY: Final = 30
_APART: Final = 60.0
"""Seconds that lie between two looks for keys: a flood of forged tokens must not become a flood of requests."""

_ALGORITHMS: Final = ("RS256", "PS256", "ES256", "EdDSA")


class ProviderAway(Problem):
    """The identity provider does not answer, or not as OpenID Connect asks."""

    status = 503
    code = "identity-provider-away"
    zh = "统一身份认证暂时无法使用"
    en = "the identity provider cannot be used now"
    remedy_zh = "请稍后再试；如持续出现，请联系系统管理员"
    remedy_en = "try again later; if it lasts, tell those who run the system"


class ProviderRefused(Problem):
    """The identity provider did not let the person in, or what came back is not its own answer to us."""

    status = 401
    code = "identity-provider-refused"
    zh = "统一身份认证没有通过"
    en = "the identity provider did not confirm who you are"
    remedy_zh = "请从登录页重新开始"
    remedy_en = "begin again at the sign-in page"


class Endpoints(BaseModel, frozen=True):
    """The part of the provider's configuration (OpenID Connect Discovery 1.0 §3) that is used here."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


class Begun(BaseModel, frozen=True):
    """A sign-in on its way; kept sealed in a cookie until the browser comes back. `until` is seconds since 1970."""

    state: str
    nonce: str
    verifier: str
    next: str
    until: float


def begin(address: str, *, now: float, seconds: float) -> Begun:
    """A new one, with secrets of its own."""
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    return Begun(state=state, nonce=nonce, verifier=verifier, next=address, until=now + seconds)


class Provider:
    """The identity provider of the settings."""

    def __init__(self, settings: ConsoleSettings) -> None:
        assert settings.oidc_issuer  # noqa: S101 - made only where there is one
        self._issuer = settings.oidc_issuer.rstrip("/")
        self._client_id, self._secret = settings.oidc_client_id, settings.oidc_client_secret
        self._claim = settings.oidc_claim
        self._redirect = f"{settings.console_url.rstrip('/')}/login/back"
        self._http = httpx.AsyncClient(timeout=_TIMEOUT, follow_redirects=False)
        self._endpoints: Endpoints | None = None
        self._keys: jwt.PyJWKSet | None = None
        self._looked = -_APART

    async def address(self, begun: Begun) -> str:
        """Where the browser goes to sign in. Raises ProviderAway."""
        challenge = base64.urlsafe_b64encode(hashlib.sha256(begun.verifier.encode()).digest()).rstrip(b"=").decode()
        query = {
            "response_type": "code",
            "client_id": self._client_id,
            "redirect_uri": self._redirect,
            "scope": "openid profile",
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{(await self._known()).authorization_endpoint}?{urlencode(query)}"

    async def person(self, begun: Begun, code: str) -> str:
        """The account of who signed in, by the code the browser brought back. Raises ProviderAway, ProviderRefused."""
        claims = await self._claims(await self._token(begun, code))
        if not secrets.compare_digest(str(claims.get("nonce", "")), begun.nonce):
            raise ProviderRefused
        account = claims.get(self._claim)
        if not isinstance(account, str) or not account:
            log.error("the identity provider's token lacks the claim", claim=self._claim)
            raise ProviderRefused
        return account

    async def close(self) -> None:
        """Let go of all connections."""
        await self._http.aclose()

    async def _known(self) -> Endpoints:
        if self._endpoints is None:
            found = await self._asked("GET", f"{self._issuer}/.well-known/openid-configuration")
            try:
                endpoints = Endpoints.model_validate(found)
            except ValidationError:
                raise ProviderAway from None
            if endpoints.issuer.rstrip("/") != self._issuer:  # Discovery §4.3
                log.error("the identity provider bears another name", expected=self._issuer, got=endpoints.issuer)
                raise ProviderAway
            self._endpoints = endpoints
        return self._endpoints

    async def _token(self, begun: Begun, code: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect,
            "client_id": self._client_id,
            "code_verifier": begun.verifier,
        }
        if self._secret is not None and (secret := self._secret.get_secret_value()):
            form["client_secret"] = secret
        token = (await self._asked("POST", (await self._known()).token_endpoint, form)).get("id_token")
        if not isinstance(token, str):
            raise ProviderRefused
        return token

    async def _claims(self, token: str) -> dict[str, Any]:
        """What the ID token says, once it is proven (Core §3.1.3.7)."""
        try:
            header = jwt.get_unverified_header(token)
            if header.get("alg") not in _ALGORITHMS:
                raise ProviderRefused
            claims: dict[str, Any] = jwt.decode(
                token,
                await self._key(header.get("kid")),
                algorithms=[header["alg"]],
                audience=self._client_id,
                issuer=(await self._known()).issuer,
                leeway=_LEEWAY,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError as error:
            log.warning("an ID token is no good", reason=type(error).__name__)
            raise ProviderRefused from None
        return claims

    async def _key(self, kid: str | None) -> jwt.PyJWK:
        """The provider's key of this id; looks for new ones when it is not known, but not too often."""
        if (found := self._of_keys(kid)) is None and time.monotonic() - self._looked >= _APART:
            self._looked = time.monotonic()
            document = await self._asked("GET", (await self._known()).jwks_uri)
            self._keys = jwt.PyJWKSet.from_dict(document)
            found = self._of_keys(kid)
        if found is None:
            raise ProviderRefused
        return found

    def _of_keys(self, kid: str | None) -> jwt.PyJWK | None:
        keys = self._keys.keys if self._keys else []
        if kid is None and len(keys) == 1:
            return keys[0]
        return next((key for key in keys if key.key_id == kid), None)

    async def _asked(self, method: str, url: str, form: dict[str, str] | None = None) -> dict[str, Any]:
        """The JSON object at an address of the provider."""
        try:
            answer = await self._http.request(method, url, data=form)
            found = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            log.warning("the identity provider could not be asked", reason=type(error).__name__)
            raise ProviderAway from None
        if answer.is_client_error and form is not None:
            raise ProviderRefused
        if not answer.is_success or not isinstance(found, dict):
            raise ProviderAway
        return found
