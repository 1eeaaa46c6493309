"""Who is let in, to do what, and to see which cases."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Annotated, Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Depends, FastAPI
from pydantic import BaseModel

from services.contracts.words import Role
from services.kernel.identity import (
    REFUSALS,
    Identity,
    KeysAway,
    Permission,
    Person,
    TokenExpired,
    TokenForeign,
    TokenForged,
    TokenMalformed,
    TokenNotYetValid,
    Tokens,
    allowed,
    conflicts,
    create_keypair,
    may,
    scope_of,
)
from services.kernel.identity.keys import FileKey, PublishedKeys, private_key, public_key, published
from services.kernel.problem import Problem, install
from tests.support.http import serving
from tests.support.wait import wait_until

CLERK = Person(code="u.window", name="窗口甲", roles=frozenset({Role.CLERK}), department="D09")
HANDLER = Person(
    code="u.handler.d06",
    name="经办甲",
    roles=frozenset({Role.OFFICER}),
    department="D06",
    posts=frozenset({"P04@D06", "P05@D08"}),
)


class Pair(BaseModel, arbitrary_types_allowed=True):
    private: Path
    public: Path

    @property
    def tokens(self) -> Tokens:
        return Tokens(self.private)

    @property
    def identity(self) -> Identity:
        return Identity(FileKey(self.public), issuer="guihua", audience="guihua")


def pair(folder: Path) -> Pair:
    private, public = create_keypair(folder)
    return Pair(private=private, public=public)


@pytest.fixture
def ours(tmp_path: Path) -> Pair:
    return pair(tmp_path / "ours")


@pytest.fixture
def theirs(tmp_path: Path) -> Pair:
    return pair(tmp_path / "theirs")


def claims(**changes: object) -> dict[str, Any]:
    now = datetime(2026, 9, 16, tzinfo=UTC)
    usual: dict[str, Any] = {
        "sub": "u.window",
        "name": "窗口甲",
        "roles": ["clerk"],
        "department": "D09",
        "iss": "guihua",
        "aud": "guihua",
        "iat": now,
        "exp": datetime(2100, 1, 1, tzinfo=UTC),
    }
    return {name: value for name, value in (usual | changes).items() if value is not None}


def signed(by: Pair, **changes: object) -> str:
    return jwt.encode(claims(**changes), private_key(by.private), algorithm="EdDSA")


async def test_a_token_we_issued_gives_the_person_back(ours: Pair) -> None:
    assert await ours.identity.person(ours.tokens.issue(HANDLER)) == HANDLER


async def test_an_expired_token_is_told_apart(ours: Pair) -> None:
    with pytest.raises(TokenExpired):
        await ours.identity.person(ours.tokens.issue(CLERK, ttl=-timedelta(minutes=1)))


@pytest.mark.parametrize("change", [{"iss": "elsewhere"}, {"aud": "another-system"}, {"aud": ["a", "b"]}])
async def test_a_token_from_or_for_somebody_else_is_foreign(ours: Pair, change: dict[str, object]) -> None:
    with pytest.raises(TokenForeign):
        await ours.identity.person(signed(ours, **change))


async def test_a_token_signed_by_another_key_is_forged(ours: Pair, theirs: Pair) -> None:
    with pytest.raises(TokenForged):
        await ours.identity.person(theirs.tokens.issue(CLERK))


async def test_a_token_whose_claims_were_changed_is_forged(ours: Pair) -> None:
    head, _, signature = ours.tokens.issue(CLERK).split(".")
    _, forged, _ = ours.tokens.issue(CLERK.model_copy(update={"roles": frozenset({Role.BUREAU_HEAD})})).split(".")
    with pytest.raises(TokenForged):
        await ours.identity.person(f"{head}.{forged}.{signature}")


@pytest.mark.parametrize("missing", ["exp", "iss", "aud", "sub", "iat", "department", "roles"])
async def test_a_token_that_lacks_a_claim_is_malformed(ours: Pair, missing: str) -> None:
    with pytest.raises(TokenMalformed):
        await ours.identity.person(signed(ours, **{missing: None}))


@pytest.mark.parametrize(
    "change",
    [{"roles": ["emperor"]}, {"sub": ""}, {"sub": 7}, {"exp": "soon"}, {"iat": "just now"}],
)
async def test_a_token_with_claims_that_make_no_sense_is_malformed(ours: Pair, change: dict[str, object]) -> None:
    with pytest.raises(TokenMalformed):
        await ours.identity.person(signed(ours, **change))


@pytest.mark.parametrize("claim", ["nbf", "iat"])
async def test_a_token_for_later_is_not_valid_yet(ours: Pair, claim: str) -> None:
    with pytest.raises(TokenNotYetValid):
        await ours.identity.person(signed(ours, **{claim: datetime(2099, 1, 1, tzinfo=UTC)}))


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "..", "\x00", "令牌", "eyJhbGciOiJub25lIn0.e30.", "x" * 10_000])
async def test_what_is_no_token_is_malformed(ours: Pair, token: str) -> None:
    with pytest.raises(TokenMalformed):
        await ours.identity.person(token)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "HS512"])
async def test_only_our_algorithm_counts_whatever_the_token_says(ours: Pair, algorithm: str) -> None:
    """The public key is public: signing with it as an HMAC secret must not work (RFC 8725 §3.1)."""
    key = "" if algorithm == "none" else "a" * 64
    with pytest.raises(TokenMalformed):
        await ours.identity.person(jwt.encode(claims(), key, algorithm=algorithm))


class KeyServer:
    """An identity provider that publishes keys and counts how often it is asked."""

    def __init__(self, *pairs: Pair) -> None:
        self.pairs = pairs
        self.asked = 0
        self.app = FastAPI()
        self.app.add_api_route("/jwks", self.jwks)

    async def jwks(self) -> dict[str, Any]:
        self.asked += 1
        return published(*(public_key(each.public) for each in self.pairs))


@asynccontextmanager
async def provider(*pairs: Pair) -> AsyncIterator[tuple[KeyServer, Identity]]:
    server = KeyServer(*pairs)
    async with serving(server.app) as url:
        yield server, Identity(PublishedKeys(f"{url}/jwks"), issuer="guihua", audience="guihua")


async def test_published_keys_are_fetched_once_and_kept(ours: Pair) -> None:
    async with provider(ours) as (server, identity):
        for _ in range(3):
            assert await identity.person(ours.tokens.issue(CLERK)) == CLERK
        assert server.asked == 1


async def test_given_invented_key_ids_then_the_provider_is_not_hammered(ours: Pair, theirs: Pair) -> None:
    async with provider(ours) as (server, identity):
        for _ in range(5):
            with pytest.raises(TokenForged):
                await identity.person(theirs.tokens.issue(CLERK))
        assert server.asked == 1


async def test_given_the_provider_goes_away_then_known_keys_stay_good(ours: Pair) -> None:
    async with provider(ours) as (_, identity):
        await identity.person(ours.tokens.issue(CLERK))
    assert await identity.person(ours.tokens.issue(CLERK)) == CLERK


async def test_a_token_that_was_good_is_refused_once_it_is_over(ours: Pair) -> None:
    identity, token = ours.identity, ours.tokens.issue(CLERK, ttl=-timedelta(seconds=9))  # ten are let pass

    assert await identity.person(token) == CLERK

    async def refusal() -> Problem | None:
        try:
            await identity.person(token)
        except Problem as problem:
            return problem
        return None

    assert isinstance(await wait_until(refusal), TokenExpired)


async def test_a_token_that_was_good_is_refused_once_its_key_is_withdrawn(ours: Pair, theirs: Pair) -> None:
    class Replaced:
        now = public_key(ours.public)

        async def key(self, kid: str | None) -> Ed25519PublicKey | None:
            assert kid is not None
            return self.now

    keys, token = Replaced(), ours.tokens.issue(CLERK)
    identity = Identity(keys, issuer="guihua", audience="guihua")
    assert await identity.person(token) == CLERK
    keys.now = public_key(theirs.public)
    with pytest.raises(TokenForged):
        await identity.person(token)


async def test_many_people_are_told_apart(ours: Pair) -> None:
    identity = ours.identity
    people = [CLERK.model_copy(update={"code": f"u.{number}"}) for number in range(1_010)]
    tokens = {each.code: ours.tokens.issue(each) for each in people}
    for _ in range(2):
        assert [await identity.person(tokens[each.code]) for each in people] == people


async def test_given_the_provider_was_never_there_then_no_token_can_be_judged(ours: Pair) -> None:
    identity = Identity(PublishedKeys("http://127.0.0.1:1/jwks"), issuer="guihua", audience="guihua")
    with pytest.raises(KeysAway):
        await identity.person(ours.tokens.issue(CLERK))


def guarded(identity: Identity) -> FastAPI:
    app = FastAPI()
    app.state.kernel = SimpleNamespace(identity=identity)
    install(app)

    @app.get("/cases")
    async def cases(who: Annotated[Person, Depends(allowed(Permission.CASE_RECEIVE))]) -> str:
        return who.code

    return app


async def ask(app: FastAPI, headers: dict[str, str]) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        return await client.get("/cases", headers=headers)


async def test_a_person_with_the_permission_is_let_in(ours: Pair) -> None:
    answer = await ask(guarded(ours.identity), {"Authorization": f"Bearer {ours.tokens.issue(CLERK)}"})
    assert (answer.status_code, answer.json()) == (200, "u.window")


async def test_a_person_without_it_is_told_which_permission_is_missing(ours: Pair) -> None:
    answer = await ask(guarded(ours.identity), {"Authorization": f"Bearer {ours.tokens.issue(HANDLER)}"})
    assert answer.status_code == 403
    assert "“接件”" in answer.json()["detail"]


@pytest.mark.parametrize("header", [{}, {"Authorization": "Basic dTpw"}, {"Authorization": "Bearer"}])
async def test_nobody_is_asked_to_sign_in(ours: Pair, header: dict[str, str]) -> None:
    answer = await ask(guarded(ours.identity), header)
    assert (answer.status_code, answer.json()["code"]) == (401, "token-missing")
    assert answer.headers["www-authenticate"] == 'Bearer realm="guihua"'


async def test_a_bad_token_is_answered_in_english_to_who_reads_english(ours: Pair, theirs: Pair) -> None:
    headers = {"Authorization": f"Bearer {theirs.tokens.issue(CLERK)}", "Accept-Language": "en"}
    answer = await ask(guarded(ours.identity), headers)
    assert answer.json()["detail"] == "the token's signature is not valid"
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_every_refusal_of_a_caller_is_a_401_or_403() -> None:
    assert {refusal.status for refusal in REFUSALS} == {401, 403}
    assert all(issubclass(refusal, Problem) for refusal in REFUSALS)


def test_those_who_run_the_system_decide_nothing_in_it() -> None:
    deciding = {
        Permission.TASK_WORK,
        Permission.LINK_DECIDE,
        Permission.CASE_EXTEND,
        Permission.CASE_RECEIVE,
        Permission.CASE_DELIVER,
        Permission.BULLETIN_APPROVE,
        Permission.SUPERVISION_WORK,
    }
    for role in (Role.IT_STAFF, Role.OPERATOR, Role.REGISTRAR):
        person = CLERK.model_copy(update={"roles": frozenset({role})})
        assert not any(may(person, permission) for permission in deciding)


def person(role: Role, *posts: str, department: str = "D06", township: bool = False) -> Person:
    return Person(
        code="u", name="某", roles=frozenset({role}), department=department, posts=frozenset(posts), township=township
    )


@pytest.mark.parametrize("role", [Role.CLERK, Role.LEADER, Role.BUREAU_HEAD, Role.SECRETARY, Role.SUPERVISOR])
def test_some_see_the_whole_bureau(role: Role) -> None:
    assert scope_of(person(role)).filter() == {}
    assert scope_of(person(role)).sees({"D08"})


@pytest.mark.parametrize("role", [Role.OFFICER, Role.SECTION_CHIEF])
def test_others_see_the_cases_of_their_departments_and_posts(role: Role) -> None:
    scope = scope_of(person(role, "P04@D06", "P05@D08"))
    assert scope.filter() == {"body.departments": {"$in": ["D06", "D08"]}}
    assert scope.filter("departments") == {"departments": {"$in": ["D06", "D08"]}}
    assert scope.sees({"D08", "D01"})
    assert not scope.sees({"D05"})


def test_a_township_sees_itself_only_even_at_its_window() -> None:
    scope = scope_of(person(Role.CLERK, "P21@T01", department="T01", township=True))
    assert scope.filter() == {"body.departments": {"$in": ["T01"]}}


@pytest.mark.parametrize(
    ("posts", "roles", "apart"),
    [
        ({"P15@D02"}, {Role.SUPERVISOR}, set()),
        ({"P15@D02", "P20@D01"}, {Role.SUPERVISOR}, set()),
        ({"P04@D06"}, {Role.SUPERVISOR}, {("P04@D06", "supervisor")}),
        ({"P15@D02", "P04@D06"}, set(), {("P04@D06", "P15@D02")}),
        ({"P15@D02", "P99@D06"}, set(), {("P15@D02", "P99@D06")}),
        ({"P02@D09", "P13@D09"}, {Role.CLERK}, set()),
        ({"P02@D09", "P04@D06"}, set(), {("P02@D09", "P04@D06")}),
        ({"P04@D06", "P05@D06"}, {Role.OFFICER}, set()),
        ({"P04@D06", "P06@D06"}, set(), {("P04@D06", "P06@D06")}),
        ({"P04@D06", "P11@D01"}, set(), {("P04@D06", "P11@D01")}),
        ({"P09@D06", "P11@D01"}, {Role.LEADER, Role.BUREAU_HEAD}, set()),
        (set(), {Role.IT_STAFF, Role.OPERATOR, Role.REGISTRAR}, set()),
        ({"P11@D01"}, {Role.REGISTRAR}, {("P11@D01", "registrar")}),
        ({"P18@D11"}, {Role.IT_STAFF}, set()),
    ],
)
def test_separation_of_duty(posts: set[str], roles: set[Role], apart: set[tuple[str, str]]) -> None:
    assert {(found.one, found.other) for found in conflicts(posts, roles)} == apart


def test_a_conflict_says_in_both_languages_why() -> None:
    (found,) = conflicts({"P04@D06"}, {Role.SUPERVISOR})
    assert found.zh == "P04@D06(经办)与 supervisor(督查)不得由同一人担任"
    assert found.en == "P04@D06 (handling cases) and supervisor (supervision) may not be held by one person"


def test_a_new_private_key_is_its_owners_alone(ours: Pair) -> None:
    assert ours.private.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("content", [b"", b"nonsense", b"-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n"])
def test_a_file_that_holds_no_key_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "key.pem").write_bytes(content)
    with pytest.raises(ValueError, match=r"key\.pem 不是 Ed25519 公钥"):
        public_key(tmp_path / "key.pem")
    with pytest.raises(ValueError, match=r"key\.pem 不是 Ed25519 私钥"):
        private_key(tmp_path / "key.pem")
