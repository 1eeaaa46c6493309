"""Group chats of departments: who is bound to which, and who bound it (A-17)."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel

from services.kernel import logs
from services.kernel.identity import Permission, Person, allowed
from services.kernel.problem import problems
from services.kernel.requests import Reason, Request
from services.kernel.store import AlreadyExists, Conflict
from services.notify import groups
from services.notify.api.common import Here, Reader
from services.notify.groups import Binding, Deed, GroupNotBound, Order, SecretMissing, Vendor

log = logs.get(__name__)
router = APIRouter()

Caretaker = Annotated[Person, Depends(allowed(Permission.MESSAGE_SETUP))]
Department = Annotated[str, Path(pattern=r"^[A-Z][0-9]{2}$")]


class GroupView(BaseModel, frozen=True):
    """A department's group chat and everything that was done about it, but no key."""

    department: str
    name: str
    vendor: Vendor
    bound: bool
    deeds: tuple[Deed, ...]


class Unbinding(Request, frozen=True):
    """Why a department has no group chat any more."""

    reason: Reason


@router.get("/groups", summary="科室工作群")
async def list_groups(deps: Here, _who: Reader) -> tuple[GroupView, ...]:
    """Every department that is, or was, bound to a group chat."""
    found = await deps.books.groups.bindings.query({}, sort=[("_id", 1)], limit=1000)
    return tuple(_view(each) for each in found)


@router.put("/groups/{department}", summary="绑定工作群", responses=problems(SecretMissing, Conflict))
async def bind_group(deps: Here, who: Caretaker, department: Department, order: Order) -> GroupView:
    """From now on messages for this department's group go to this one; what was before stays on record."""
    kept, wall = deps.books.groups, deps.clock.wall()
    found = await kept.bindings.find(department)
    binding = groups.bind(
        found[0] if found else None, order, department=department, by=who.code, wall=wall, seals=deps.seals
    )
    try:
        await (kept.bindings.save(binding, found[1]) if found else kept.bindings.create(binding))
    except AlreadyExists:
        raise Conflict(key=department) from None
    kept.put(binding)
    log.info("group bound", department=department, by=who.code)
    return _view(binding)


@router.post("/groups/{department}/unbind", summary="解除绑定", responses=problems(GroupNotBound, Conflict))
async def unbind_group(deps: Here, who: Caretaker, department: Department, order: Unbinding) -> GroupView:
    """Nothing goes into this department's group any more."""
    kept, wall = deps.books.groups, deps.clock.wall()
    found = await kept.bindings.find(department)
    if found is None:
        raise GroupNotBound(department=department)
    binding = groups.unbind(found[0], by=who.code, reason=order.reason, wall=wall)
    await kept.bindings.save(binding, found[1])
    kept.put(binding)
    log.info("group unbound", department=department, by=who.code)
    return _view(binding)


def _view(binding: Binding) -> GroupView:
    return GroupView(**binding.model_dump(include=set(GroupView.model_fields)))
