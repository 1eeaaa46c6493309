"""An identity provider as OpenID Connect Core 1.0 describes it, which signs in whoever asks."""

import base64
import hashlib
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlencode

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from fastapi import FastAPI, Form, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from tests.support.http import serving


@cache
def own_key() -> rsa.RSAPrivateKey:
    """The provider's key; making one takes a while."""
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@dataclass(slots=True)
class Peer:
    """The provider: who is signed in there, and what its next ID token says besides."""

    person: str = "u.leader"
    claims: dict[str, Any] = field(default_factory=dict)
    key: rsa.RSAPrivateKey = field(
        default_factory=lambda: rsa.generate_private_key(public_exponent=65537, key_size=2048)
    )
    signs_with: rsa.RSAPrivateKey | None = None
    url: str = ""
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def app(self) -> FastAPI:
        """Discovery, authorization, token and keys."""
        app = FastAPI()
        app.get("/.well-known/openid-configuration")(self.configuration)
        app.get("/authorize")(self.authorize)
        app.post("/token")(self.token)
        app.get("/keys")(self.keys)
        return app

    async def configuration(self) -> dict[str, str]:
        """Discovery 1.0 §4.2."""
        addresses = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.url} | {name: f"{self.url}/{path}" for name, path in addresses.items()}

    async def authorize(self, request: Request) -> Response:
        """Core §3.1.2: send the browser back with a code."""
        asked = dict(request.query_params)
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}")

    async def token(self, request: Request, code: str = Form(), code_verifier: str = Form()) -> Response:
        """Core §3.1.3: each code once, to who began (RFC 7636 §4.6), with the client's secret."""
        asked = self.codes.pop(code, None)
        secret = (await request.form()).get("client_secret")
        challenge = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"] or secret != "the client's secret":
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        now = int(time.time())
        claims = {"iss": self.url, "aud": asked["client_id"], "sub": "7", "iat": now, "exp": now + 300}
        claims |= {"nonce": asked["nonce"], "preferred_username": self.person} | self.claims
        token = jwt.encode(claims, self.signs_with or self.key, algorithm="RS256", headers={"kid": "one"})
        return JSONResponse({"id_token": token, "access_token": "-", "token_type": "Bearer"})

    async def keys(self) -> dict[str, Any]:
        """The public key (RFC 7517)."""
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": "one", "use": "sig", "alg": "RS256"}]}


@asynccontextmanager
async def provider() -> AsyncIterator[Peer]:
    """The provider behind a real socket."""
    peer = Peer()
    async with serving(peer.app()) as url:
        peer.url = url
        yield peer
