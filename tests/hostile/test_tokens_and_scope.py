"""No token, no answer; and with a token, nothing of other departments' and other townships' cases.

Operations are taken from the OpenAPI documents, so that a new one is tested without anybody thinking of it.
"""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Final, TypeVar

import httpx
import pytest

from services.contracts.words import Role
from services.kernel.identity import Person
from tests.hostile.city import EVERYBODY, NOBODY, City, Operation, person, refusal
from tests.hostile.doors import Question, questions
from tests.hostile.forgery import Forger, with_claims
from tests.hostile.situation import Situation

T = TypeVar("T")

AT_ONCE: Final = 8
HIDDEN: Final = (403, 404)

OPEN: Final = {
    "/healthz",
    "/readyz",
    "/status",
    "/metrics",
    "/public/lookup",
    "/public/certificate-checks",
    "/public/certificates/{check_token}",
    "/public/documents/{document_id}/pdf",
    "/public/items",
    "/public/items/{item_code}",
    "/public/licences",
    "/public/publicity",
    "/public/publicity/{posting_id}",
    "/public/publicity/{posting_id}/objections",
    "/public/objections/lookup",
    "/public/ratings",
    "/public/ratings/link",
    "/public/appointments",
    "/public/appointments/slots",
    "/public/appointments/lookup",
    "/public/appointments/cancel",
    "/public/consultants",
    "/public/drafts",
    "/public/drafts/open",
    "/public/draft",
    "/public/draft/applicant",
    "/public/draft/project",
    "/public/draft/papers/{paper}/files",
    "/public/draft/files/{upload_id}",
    "/public/draft/filing",
    "/public/withdrawals",
    "/public/telephone",
    "/public/corrections",
    "/public/correction",
    "/public/correction/papers/{number}/files",
    "/link-keys",
    "/receipts/{provider}",
    "/replies/{provider}",
    "/exchange/{platform}/answers",
}
"""Asked by anybody: machines, those who sign or check signatures, and the public with number and password."""

GENERAL: Final = OPEN | {
    "/items",
    "/items/{item_code}",
    "/appointments/openings",
    "/consultants/{on}",
    "/consultations",
    "/definitions",
    "/definitions/{key}",
    "/definitions/{key}/versions/{number}",
    "/definitions/{key}/versions/{number}/files/{path}",
    "/definitions/{key}/changes",
    "/definitions/{key}/diff",
    "/analytics/{key}",
    "/migrations",
    "/migrations/{migration_id}",
    "/incidents/groups",
    "/incidents/retries",
    "/signals",
    "/starts",
    "/meetings/bodies",
    "/rules",
    "/rules/versions",
    "/catalogues",
    "/silences",
    "/assessment-table",
    "/board",
    "/templates",
    "/templates/{key}",
    "/groups",
    "/webhook-kinds",
    "/webhooks",
    "/webhooks/{webhook_id}",
    "/erasures",
    "/inbox/unread",
    "/preferences",
    "/departments",
    "/posts",
    "/people",
    "/people/{code}",
    "/calendar/{year}",
    "/clock",
    "/accounts",
    "/dead-letters",
}
"""GET operations that hold nothing of any case. Whatever is not listed here must be shown to be guarded."""

OWN_ONLY: Final = {"/inbox", "/links/{token}", "/tasks/{task_id}/draft", "/tasks/done"}
"""Shown to one person alone, whatever the roles of others."""

NOTHING_YET: Final = {
    "/roadmaps/{project_code}",
    "/migrations/{migration_id}/cases",
    "/incidents/groups/{group}",
    "/incidents/retries/{retry_id}",
    "/signals/{broadcast_id}",
    "/cases/{case_no}/drawing",
    "/statistics",
    "/statistics.csv",
    "/certificates",
    "/certificates/{certificate_id}",
    "/certificates/{certificate_id}/pdf",
    "/meetings",
    "/meetings/queue",
    "/meetings/{session_id}",
    "/meetings/{session_id}/minutes/{file_format}",
    "/cases/{case_no}/meetings",
    "/webhooks/{webhook_id}/deliveries",
    "/webhook-deliveries/{delivery_id}",
    "/exchange/reports/{on}",
    "/exchange/reports/{on}/csv",
    "/exchange/cases/{case_no}",
}
"""No case was carried to another version here, no incident tried again together with others, no signal sent; and a
drawing is that of all cases. No case was decided late, so the statistics name none. The small
processes give no certificates. None waits for a meeting: tests/workflow/meetings shows who sees which. No other system
is told of a case: tests/notify shows who sees deliveries and what the province was told."""

