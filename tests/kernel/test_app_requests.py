"""Whatever is sent, the answer is clean: one form of refusal, security headers, never a stack, never a 5xx."""

import json
from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request, Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import AwareDatetime, Field

from services.kernel import requests
from services.kernel.app import Kernel, Service
from services.kernel.bus import BrokerAway
from services.kernel.problem import Problem, problems
from services.kernel.requests import After, IdempotencyKey, Limit, Number
from services.kernel.settings import Settings
from tests.kernel.conftest import Lines

pytestmark = pytest.mark.usefixtures("lines")
PROBLEM = "application/problem+json"
router = APIRouter()


class CaseNotFound(Problem):
    status = 404
    code = "case-not-found"
    zh = "没有案件 {case_no}"
    en = "no case {case_no}"
    remedy_zh = "请核对案件编号"
    remedy_en = "check the case number"


class Application(requests.Request, frozen=True):
    title: str
    facts: dict[str, Any] = Field(default_factory=dict)


@router.post("/cases", status_code=201)
async def receive(application: Application, key: IdempotencyKey = None) -> dict[str, Any]:
    return {"title": application.title, "facts": application.facts, "key": key}


class Hearing(requests.Request, frozen=True):
    on: date
    at: AwareDatetime | None = None
    seats: int = 0
    fee: float = 0
    is_public: bool = False


@router.put("/hearings")
async def put_hearing(hearing: Hearing) -> Hearing:
    return hearing


@router.get("/hearings")
async def hearings() -> list[Hearing]:
    return []


@router.get("/cases/{case_no}", responses=problems(CaseNotFound))
async def case(case_no: str, limit: Limit = 50, after: After = None) -> list[str]:
    del limit, after
    raise CaseNotFound(case_no=case_no)


@router.get("/versions/{version}")
async def version(version: Number) -> int:
    return version


@router.put("/upload")
async def upload(request: Request) -> int:
    return sum([len(chunk) async for chunk in request.stream()])


@router.get("/bug")
async def bug() -> None:
    raise ZeroDivisionError("the secret reason")  # noqa: EM101, TRY003 - what must not be shown


@router.get("/away")
async def away() -> None:
    raise BrokerAway("NATS")  # noqa: EM101 - as the bus raises it


@router.get("/page")
async def page() -> Response:
    return Response("<p>", media_type="text/html", headers={"Content-Security-Policy": "default-src 'self'"})


async def no_deps(_: Kernel) -> None:
    return None


def tiny() -> FastAPI:
    return Service("tiny", Settings, no_deps, routers=[router]).create_app()


@pytest.fixture(scope="module")
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(tiny()), base_url="http://tiny") as client:
        yield client


