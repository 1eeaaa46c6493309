"""A diagram drawn elsewhere becomes a draft: what it means in our dialect is told before anything is kept."""

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, File, Form, Response, UploadFile

from services.console import drafts
from services.console.diagrams import DiagramUnreadable, names_of
from services.console.pages.routes import PageRoute
from services.console.pages.studio_drafts import mended
from services.console.pages.studio_files import DIAGRAM, Desk, desk, kept
from services.console.visits import Visit, holding
from services.kernel.identity import Permission
from services.kernel.problem import Problem

router: Final = APIRouter(route_class=PageRoute, include_in_schema=False)

Drawer = Annotated[Visit, Depends(holding(Permission.DEFINITION_DEPLOY))]
Short = Annotated[str, Form(max_length=100)]

_KEY: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LARGEST: Final = 4 * 2**20
_ITEM: Final = """key = "{key}"
code = ""
name = ""
name_en = ""
department = ""
legal_basis = []

[[situations]]
code = "normal"
name = "一般情形"
name_en = "Normal"
promised_workdays = 10
"""


class ImportUnfit(Problem):
    """What was sent cannot become a draft."""

    status = 422
    code = "import-unfit"
    zh = "无法导入：{reason_zh}"
    en = "this cannot be imported: {reason}"
    remedy_zh = "请选择一个 .bpmn 文件，或粘贴其全部内容；流程代码用小写英文字母、数字和连字符"
    remedy_en = "choose a .bpmn file or paste all of it; the key is of lower-case letters, digits and hyphens"


@router.get("/studio/import")
async def import_page(visit: Drawer) -> Response:
    """A form for a file or its text."""
    return _page(visit)


@router.post("/studio/import")
async def import_diagram(
    visit: Drawer,
    key: Short = "",
    text: Annotated[str, Form(max_length=_LARGEST)] = "",
    file: Annotated[UploadFile | None, File()] = None,
    does: Short = "look",
) -> Response:
    """Say what the diagram becomes in our dialect; asked so, make a draft of it with that done."""
    uploaded = (await file.read(_LARGEST + 1)) if file is not None and file.filename else b""
    text = uploaded.decode("utf-8", "replace") if uploaded else text.replace("\r\n", "\n")
    try:
        _check(key, text)
        if does == "draft":
            await _drafted(visit, key, text)
            return visit.see(f"/studio/{key}")
    except (ImportUnfit, DiagramUnreadable) as refusal:
        words = {"detail": refusal.detail(visit.language), "remedy": refusal.remedy(visit.language), "errors": []}
        return _page(visit, key=key, text=text, refusal=words, status=refusal.status)
    found = await mended(visit, {DIAGRAM: text, "item.toml": _ITEM.format(key=key)})
    return _page(visit, key=key, text=text, found=found)


def _check(key: str, text: str) -> None:
    if _KEY.fullmatch(key) is None:
        raise ImportUnfit(reason="the key is not fit", reason_zh="流程代码不合要求")
    if not text.strip() or len(text) > _LARGEST:
        raise ImportUnfit(reason="there is no diagram, or it is too large", reason_zh="没有流程图，或超过 4 MB")
    names_of(text)


async def _drafted(visit: Visit, key: str, text: str) -> None:
    """A draft of the process, with the diagram translated as far as that needs no decision."""
    known = {one["key"] for one in await visit.api.get("workflow", "/definitions")}
    if key in known or await visit.deps.drafts.find(drafts.key_of(visit.who.code, key)):
        own = await desk(visit, key)
    else:
        own = Desk(key, drafts.begun(visit.who.code, key, base=0, at=visit.now), {}, {})
    files = {"item.toml": _ITEM.format(key=key)} | own.files | {DIAGRAM: text}
    done = await mended(visit, files)
    wanted = {DIAGRAM: text, "item.toml": files["item.toml"]} | done["files"]
    await kept(visit, own, lambda draft: drafts.put(draft, own.base, wanted, at=visit.now, note="import"))


def _page(
    visit: Visit,
    *,
    key: str = "",
    text: str = "",
    found: dict[str, Any] | None = None,
    refusal: dict[str, Any] | None = None,
    status: int = 200,
) -> Response:
    said = found or {"findings": [], "rewritten": []}
    return visit.page(
        "studio/import.html",
        status=status,
        key=key,
        text=text,
        found=found is not None,
        findings=said["findings"],
        rewritten=said["rewritten"],
        refusal=refusal,
    )