GENERAL_WRITES: Final = {
    "/people/{code}",
    "/people/{code}/attendance",
    "/catalogues/{catalogue}",
    "/accounts/{code}",
    "/departments/{code}",
    "/posts/{code}",
    "/definitions/{key}/versions/{number}/activate",
    "/definitions/{key}/versions/{number}/walks",
    "/definitions/{key}/rollback",
    "/definitions/{key}/retire",
    "/definitions/{key}/canary",
    "/definitions/{key}/canary/end",
    "/definitions/{key}/migrations",
    "/definitions/{key}/migrations/preview",
    "/definitions/{key}/migrations/preview/cases",
    "/migrations/{migration_id}/pause",
    "/migrations/{migration_id}/resume",
    "/migrations/{migration_id}/revert",
    "/public/publicity/{posting_id}/objections",
    "/publicity/{posting_id}/objections",
    "/groups/{department}",
    "/groups/{department}/unbind",
    "/templates/{key}",
    "/templates/{key}/preview",
    "/receipts/{provider}",
    "/replies/{provider}",
    "/webhooks/{webhook_id}",
    "/webhooks/{webhook_id}/move",
    "/webhooks/{webhook_id}/secret",
    "/webhooks/{webhook_id}/replay",
    "/webhook-deliveries/{delivery_id}/resend",
    "/exchange/{platform}/answers",
    "/exchange/records/{record_no}/again",
    "/public/draft/papers/{paper}/files",
    "/public/draft/files/{upload_id}",
    "/public/correction/papers/{number}/files",
    "/dead-letters/{letter_id}/replay",
    "/dead-letters/{letter_id}/discard",
}
"""Operations on one thing that is no case's."""

NO_BEARER: Final = (b"", b"Bearer", b"bearer", b"Basic dTp4", b"Token x", b"Bearer\ta", b"\xff\xfe", b"Bearer,Bearer")
"""Headers that hold no bearer token."""

HUGE: Final = 100_000


def strangers() -> list[Person]:
    """Every role at another township, and the roles that see their own department's cases only at another one."""
    townships = [
        person(f"u.t02.{role.value.replace('_', '-')}", role, department="T02", township=True) for role in Role
    ]
    departments = [
        person("u.officer.d10", Role.OFFICER, department="D10", posts=("P04@D10",)),
        person("u.chief.d10", Role.SECTION_CHIEF, department="D10", posts=("P06@D10",)),
        person("u.registrar", Role.REGISTRAR, department="D12"),
    ]
    everything = person("u.t02.all", *Role, department="T02", posts=("P21@T02", "P22@T02"), township=True)
    return [*townships, *departments, everything]


@pytest.fixture(scope="module")
def forger(city: City) -> Forger:
    return Forger.with_key_in(city.run.layout.private_key)


def bad_tokens(forger: Forger) -> dict[str, tuple[str, str]]:
    """Every kind of token that is no good, with the code of the refusal that it must get."""
    now, good = int(time.time()), forger.good()
    header, claims, _ = good.split(".")
    other = forger.good(sub="u.other").split(".")[2]
    return {
        "expired": (forger.good(iat=now - 7200, exp=now - 3600), "token-expired"),
        "expired long ago": (forger.good(exp=0), "token-expired"),
        "not yet valid": (forger.good(nbf=now + 3600), "token-not-yet-valid"),
        "issued in the future": (forger.good(iat=now + 3600, exp=now + 7200), "token-not-yet-valid"),
        "foreign issuer": (forger.good(iss="https://elsewhere.example"), "token-foreign"),
        "foreign audience": (forger.good(aud="another-system"), "token-foreign"),
        "no issuer": (forger.good(without="iss"), "token-malformed"),
        "no audience": (forger.good(without="aud"), "token-malformed"),
        "no expiry": (forger.good(without="exp"), "token-malformed"),
        "no subject": (forger.good(without="sub"), "token-malformed"),
        "no roles": (forger.good(without="roles"), "token-malformed"),
        "unknown role": (forger.good(roles=["king"]), "token-malformed"),
        "expiry is text": (forger.good(exp="tomorrow"), "token-malformed"),
        "expiry beyond time": (forger.good(exp=10**30, iat="x"), "token-malformed"),
        "HS256 with the public key": (forger.by_hmac(forger.pem), "token-malformed"),
        "HS256 with nothing": (forger.by_hmac(b""), "token-malformed"),
        "none": (forger.unsigned("none"), "token-malformed"),
        "nOnE": (forger.unsigned("nOnE"), "token-malformed"),
        "says EdDSA, has no signature": (f"{header}.{claims}.", "token-forged"),
        "claims exchanged": (with_claims(good, sub="u.other"), "token-forged"),
        "signature of another token": (f"{header}.{claims}.{other}", "token-forged"),
        "another key, the same name": (forger.by_stranger(), "token-forged"),
        "another key, brought along": (forger.by_stranger(jwk={"kty": "OKP"}, jku="http://x.example/"), "token-forged"),
        "key name climbs": (forger.by_stranger(kid="../../../../dev/null"), "token-forged"),
        "key name is no text": (forger.by_stranger(kid=["a"]), "token-malformed"),
        "asks for what we do not know": (forger.signed({"crit": ["b64"], "b64": False}), "token-malformed"),
        "two parts": (f"{header}.{claims}", "token-malformed"),
        "nonsense": ("nonsense", "token-malformed"),
        "huge": (forger.good(name="x" * HUGE), "token-malformed"),
    }