def refusal(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an answer that must be a complete refusal."""
    assert answer.headers["content-type"] == PROBLEM
    document = answer.json()
    assert document.keys() >= {"type", "title", "status", "detail", "instance", "code", "remedy", "errors"}
    assert document["status"] == answer.status_code
    assert answer.headers["x-content-type-options"] == "nosniff"
    return answer.status_code, document["code"]


async def test_a_refusal_of_ours_reaches_the_reader(client: httpx.AsyncClient) -> None:
    answer = await client.get("/cases/7")
    assert refusal(answer) == (404, "case-not-found")
    assert answer.json()["detail"] == "没有案件 7"


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/nowhere", (404, "no-such-address")),
        ("GET", "/cases/", (404, "no-such-address")),
        ("DELETE", "/cases", (405, "method-not-allowed")),
        ("TRACE", "/cases", (405, "method-not-allowed")),
        ("GET", "/versions/0", (422, "invalid-request")),
        ("GET", "/versions/99999999999999999999999", (422, "invalid-request")),
        ("GET", "/cases/7?limit=201", (422, "invalid-request")),
        ("GET", "/cases/%00", (400, "unreadable-address")),
        ("GET", "/cases/%FF", (400, "unreadable-address")),
        ("GET", "/cases/7?after=%00", (400, "unreadable-address")),
        ("GET", "/cases/7?after=%ED%A0%80", (400, "unreadable-address")),
        ("GET", "/dead-letters", (401, "token-missing")),
        ("GET", "/away", (503, "try-later")),
        ("GET", "/bug", (500, "internal-error")),
    ],
)
async def test_every_refusal_has_the_same_form(
    client: httpx.AsyncClient, method: str, path: str, expected: tuple[int, str]
) -> None:
    assert refusal(await client.request(method, path)) == expected


async def test_a_method_that_is_not_allowed_is_told_which_are(client: httpx.AsyncClient) -> None:
    assert (await client.delete("/cases")).headers["allow"] == "POST"


@pytest.mark.parametrize("method", ["OPTIONS", "DELETE", "POST", "PATCH"])
async def test_the_methods_told_are_those_of_all_routes_of_the_address(client: httpx.AsyncClient, method: str) -> None:
    answer = await client.request(method, "/hearings")
    assert refusal(answer) == (405, "method-not-allowed")
    assert (answer.headers["allow"], answer.json()["allow"]) == ("GET, PUT", "GET, PUT")


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("is_public", 0),
        ("is_public", "yes"),
        ("seats", "5"),
        ("seats", True),
        ("seats", 5.5),
        ("fee", "1.5"),
        ("fee", False),
        ("on", 0),
        ("on", 20000),
        ("on", "0"),
        ("on", False),
        ("at", 1_790_000_000),
        ("at", "1790000000"),
    ],
)
async def test_a_value_of_another_kind_is_not_made_to_fit(
    client: httpx.AsyncClient, member: str, value: object
) -> None:
    answer = await client.put("/hearings", json={"on": "2026-11-23", member: value})
    assert refusal(answer) == (422, "invalid-request")
    assert [error["where"] for error in answer.json()["errors"]] == [f"body.{member}"]
    assert "不符合要求" not in answer.json()["errors"][0]["message"]


async def test_values_of_their_kind_are_taken(client: httpx.AsyncClient) -> None:
    sent = {"on": "2026-11-23", "at": "2026-11-23T09:00:00+08:00", "seats": 5.0, "fee": 1, "is_public": True}
    answer = await client.put("/hearings", json=sent)
    assert answer.status_code == 200, answer.text
    assert (await client.put("/hearings", json={"on": "2026-11-23", "at": None})).status_code == 200


async def post(client: httpx.AsyncClient, body: bytes, content_type: str = "application/json") -> httpx.Response:
    return await client.post("/cases", content=body, headers={"Content-Type": content_type})


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b'{"title": NaN}',
        b'{"title": "x", "facts": {"a": Infinity}}',
        b'{"title": "x", "facts": {"a": 1e999}}',
        b'{"title": "x", "facts": {"a": 9223372036854775808}}',
        b'{"title": "x", "facts": {"a": ' + b"9" * 5000 + b"}}",
        b'{"title": "x\\u0000"}',
        b'{"title": "x", "facts": {"a\\u0000": 1}}',
        b'{"title": "\\ud800"}',
        b'{"title": "\xff"}',
        '{"title": "x"}'.encode("utf-16"),
        b'{"title": "x", "facts": ' + b'{"a":' * 60 + b"1" + b"}" * 60 + b"}",
        b"[" * 100_000,
        b"[" * 100_000 + b"]" * 100_000,
    ],
)
async def test_json_that_breaks_databases_is_refused_before_it_gets_there(
    client: httpx.AsyncClient, body: bytes
) -> None:
    assert refusal(await post(client, body)) == (400, "body-unreadable")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", "application/json"),
        (b"null", "application/json"),
        (b'"text"', "application/json"),
        (b"[]", "application/merge-patch+json"),
        (b'{"title": 1}', "application/json"),
        (b'{"title": "x", "colour": "red"}', "application/json"),
        (b'{"title": "x"}', "text/plain"),
        (b"\xff\x00", "application/octet-stream"),
    ],
)
async def test_clean_bodies_that_do_not_fit_are_told_where(
    client: httpx.AsyncClient, body: bytes, content_type: str
) -> None:
    answer = await post(client, body, content_type)
    assert refusal(answer) == (422, "invalid-request")
    assert all(error["where"].startswith("body") for error in answer.json()["errors"])


async def test_clean_json_passes_unchanged(client: httpx.AsyncClient) -> None:
    facts = {"面积": 1234.5, "层数": -3, "大": 9223372036854775807, "空": None, "emoji": "🏗️", "deep": [[[["x"]]]]}
    answer = await client.post("/cases", json={"title": "天立学校", "facts": facts})
    assert (answer.status_code, answer.json()["facts"]) == (201, facts)


@pytest.mark.parametrize("key", ["short", "has space", "x" * 65, "键键键键键键键键".encode().hex() + "!"])
async def test_an_idempotency_key_has_a_form(client: httpx.AsyncClient, key: str) -> None:
    answer = await client.post("/cases", json={"title": "x"}, headers={"Idempotency-Key": key})
    assert refusal(answer) == (422, "invalid-request")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(value=JSON)
async def test_no_json_ends_in_a_server_error(client: httpx.AsyncClient, value: object) -> None:
    answer = await post(client, json.dumps({"title": "x", "facts": {"a": value}}).encode())
    assert answer.status_code in {201, 400}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(
    body=st.binary(max_size=200),
    content_type=st.sampled_from(["application/json", "text/plain", "multipart/form-data"]),
)
async def test_no_bytes_end_in_a_server_error(client: httpx.AsyncClient, body: bytes, content_type: str) -> None:
    assert (await post(client, body, content_type)).status_code in {400, 422}


@pytest.mark.parametrize("content_type", ["application/json", "application/octet-stream"])
@pytest.mark.parametrize("declared", [True, False])
async def test_a_body_beyond_the_limit_is_refused_whether_or_not_its_length_was_declared(
    client: httpx.AsyncClient, content_type: str, declared: bool
) -> None:
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        for _ in range(40):
            sent += 1
            yield b"x" * 1_000_000

    headers = {"Content-Type": content_type} | ({"Content-Length": "40000000"} if declared else {})
    answer = await client.put("/upload", content=chunks(), headers=headers)
    assert refusal(answer) == (413, "body-too-large")
    assert answer.headers["connection"] == "close"


async def test_a_body_below_the_limit_is_streamed_through(client: httpx.AsyncClient) -> None:
    answer = await client.put("/upload", content=b"x" * 900_000, headers={"Content-Type": "application/zip"})
    assert answer.json() == 900_000


async def test_a_bug_is_logged_once_with_the_reference_and_not_shown(client: httpx.AsyncClient, lines: Lines) -> None:
    answer = await client.get("/bug")
    assert "secret reason" not in answer.text
    assert "Traceback" not in answer.text
    (error,) = [line for line in lines() if line["level"] == "error"]
    assert "ZeroDivisionError: the secret reason" in error["exception"]
    assert answer.json()["instance"] == f"urn:guihua:request:{error['trace_id']}"


async def test_each_request_makes_one_line_with_its_route_and_case_but_not_its_address(
    client: httpx.AsyncClient, lines: Lines
) -> None:
    await client.get("/cases/51200020261123PT0500017?after=secret")
    (line,) = lines()
    assert (line["event"], line["method"], line["route"]) == ("request answered", "GET", "/cases/{case_no}")
    assert (line["status"], line["case_no"]) == (404, "51200020261123PT0500017")
    assert "secret" not in json.dumps(line)


async def test_a_health_check_makes_no_line(client: httpx.AsyncClient, lines: Lines) -> None:
    await client.get("/healthz")
    assert lines() == []


@pytest.mark.parametrize("path", ["/healthz", "/nowhere", "/bug", "/cases/7", "/openapi.json"])
async def test_every_answer_has_the_security_headers(client: httpx.AsyncClient, path: str) -> None:
    headers = (await client.get(path)).headers
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


async def test_a_route_may_loosen_its_own_policy(client: httpx.AsyncClient) -> None:
    assert (await client.get("/page")).headers["content-security-policy"] == "default-src 'self'"


def test_the_document_says_every_status_that_a_route_can_answer() -> None:
    document = tiny().openapi()
    assert document["paths"]["/cases"]["post"]["responses"].keys() == {"201", "400", "408", "413", "422", "500", "503"}
    assert document["paths"]["/cases/{case_no}"]["get"]["responses"].keys() == {
        "200",
        "400",
        "404",
        "422",
        "500",
        "503",
    }
    letters = document["paths"]["/dead-letters"]["get"]
    assert letters["security"] == [{"staff": []}]
    assert letters["responses"].keys() >= {"200", "401", "403"}
    assert document["components"]["securitySchemes"]["staff"]["bearerFormat"] == "JWT"
    assert "HTTPValidationError" not in json.dumps(document)
