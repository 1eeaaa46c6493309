"""People, posts and departments (X6): who works where as what; kept by the registrar."""

from typing import Annotated, Any, Final
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Path, Query, Response

from services.console.accounts import PasswordTooSimple
from services.console.backends import Asking, Refused
from services.console.pages.accounts import FirstPassword, put_account
from services.console.pages.routes import PageRoute
from services.console.visits import Visit, holding
from services.kernel.identity import Permission
from services.kernel.requests import LARGEST_PAGE

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Reader = Annotated[Visit, Depends(holding(Permission.REGISTRY_READ))]
Registrar = Annotated[Visit, Depends(holding(Permission.REGISTRY_EDIT))]
Code = Annotated[str, Path(pattern=r"^[a-z][A-Za-z0-9._-]{0,39}$")]
Filter = Annotated[str, Query(max_length=80)]

ROLES: Final = {
    "clerk": "窗口人员",
    "officer": "经办人",
    "section_chief": "科长",
    "leader": "局领导",
    "bureau_head": "局长",
    "secretary": "会议秘书",
    "supervisor": "督查专员",
    "it_staff": "信息人员",
    "operator": "运维人员",
    "registrar": "登记管理员",
}
ATTENDANCE: Final = {"on_duty": "在岗", "out_of_office": "外出"}
_MENDABLE: Final = frozenset({403, 409, 422})
_NEW: Final[dict[str, Any]] = {
    "code": "",
    "name": "",
    "department": "",
    "posts": [],
    "roles": [],
    "deputy": None,
    "attendance": "on_duty",
    "phone": "",
    "mail": "",
    "chat": None,
    "active": True,
}


@router.get("/ops/people")
async def people(visit: Reader, department: Filter = "", role: Filter = "", find: Filter = "") -> Response:
    """People by code."""
    everybody = await _every(visit.api, "/people")
    words = find.strip().lower()
    rows = [
        one
        for one in everybody
        if department in {"", one["department"]}
        and (not role or role in one["roles"])
        and (words in one["name"].lower() or words in one["code"])
    ]
    chosen = {"department": department, "role": role, "find": find}
    names = await visit.deps.books.department_names(english=visit.english)
    posts = await visit.deps.books.post_names(english=visit.english)
    return visit.page(
        "ops/people.html",
        people=rows,
        everybody={one["code"]: one["name"] for one in everybody},
        chosen=chosen,
        names=names,
        posts=posts,
        roles=ROLES,
        attendance=ATTENDANCE,
    )


@router.get("/ops/people/posts")
async def posts(visit: Reader) -> Response:
    """Posts: duty, authority and limit."""
    names = await visit.deps.books.department_names(english=visit.english)
    return visit.page("ops/posts.html", posts=await _every(visit.api, "/posts"), names=names)


@router.get("/ops/people/departments")
async def departments(visit: Reader) -> Response:
    """Departments and township offices."""
    found = await _every(visit.api, "/departments")
    return visit.page("ops/departments.html", departments=found, people=await visit.deps.books.names())


@router.get("/ops/people/new")
async def new(visit: Registrar) -> Response:
    """The form for one more person."""
    return await _page(visit, _NEW, code="")


@router.post("/ops/people")
async def enter(visit: Registrar, code: Annotated[str, Form(max_length=80)]) -> Response:
    """Enter one more person. Somebody who is in the books already is changed on their own page."""
    return await _put(visit, code.strip(), is_new=True)


@router.get("/ops/people/{code}")
async def person(visit: Reader, code: Code, said: Filter = "") -> Response:
    """One person."""
    return await _page(visit, await visit.api.get("registry", f"/people/{code}"), code=code, said=said)


@router.post("/ops/people/{code}")
async def change(visit: Registrar, code: Code) -> Response:
    """Change a person's entry."""
    return await _put(visit, code, is_new=False)


@router.post("/ops/people/{code}/attendance")
async def note_attendance(visit: Reader, code: Code, attendance: Annotated[str, Form(max_length=20)]) -> Response:
    """Say that somebody is at the desk or out."""
    await visit.api.post("registry", f"/people/{code}/attendance", {"attendance": attendance})
    return visit.see(f"/ops/people/{code}?said=attendance")


@router.post("/ops/people/{code}/password")
async def set_password(visit: Registrar, code: Code, password: Annotated[str, Form(max_length=200)]) -> Response:
    """Give a person a first password; it has to be changed at the first sign-in."""
    found = await visit.api.get("registry", f"/people/{code}")
    try:
        await put_account(visit.deps, visit.who, code, FirstPassword(password=password))
    except PasswordTooSimple as problem:
        words = {"detail": problem.detail(visit.language), "remedy": problem.remedy(visit.language), "errors": []}
        return await _page(visit, found, code=code, problem=words, status=problem.status)
    return visit.see(f"/ops/people/{code}?said=password")


async def _put(visit: Visit, code: str, *, is_new: bool) -> Response:
    entry = await _entry(visit)
    shown = {**_NEW, **entry, "code": code}
    if is_new and await visit.deps.books.person(code) is not None:
        return await _page(visit, shown, code="", problem=_known(visit, code), status=409)
    try:
        await visit.api.put("registry", f"/people/{quote(code, safe='')}", entry)
    except Refused as refused:
        if refused.status not in _MENDABLE:
            raise
        return await _page(visit, shown, code="" if is_new else code, problem=refused.problem, status=refused.status)
    return visit.see(f"/ops/people/{code}?said=saved")


async def _entry(visit: Visit) -> dict[str, Any]:
    form = await visit.request.form()
    texts = {
        name: str(form.get(name, "")).strip() for name in ("name", "department", "deputy", "phone", "mail", "chat")
    }
    several = {name: [str(one) for one in form.getlist(name)] for name in ("posts", "roles")}
    return (
        texts | several | {"deputy": texts["deputy"] or None, "chat": texts["chat"] or None, "active": "active" in form}
    )


def _known(visit: Visit, code: str) -> dict[str, Any]:
    return {
        "detail": f"{visit.say('工号已在名册中')}：{code}",
        "remedy": visit.say("请打开该人员的页面修改"),
        "errors": [],
    }


async def _page(
    visit: Visit,
    shown: dict[str, Any],
    *,
    code: str,
    problem: dict[str, Any] | None = None,
    status: int = 200,
    said: str = "",
) -> Response:
    """One person; the registrar gets a form. `code` is empty for somebody who is not in the books yet."""
    books, keeps = visit.deps.books, visit.may(Permission.REGISTRY_EDIT)
    return visit.page(
        "ops/person.html",
        status=status,
        person=shown,
        code=code,
        names=await books.department_names(english=visit.english),
        posts=await books.post_names(english=visit.english),
        held=await _every(visit.api, "/posts") if keeps else [],
        people=await books.names(),
        roles=ROLES,
        attendance=ATTENDANCE,
        refusal=problem,
        said=said,
    )


async def _every(api: Asking, path: str) -> list[dict[str, Any]]:
    """All entries of a book of the registry."""
    found: list[dict[str, Any]] = []
    after = None
    while True:
        page = await api.get("registry", path, limit=LARGEST_PAGE, after=after)
        found += page
        if len(page) < LARGEST_PAGE:
            return found
        after = page[-1]["code"]