async def test_a_good_token_of_the_forger_is_good(city: City, forger: Forger) -> None:
    """Otherwise the tests below would prove nothing."""
    assert (await city.ask("workflow", "GET", "/tasks", forger.good())).status_code == 200


async def test_given_any_bad_token_then_no_service_answers(city: City, forger: Forger) -> None:
    """Every kind of bad token at one door of each service, and at every door three kinds in turn."""
    kinds = list(bad_tokens(forger).items())
    doors = guarded(city)
    first = {each.service: each for each in doors}.values()
    knocks = [(kind, each) for kind in kinds for each in first]
    knocks += [(kinds[(3 * place + turn) % len(kinds)], each) for place, each in enumerate(doors) for turn in range(3)]

    async def is_refused(knocking: tuple[tuple[str, tuple[str, str]], Operation]) -> str:
        (kind, (token, code)), operation = knocking
        answer = await knock(city, operation, token)
        refused = (answer.status_code, refusal(answer)["code"]) == (401, code)
        return "" if refused else f"{kind}: {operation} → {answer.status_code} {answer.text[:200]}"

    await no_faults(is_refused, knocks)


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_each_refusal_of_a_token_says_what_to_do_and_challenges(
    city: City, forger: Forger, language: str
) -> None:
    for token, code in bad_tokens(forger).values():
        answer = await city.ask("intake", "GET", "/cases", token, language=language)
        told = refusal(answer)
        assert (told["code"], answer.headers["content-language"]) == (code, language)
        assert answer.headers["www-authenticate"].startswith("Bearer ")
        assert token not in answer.text


async def test_given_no_bearer_token_at_all_then_every_operation_asks_for_one(city: City) -> None:
    async def is_asked(knocking: tuple[int, Operation]) -> str:
        place, operation = knocking
        header = NO_BEARER[place % len(NO_BEARER)]
        answer = await knock(city, operation, None, headers={"Authorization": header})
        return "" if answer.status_code == 401 and refusal(answer) else f"{operation} {header!r} → {answer.status_code}"

    await no_faults(is_asked, list(enumerate(guarded(city))))


async def test_only_what_is_listed_as_open_answers_without_a_token(city: City) -> None:
    assert {each.path for each in city.operations() if not each.is_guarded} == OPEN


async def test_given_a_person_without_roles_then_every_guarded_operation_refuses(city: City) -> None:
    async def is_refused(operation: Operation) -> str:
        answer = await knock(city, operation, city.tokens.issue(NOBODY))
        refused = (answer.status_code, refusal(answer)["code"]) == (403, "not-allowed")
        return "" if refused else f"{operation} → {answer.status_code} {answer.text[:200]}"

    await no_faults(is_refused, guarded(city))


async def test_given_a_person_who_may_see_all_then_each_read_operation_shows_something_of_a_case(
    city: City, situation: Situation
) -> None:
    """Proves that the questions of the next test are the right ones."""

    async def is_shown(operation: Operation) -> str:
        answers = [await ask(city, question, EVERYBODY) for question in questions(operation, situation)]
        shown = any(answer.is_success and (told(answer, situation) or is_wordless(operation)) for answer in answers)
        return "" if shown else f"{operation} shows nothing: {sorted({answer.status_code for answer in answers})}"

    await no_faults(is_shown, [each for each in reads(city) if each.path not in OWN_ONLY | NOTHING_YET])


