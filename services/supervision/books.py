"""Read copies: who works where, from the registry's facts; and who stands for each audience of a rule."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from services.contracts.registry import DepartmentChanged, PersonChanged
from services.contracts.words import Role
from services.contracts.workflow import TimerSaid
from services.kernel.store import Collection, NotFound
from services.supervision.lights import Cast
from services.supervision.rules import Audience

_MANY: Final = 1000
_CHIEF_POST: Final = "P06"
_HANDLER_POST: Final = "P04"


@dataclass(frozen=True, slots=True)
class Books:
    """What supervision remembers of the registry."""

    persons: Collection[PersonChanged]
    departments: Collection[DepartmentChanged]

    async def cast(self, timer: TimerSaid) -> Cast:
        """Who answers for this clock, seen from each audience of the rule table."""
        department = await self.departments.get(timer.department)
        leader = department.leader_in_charge if department else None
        post = timer.post or _HANDLER_POST
        return {
            Audience.HANDLER: (timer.person,) if timer.person else await self._holders(post, timer.department),
            Audience.CHIEF: await self._holders(_CHIEF_POST, timer.department),
            Audience.LEADER: (leader,) if leader else (),
            Audience.HEAD: await self._with_role(Role.BUREAU_HEAD),
            Audience.SUPERVISION: await self.supervision_office(),
        }

    async def supervision_office(self) -> tuple[str, ...]:
        """The supervision commissioners."""
        return await self._with_role(Role.SUPERVISOR)

    async def supervision_department(self) -> str:
        """Where the supervision commissioners work. Raises NotFound while the books know none."""
        found = await self.persons.query({"body.roles": Role.SUPERVISOR.value}, sort=[("_id", 1)], limit=1)
        if not found:
            raise NotFound(key=Role.SUPERVISOR)
        return found[0].department

    async def answerable(self, departments: Iterable[str]) -> tuple[str, ...]:
        """Section chiefs and leaders in charge of these departments, once each."""
        codes: list[str] = []
        for code in departments:
            codes += await self._holders(_CHIEF_POST, code)
            department = await self.departments.get(code)
            codes += [department.leader_in_charge] if department and department.leader_in_charge else []
        return tuple(dict.fromkeys(codes))

    async def everyone(self) -> tuple[str, ...]:
        """All active staff: whom an internal bulletin goes to."""
        return await self._codes({})

    async def department_name(self, code: str) -> str:
        """The department's name, or its code while nothing was heard of it."""
        department = await self.departments.get(code)
        return department.name if department else code

    async def department_names(self) -> dict[str, str]:
        """The names of all departments and township offices, by code."""
        found = await self.departments.query({}, sort=[("_id", 1)], limit=_MANY)
        return {each.code: each.name for each in found}

    async def people_names(self) -> dict[str, str]:
        """The names of all staff, by code."""
        found = await self.persons.query({}, sort=[("_id", 1)], limit=_MANY)
        return {each.code: each.name for each in found}

    async def _holders(self, post: str, department: str) -> tuple[str, ...]:
        return await self._codes({"body.posts": f"{post}@{department}"})

    async def _with_role(self, role: Role) -> tuple[str, ...]:
        return await self._codes({"body.roles": role.value})

    async def _codes(self, where: dict[str, object]) -> tuple[str, ...]:
        found = await self.persons.query({**where, "body.active": True}, sort=[("_id", 1)], limit=_MANY)
        return tuple(person.code for person in found)
