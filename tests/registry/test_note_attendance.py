"""在岗 / 外出 (A-41): everyone for themselves, the registrar for all."""

import pytest

from services.contracts.registry import PersonChanged
from services.contracts.words import Attendance
from services.kernel.identity import Person
from tests.registry.builders import HANDLER, LEADER, REGISTRAR, department, member, post
from tests.registry.conftest import Registry

AWAY = {"attendance": "out_of_office"}


@pytest.fixture
async def office_of_one(registry: Registry) -> Registry:
    await registry.ask("PUT", "/departments/D06", REGISTRAR, body=department().model_dump())
    await registry.ask("PUT", "/posts/P04", REGISTRAR, body=post().model_dump())
    await registry.ask("PUT", f"/people/{HANDLER.code}", REGISTRAR, body=member().model_dump(mode="json"))
    return registry


@pytest.mark.parametrize(("who", "status"), [(HANDLER, 200), (REGISTRAR, 200), (LEADER, 403)])
async def test_one_says_it_for_oneself_and_the_registrar_for_all(
    office_of_one: Registry, who: Person, status: int
) -> None:
    answer = await office_of_one.ask("POST", f"/people/{HANDLER.code}/attendance", who, body=AWAY)

    assert answer.status_code == status
    noted = (await office_of_one.deps.people.load(HANDLER.code))[0].attendance
    assert noted is (Attendance.OUT_OF_OFFICE if status == 200 else Attendance.ON_DUTY)


async def test_going_out_and_coming_back_is_said_each_time_and_repeats_are_not(office_of_one: Registry) -> None:
    for attendance in ("out_of_office", "out_of_office", "on_duty", "on_duty"):
        await office_of_one.ask("POST", f"/people/{HANDLER.code}/attendance", HANDLER, body={"attendance": attendance})

    said = [each.attendance for each in await office_of_one.said(HANDLER.code) if isinstance(each, PersonChanged)]
    assert said == [Attendance.ON_DUTY, Attendance.OUT_OF_OFFICE, Attendance.ON_DUTY]


async def test_nobody_unknown_goes_out(office_of_one: Registry) -> None:
    answer = await office_of_one.ask("POST", "/people/u.nobody/attendance", REGISTRAR, body=AWAY)

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize("body", [{}, {"attendance": "asleep"}, AWAY | {"until": "2027-01-01"}])
async def test_what_is_no_attendance_is_refused(office_of_one: Registry, body: object) -> None:
    answer = await office_of_one.ask("POST", f"/people/{HANDLER.code}/attendance", HANDLER, body=body)

    assert answer.status_code == 422