async def test_given_a_stranger_then_no_read_operation_shows_anything_of_a_case(
    city: City, situation: Situation
) -> None:
    asked = [(who, question) for who in strangers() for each in reads(city) for question in questions(each, situation)]

    async def is_hidden(asking: tuple[Person, Question]) -> str:
        who, question = asking
        answer = await ask(city, question, who)
        hidden = not told(answer, situation) and (answer.status_code in HIDDEN or not question.operation.parameters)
        return "" if hidden else f"{who.code}: {question} → {answer.status_code} {told(answer, situation)}"

    await no_faults(is_hidden, asked)


async def test_general_operations_hold_nothing_of_a_case_even_for_those_who_may_see_all(
    city: City, situation: Situation
) -> None:
    general = [each for each in city.operations() if each.method == "GET" and each.path in GENERAL]

    async def holds_nothing(question: Question) -> str:
        found = told(await ask(city, question, EVERYBODY), situation)
        return f"{question} shows {found}" if found else ""

    asked = [question for each in general for question in questions(each, situation)]
    await no_faults(holds_nothing, asked)


async def test_given_a_stranger_then_no_operation_on_a_case_is_carried_out_or_tells_anything(
    city: City, situation: Situation
) -> None:
    before = await history(city, situation)
    asked = [(who, question) for who in strangers() for each in writes(city) for question in questions(each, situation)]

    async def is_refused(asking: tuple[Person, Question]) -> str:
        who, question = asking
        answer = await ask(city, question, who)
        refused = answer.status_code in HIDDEN and not told(answer, situation)
        return "" if refused else f"{who.code}: {question} → {answer.status_code} {answer.text[:120]}"

    await no_faults(is_refused, asked)
    assert await history(city, situation) == before


async def no_faults(check: Callable[[T], Awaitable[str]], asked: Sequence[T]) -> None:
    """Check all that is asked, a few at a time; fails with every fault there is."""
    places = asyncio.Semaphore(AT_ONCE)

    async def checked(each: T) -> str:
        async with places:
            return await check(each)

    found = [fault for fault in await asyncio.gather(*(checked(each) for each in asked)) if fault]
    assert not found, f"{len(found)} of {len(asked)}:\n" + "\n".join(found)


async def knock(
    city: City, operation: Operation, token: str | None, headers: dict[str, bytes] | None = None
) -> httpx.Response:
    """Ask an operation about nothing in particular: whoever may not ask is refused before the rest is looked at."""
    path = re.sub(r"\{\w+\}", "0" * 24, operation.path)
    return await city.ask(operation.service, operation.method, path, token, json={}, headers=headers)


async def ask(city: City, question: Question, who: Person) -> httpx.Response:
    operation = question.operation
    return await city.ask(
        operation.service, operation.method, question.path, who, params=question.query, json=question.body
    )


def is_wordless(operation: Operation) -> bool:
    """Whether it tells of a case without a secret word: in dates and names, in yes and no, in a packed file."""
    packed = ("/file", "/pdf", "/docx", "/{file_format}", "/assessment.xlsx")
    listed = ("/why", "/audit", "/audits", "/chain", "/actions", "/rebuilt", "/assessment-roll-up")
    return operation.path.endswith((*listed, "/cases/{case_no}/documents", *packed))


def guarded(city: City) -> list[Operation]:
    return [each for each in city.operations() if each.is_guarded]


def reads(city: City) -> list[Operation]:
    """Every GET operation that could show something of a case."""
    return [each for each in city.operations() if each.method == "GET" and each.path not in GENERAL]


def writes(city: City) -> list[Operation]:
    """Every operation that changes something of one case."""
    return [
        each
        for each in city.operations()
        if each.method != "GET" and each.path not in GENERAL_WRITES and (each.parameters or each.path == "/bulletins")
    ]


def told(answer: httpx.Response, situation: Situation) -> list[str]:
    """Which secrets an answer tells, besides those that the question held already."""
    asked = str(answer.url) + answer.request.content.decode()
    return [secret for secret in situation.secrets if secret in answer.text and secret not in asked]


async def history(city: City, situation: Situation) -> list[object]:
    """All that was said of the four cases so far, and how the papers of supervision stand."""
    cases = (situation.case_no, situation.decided_case, situation.faulty_case, situation.township_case)
    paths = [("workflow", f"/cases/{case}/history?limit=200") for case in cases]
    paths += [("intake", f"/cases/{case}") for case in cases]
    paths += [("supervision", path) for path in ("/matters", "/notices", "/bulletins")]
    paths += [("notify", f"/messages?case_no={situation.case_no}")]
    return [(await city.ask(service, "GET", path, EVERYBODY)).json() for service, path in paths]
