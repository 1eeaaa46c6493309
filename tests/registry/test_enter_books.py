"""Departments, posts (B-43) and people over HTTP: entered whole, said once, seen by those who may."""

import asyncio
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from services.contracts.registry import DepartmentChanged, PersonChanged, PostChanged
from services.contracts.words import Attendance
from tests.registry.builders import HANDLER, LEADER, OPERATOR, REGISTRAR, department, member, post
from tests.registry.conftest import Registry
from tests.support.running import of_kind
from tests.support.wait import wait_until


def office_rows(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The demo office's entries."""
    text = files("services.local").joinpath(f"office/{name}.toml").read_text(encoding="utf-8")
    for row in next(iter(tomllib.loads(text).values())):
        yield row.pop("code"), row


async def enter(registry: Registry, path: str, body: object) -> int:
    return (await registry.ask("PUT", path, REGISTRAR, body=body)).status_code


async def enter_office(registry: Registry) -> None:
    """What `make run` does: departments, posts, people without and then with their deputies."""
    for code, row in office_rows("departments"):
        assert await enter(registry, f"/departments/{code}", row) == 200, code
    for code, row in office_rows("posts"):
        assert await enter(registry, f"/posts/{code}", row) == 200, code
    people = list(office_rows("people"))
    for code, row in people:
        assert await enter(registry, f"/people/{code}", row | {"deputy": None}) == 200, code
    for code, row in people:
        assert await enter(registry, f"/people/{code}", row) == 200, code


async def enter_few(registry: Registry) -> None:
    """One department, one post, one person."""
    await enter(registry, "/departments/D06", department().model_dump())
    await enter(registry, "/posts/P04", post().model_dump())
    await enter(registry, f"/people/{HANDLER.code}", member().model_dump(mode="json"))


async def test_given_the_demo_office_when_it_is_entered_then_everyone_is_told_and_nobody_is_missing(
    registry: Registry,
) -> None:
    await enter_office(registry)
    said = await registry.said()

    people = {each.code: each for each in of_kind(said, PersonChanged) if isinstance(each, PersonChanged)}
    assert people["u.leader"].deputy == "u.leader2"
    assert len(people) == len(list(office_rows("people")))
    assert len(of_kind(said, DepartmentChanged)) == len(list(office_rows("departments")))
    assert len(of_kind(said, PostChanged)) == len(list(office_rows("posts")))
    assert await registry.backlog("leaders-not-in-the-books") == 0


async def test_given_an_entry_when_it_comes_again_then_nothing_changes_and_nothing_is_said(registry: Registry) -> None:
    await enter_few(registry)
    before = await registry.said()
    await enter_few(registry)

    assert await registry.said() == before
    assert [type(each) for each in before] == [DepartmentChanged, PostChanged, PersonChanged]
    assert {each.changed_by for each in before} == {REGISTRAR.code}  # type: ignore[attr-defined]  # all three say so


async def test_given_a_registrar_when_changing_their_own_posts_or_roles_then_it_is_refused_and_the_rest_is_not(
    registry: Registry,
) -> None:
    await enter_office(registry)
    rows = dict(office_rows("people"))
    own = rows[REGISTRAR.code]
    path = f"/people/{REGISTRAR.code}"
    for more in ({"roles": [*own["roles"], "it_staff"]}, {"posts": ["P15@D02"]}, {"roles": []}):
        refused = await registry.ask("PUT", path, REGISTRAR, body=own | more)
        assert (refused.status_code, refused.json()["code"]) == (403, "own-rights")
    assert await enter(registry, path, own | {"phone": "13800000999"}) == 200
    other = rows["u.it"]
    assert await enter(registry, "/people/u.it", other | {"roles": [*other["roles"], "operator"]}) == 200


async def test_given_the_same_entry_many_times_at_once_then_it_is_said_once(registry: Registry) -> None:
    body = department().model_dump()
    answers = await asyncio.gather(*(enter(registry, "/departments/D06", body) for _ in range(20)))

    assert set(answers) == {200}
    await wait_until(lambda: registry.said("D06"))
    assert len(await registry.said("D06")) == 1


async def test_given_attendance_noted_while_a_person_is_entered_then_neither_undoes_the_other(
    registry: Registry,
) -> None:
    await enter_few(registry)
    away = {"attendance": "out_of_office"}
    entries = [member(name=f"李某{n}").model_dump(mode="json") for n in range(15)]
    path = f"/people/{HANDLER.code}"
    noted, *_ = await asyncio.gather(
        registry.ask("POST", f"{path}/attendance", HANDLER, body=away),
        *(enter(registry, path, each) for each in entries),
    )

    assert noted.status_code == 200
    assert (await registry.deps.people.load(HANDLER.code))[0].attendance is Attendance.OUT_OF_OFFICE


@pytest.mark.parametrize(
    ("path", "entry", "status", "code"),
    [
        ("/people/u.one", member(posts=["P15@D06"]), 422, "unknown-reference"),
        ("/people/u.one", member(deputy="u.nobody"), 422, "unknown-reference"),
        ("/people/u.one", member(deputy="u.one"), 422, "own-deputy"),
        ("/people/u.one", member(roles=["officer", "supervisor"]), 422, "role-conflict"),
        ("/posts/P05", post(departments=["D99"]), 422, "unknown-reference"),
    ],
)
async def test_an_unlawful_entry_is_refused_with_a_remedy_and_changes_nothing(
    registry: Registry, path: str, entry: Any, status: int, code: str
) -> None:
    await enter_few(registry)
    before = await registry.said()
    answer = await registry.ask("PUT", path, REGISTRAR, body=entry.model_dump(mode="json"))

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["remedy"]
    assert await registry.said() == before


async def test_a_post_stays_where_somebody_holds_it_until_they_do_not(registry: Registry) -> None:
    await enter_few(registry)
    await enter(registry, "/departments/D08", department(name="村镇规划管理科").model_dump())
    moved = post(departments=["D08"]).model_dump()

    refused = await registry.ask("PUT", "/posts/P04", REGISTRAR, body=moved)
    assert (refused.status_code, refused.json()["code"]) == (409, "post-held")

    await enter(registry, f"/people/{HANDLER.code}", member(active=False).model_dump(mode="json"))
    assert await enter(registry, "/posts/P04", moved) == 200


@pytest.mark.parametrize("code", ["U.big", "u..two.dots", "u.", "a" * 41, "u.with space", "-u"])
async def test_a_code_that_could_not_be_said_is_refused(registry: Registry, code: str) -> None:
    answer = await registry.ask("PUT", f"/people/{code}", REGISTRAR, body=member().model_dump(mode="json"))

    assert answer.status_code == 422


async def test_only_the_registrar_writes_and_only_staff_read(registry: Registry) -> None:
    body = department().model_dump()
    assert (await registry.ask("PUT", "/departments/D06", OPERATOR, body=body)).status_code == 403
    assert (await registry.ask("PUT", "/departments/D06", body=body)).status_code == 401
    assert (await registry.ask("GET", "/people")).status_code == 401
    for path in ("/people", "/posts", "/departments"):
        assert (await registry.ask("GET", path, LEADER)).status_code == 200


async def test_ways_to_reach_a_person_are_shown_to_them_and_the_registrar_alone(registry: Registry) -> None:
    await enter_few(registry)

    async def shown(who: Any) -> tuple[str | None, ...]:
        seen = (await registry.ask("GET", f"/people/{HANDLER.code}", who)).json()
        return seen["phone"], seen["mail"], seen["chat"]

    full = ("13800000008", "u.handler.d06@guihua.example", "u.handler.d06")
    assert await shown(HANDLER) == full
    assert await shown(REGISTRAR) == full
    assert await shown(LEADER) == (None, None, None)
    listed = (await registry.ask("GET", "/people", LEADER)).json()
    assert [person["phone"] for person in listed] == [None]


async def test_lists_are_read_page_by_page(registry: Registry) -> None:
    for code in ("D01", "D02", "D03"):
        await enter(registry, f"/departments/{code}", department().model_dump())

    first = (await registry.ask("GET", "/departments?limit=2", LEADER)).json()
    second = (await registry.ask("GET", f"/departments?limit=2&after={first[-1]['code']}", LEADER)).json()
    assert [each["code"] for each in first + second] == ["D01", "D02", "D03"]
    assert (await registry.ask("GET", "/departments?limit=201", LEADER)).status_code == 422


async def test_a_leader_in_charge_who_is_not_in_the_books_is_counted_until_entered(registry: Registry) -> None:
    await enter(registry, "/departments/D06", department(leader_in_charge="u.leader").model_dump())
    assert await registry.backlog("leaders-not-in-the-books") == 1

    await enter(registry, "/people/u.leader", member(posts=[], roles=["leader"]).model_dump(mode="json"))
    assert await registry.backlog("leaders-not-in-the-books") == 0
