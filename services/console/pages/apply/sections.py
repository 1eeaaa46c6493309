"""The sections of a draft: applicant, project, papers. Each is saved by itself, complete or not."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Response

from services.console.backends import Refused
from services.console.pages.apply.drafts import Held, HeldDraft, Json, flashed
from services.console.pages.desk.entries import FACTS
from services.console.pages.papers import chosen_files, named, parts
from services.console.pages.routes import PageRoute

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

SECTIONS: Final = (("applicant", "申请人"), ("project", "项目"), ("papers", "申请材料"))
_APPLICANT: Final = ("kind", "name", "id_no", "phone", "agent_name", "agent_id_no")
_LATER: Final = "later"
_KEPT: Final = frozenset({404, 409, 413, 415, 422})
_UNPROCESSABLE: Final = 422

Paper = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$")]


@router.get("/apply/draft")
async def overview(held: HeldDraft) -> Response:
    """The draft's number, its sections, and what lacks in each."""
    draft = await held.shown()
    lacks = lacking(draft, english=held.visit.english)
    password = "" if draft["case_no"] else flashed(held.visit)
    return held.page("apply/draft.html", draft=draft, sections=SECTIONS, lacks=lacks, password=password)


@router.get("/apply/draft/applicant")
async def applicant_page(held: HeldDraft) -> Response:
    """Who applies."""
    draft = await held.shown()
    return held.page("apply/applicant.html", draft=draft, fields=draft["applicant"], wrong={}, refusal=None)


@router.post("/apply/draft/applicant")
async def save_applicant(held: HeldDraft) -> Response:
    """Keep who applies; what lacks is told at once, and nothing typed is lost."""
    typed = await _typed(held)
    body: dict[str, str] = {name: typed[name] for name in _APPLICANT if name in typed}
    return await _saved(held, "applicant", body, typed, then="/apply/draft/project")


@router.get("/apply/draft/project")
async def project_page(held: HeldDraft) -> Response:
    """What is to be built, and where."""
    draft = await held.shown()
    return held.page("apply/project.html", draft=draft, facts=FACTS, fields=_project(draft), wrong={}, refusal=None)


@router.post("/apply/draft/project")
async def save_project(held: HeldDraft) -> Response:
    """Keep the project; as above."""
    typed = await _typed(held)
    facts = {name: typed[f"facts.{name}"] for name, _ in FACTS if f"facts.{name}" in typed}
    body = {"title": typed.get("title", ""), "township": typed.get("township") or None, "facts": facts}
    return await _saved(held, "project", body, typed, then="/apply/draft/papers")


@router.get("/apply/draft/papers")
async def papers_page(held: HeldDraft) -> Response:
    """The papers asked for, each with its files."""
    return await _papers(held)


@router.post("/apply/draft/papers/{paper}")
async def add_files(held: HeldDraft, paper: Paper) -> Response:
    """Keep the files that were chosen; of one that is refused nothing is kept, and it is said why."""
    chosen = chosen_files((await held.visit.request.form()).getlist("file"))
    if not chosen:
        none = {"detail": held.visit.say("还没有选择文件"), "remedy": held.visit.say("请先选择文件，再点上传")}
        return await _papers(held, problem=none, at=paper, status=_UNPROCESSABLE)
    await held.shown()
    for file in chosen:
        try:
            path = f"/public/draft/papers/{paper}/files"
            held.renewed(await held.api.upload("intake", path, parts(file), name=named(file)))
        except Refused as refused:
            if refused.status not in _KEPT:
                raise
            return await _papers(held, problem=refused.problem, at=paper, status=refused.status)
    return held.see(f"/apply/draft/papers?added={paper}#paper-{paper}")


@router.post("/apply/draft/files/{upload_id}/remove")
async def remove_file(held: HeldDraft, upload_id: Annotated[str, Path(pattern=r"^[0-9a-f]{24}$")]) -> Response:
    """Take a file out again."""
    held.renewed(await held.asked("DELETE", f"/files/{upload_id}"))
    return held.see("/apply/draft/papers")


def lacking(draft: Json, *, english: bool) -> dict[str, list[tuple[str, str]]]:
    """What lacks, by section: the place on its page, and the words."""
    found: dict[str, list[tuple[str, str]]] = {name: [] for name, _ in SECTIONS}
    for one in draft["lacks"]:
        found[_section_of(one["where"])].append((one["where"], one["en"] if english else one["zh"]))
    return found


def _section_of(where: str) -> str:
    if where.startswith("body.applicant"):
        return "applicant"
    return "papers" if where.startswith("body.documents") else "project"


async def _typed(held: Held) -> dict[str, str]:
    form = await held.visit.request.form()
    return {name: value.strip() for name, value in form.items() if isinstance(value, str)}


async def _saved(held: Held, section: str, body: Json, typed: Mapping[str, str], *, then: str) -> Response:
    """Save the section. Who wants to go on is told what lacks in it; who puts it off goes back to the overview."""
    try:
        draft = held.renewed(await held.asked("PUT", f"/{section}", body))
    except Refused as refused:
        if refused.status != _UNPROCESSABLE:
            raise
        return await _again(held, section, typed, refused.problem)
    if typed.get("then") == _LATER:
        return held.see("/apply/draft")
    lacks = lacking(draft, english=held.visit.english)[section]
    return await _again(held, section, typed, _told(held, lacks)) if lacks else held.see(then)


async def _again(held: Held, section: str, typed: Mapping[str, str], problem: Json) -> Response:
    wrong = {one["where"]: one["message"] for one in problem.get("errors", [])}
    context: dict[str, Any] = {"draft": await held.shown(), "fields": typed, "wrong": wrong, "refusal": problem}
    return held.page(f"apply/{section}.html", status=_UNPROCESSABLE, facts=FACTS, **context)


def _told(held: Held, lacks: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {
        "detail": held.visit.say("已保存，但有 %(n)s 处需要补齐或更正") % {"n": len(lacks)},
        "remedy": held.visit.say("请逐项更正；暂时不便的，可以先保存，以后再填"),
        "errors": [{"where": where, "message": words} for where, words in lacks],
    }


async def _papers(held: Held, *, problem: Json | None = None, at: str = "", status: int = 200) -> Response:
    draft = await held.shown()
    refusal = None
    if problem is not None:
        errors = [{"where": f"file-{at}", "message": problem["detail"]}]
        refusal = {"detail": held.visit.say("文件没有上传"), "remedy": problem["remedy"], "errors": errors}
    return held.page(
        "apply/papers.html",
        status=status,
        draft=draft,
        refusal=refusal,
        refused={at: problem["detail"]} if problem else {},
        added=held.visit.request.query_params.get("added", ""),
        limit=held.visit.deps.settings.upload_limit_mb,
    )


def _project(draft: Json) -> dict[str, str]:
    project = draft["project"]
    facts = {f"facts.{name}": text for name, text in project["facts"].items()}
    return {"title": project["title"], "township": project["township"] or "", **facts}
