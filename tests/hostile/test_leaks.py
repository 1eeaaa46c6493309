"""What lists and readings tell whom: nothing of another department's cases, and of nobody what they need not know.

Each case bears marks of its own (title, name, telephone, identity number, place). Every read operation is asked in
every way, as people of each department and as each role that sees the whole bureau, and every answer is searched for
the marks that this person may not see.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pytest

from services.contracts.words import Role
from services.kernel.identity import Person
from tests.hostile.city import EVERYBODY, City, person
from tests.hostile.doors import Question, questions
from tests.hostile.situation import APPLICANT, FARMER, RURAL, VILLAGE, VILLAGER, WORKS, Situation
from tests.hostile.test_tokens_and_scope import ask, no_faults, reads

pytestmark = pytest.mark.timeout(600)

SEALED: Final = ("phone", "id_no")
"""Of whom nobody needs the whole in a list."""

D06: Final = ("D06",)
D08: Final = ("D08", "T01")
"""The section for villages reviews what townships receive."""

T01: Final = ("T01",)

SEES: Final[Mapping[Person, Sequence[str]]] = {
    person("u.leak.officer6", Role.OFFICER, department="D06", posts=("P04@D06",)): D06,
    person("u.leak.chief6", Role.SECTION_CHIEF, department="D06", posts=("P06@D06",)): D06,
    person("u.leak.officer8", Role.OFFICER, department="D08", posts=("P04@D08",)): D08,
    person("u.leak.clerk1", Role.CLERK, department="T01", posts=("P21@T01",), township=True): T01,
    person("u.leak.officer1", Role.OFFICER, department="T01", posts=("P22@T01",), township=True): T01,
}
"""People, and whose cases they see."""

BUREAU_WIDE: Final = tuple(
    person(f"u.leak.{role.value.replace('_', '-')}", role, department="D02")
    for role in (Role.LEADER, Role.SUPERVISOR, Role.OPERATOR)
)
"""People who see all cases and receive none."""


@dataclass(frozen=True, slots=True)
class Planted:
    """What one department's cases are known by."""

    cases: tuple[str, ...]
    words: tuple[str, ...]


def planted(situation: Situation) -> dict[str, Planted]:
    """The marks of each department's cases."""
    return {
        "D06": Planted((situation.case_no, situation.decided_case, situation.task_id), _words(WORKS, APPLICANT)),
        "D08": Planted((situation.faulty_case, situation.incident_id), _words(RURAL, FARMER)),
        "T01": Planted((situation.township_case, situation.township_task), (*_words(VILLAGE, VILLAGER), "老槐树")),
    }


def _words(case: Mapping[str, Any], applicant: Mapping[str, str]) -> tuple[str, ...]:
    return (str(case["title"]), applicant["name"], *(applicant[name] for name in SEALED))


def hidden_from(departments: Sequence[str], situation: Situation) -> Sequence[str]:
    """The marks of everybody else's cases."""
    others = [each for name, each in planted(situation).items() if name not in departments]
    return [mark for each in others for mark in (*each.cases, *each.words)]


async def test_given_who_sees_all_then_the_marks_are_really_told_somewhere(city: City, situation: Situation) -> None:
    """Otherwise the tests below would prove nothing; whole numbers are told nowhere, so they are not looked for."""
    answers = [
        (await ask(city, question, EVERYBODY)).text
        for each in reads(city)
        if each.path in {"/cases", "/cases/{case_no}", "/tasks", "/tasks/{task_id}"}
        for question in questions(each, situation)
    ]
    seen = "\n".join(answers)
    for department, marks in planted(situation).items():
        wanted = [mark for mark in (*marks.cases, *marks.words) if not mark.isdecimal()]
        assert [mark for mark in wanted if mark not in seen and mark != situation.incident_id] == [], department


async def test_given_who_sees_one_department_then_nothing_of_anothers_cases_is_told(
    city: City, situation: Situation
) -> None:
    asked = [(who, question) for who in SEES for each in reads(city) for question in questions(each, situation)]
    secrets = {who: hidden_from(departments, situation) for who, departments in SEES.items()}

    async def is_silent(asking: tuple[Person, Question]) -> str:
        who, question = asking
        answer = await ask(city, question, who)
        told = [mark for mark in secrets[who] if mark in answer.text and mark not in str(answer.url)]
        return f"{who.code}: {question} → {answer.status_code} {told}" if told else ""

    await no_faults(is_silent, asked)


async def test_given_who_sees_all_and_receives_nothing_then_no_whole_number_of_anybody_is_told(
    city: City, situation: Situation
) -> None:
    """Telephone and identity numbers are for the window and for who handles the case; others read them masked."""
    whole = [applicant[name] for applicant in (APPLICANT, FARMER, VILLAGER) for name in SEALED]
    asked = [(who, question) for who in BUREAU_WIDE for each in reads(city) for question in questions(each, situation)]

    async def is_masked(asking: tuple[Person, Question]) -> str:
        who, question = asking
        answer = await ask(city, question, who)
        told = [number for number in whole if number in answer.text]
        return f"{who.code}: {question} → {told}" if told else ""

    await no_faults(is_masked, asked)
