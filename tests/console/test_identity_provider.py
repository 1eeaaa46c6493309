"""Signing in at the office's identity provider, and what must not get anybody in."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from services.console.__main__ import SERVICE
from services.console.deps import Deps
from services.console.settings import ConsoleSettings
from services.contracts.registry import PersonChanged
from services.contracts.words import Attendance, Role
from services.kernel.clock import RealClock
from services.kernel.identity import create_keypair
from tests.console.provider import Peer, provider
from tests.support.http import serving
from tests.support.insides import insides_of
from tests.support.office import Office
from tests.support.running import values_of

LEADER = PersonChanged(
    code="u.leader",
    name="李某",
    department="D01",
    posts=("P09@D01",),
    roles=(Role.LEADER,),
    deputy=None,
    attendance=Attendance.ON_DUTY,
    phone="13800000000",
    mail="u.leader@guihua.example",
    chat=None,
    active=True,
    changed_at=RealClock().now(),
)


@asynccontextmanager
async def screens(office: Office, folder: Path, peer: Peer) -> AsyncIterator[httpx.AsyncClient]:
    """The console alone, with the provider and one leader in the books; a browser that follows no redirect."""
    private, public = create_keypair(folder)
    given = values_of(office.settings_of("console")) | {
        "jwt_public_key_file": str(public),
        "token_key_file": str(private),
        "field_keys": "x" * 32,
        "oidc_issuer": peer.url,
        "oidc_client_secret": "the client's secret",
    }
    async with httpx.AsyncClient(timeout=30, trust_env=False, headers={"Accept": "text/html"}) as client:
        settings = ConsoleSettings.model_validate(given)
        async with insides_of(SERVICE, settings, office=office, clock=RealClock()) as (kernel, deps):
            app = SERVICE.create_app(kernel, deps)
            async with serving(app) as url:
                await _known_under(deps, url)
                client.base_url = httpx.URL(url)
                yield client


async def _known_under(deps: Deps, url: str) -> None:
    """The port is known only now; the provider sends people back to it."""
    assert deps.provider
    deps.provider._redirect = f"{url}/login/back"
    await deps.books.people.put(LEADER.code, LEADER, unless_newer=1)


async def back_from(client: httpx.AsyncClient, peer: Peer) -> str:
    """Begin, sign in at the provider; gives where it sends the browser."""
    begun = await client.get("/login/begin", params={"next": "/account"})
    assert begun.status_code == HTTPStatus.SEE_OTHER, begun.text
    assert begun.headers["location"].startswith(f"{peer.url}/authorize?")
    at_provider = await client.get(begun.headers["location"])
    target = urlsplit(at_provider.headers["location"])
    return f"{target.path}?{target.query}"


async def test_given_the_provider_confirms_then_the_person_is_signed_in_where_they_wanted(
    office: Office, tmp_path: Path
) -> None:
    async with provider() as peer, screens(office, tmp_path, peer) as client:
        answer = await client.get(await back_from(client, peer))
        assert answer.headers["location"] == "/account"
        page = await client.get("/account")
        assert page.status_code == HTTPStatus.OK
        assert "李某" in page.text


async def test_given_a_code_for_another_browser_or_a_second_time_then_nobody_is_signed_in(
    office: Office, tmp_path: Path
) -> None:
    async with provider() as peer, screens(office, tmp_path, peer) as client:
        back = await back_from(client, peer)
        other = httpx.AsyncClient(base_url=client.base_url, trust_env=False, headers={"Accept": "text/html"})
        async with other:
            assert (await other.get(back)).status_code == HTTPStatus.UNAUTHORIZED
        assert (await client.get(back)).status_code == HTTPStatus.SEE_OTHER
        client.cookies.clear()
        assert (await client.get(back)).status_code == HTTPStatus.UNAUTHORIZED


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another sign-in"},
        {"aud": "another client"},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 3600},
        {"preferred_username": ""},
        {"preferred_username": 7},
    ],
    ids=lambda claims: next(iter(claims)),
)
async def test_given_a_token_that_is_not_for_this_sign_in_then_nobody_is_signed_in(
    office: Office, tmp_path: Path, claims: dict[str, object]
) -> None:
    async with provider() as peer, screens(office, tmp_path, peer) as client:
        peer.claims = claims
        answer = await client.get(await back_from(client, peer))
        assert answer.status_code == HTTPStatus.UNAUTHORIZED
        assert "统一身份认证没有通过" in answer.text


async def test_given_a_forged_signature_then_nobody_is_signed_in(office: Office, tmp_path: Path) -> None:
    async with provider() as peer, screens(office, tmp_path, peer) as client:
        peer.signs_with = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        assert (await client.get(await back_from(client, peer))).status_code == HTTPStatus.UNAUTHORIZED


async def test_given_a_person_who_is_not_in_the_books_then_they_are_told_so(office: Office, tmp_path: Path) -> None:
    async with provider() as peer, screens(office, tmp_path, peer) as client:
        peer.person = "u.stranger"
        answer = await client.get(await back_from(client, peer))
        assert answer.status_code == HTTPStatus.FORBIDDEN
        assert "名册中没有您的账号" in answer.text
        assert (await client.get("/account")).status_code == HTTPStatus.SEE_OTHER


async def test_given_a_provider_that_is_away_then_the_page_says_so(office: Office, tmp_path: Path) -> None:
    peer = Peer(url="http://127.0.0.1:9")
    async with screens(office, tmp_path, peer) as client:
        answer = await client.get("/login/begin")
        assert answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        assert "暂时无法使用" in answer.text
