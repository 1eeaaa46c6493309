"""The catalogues of the office: eleven duties, four methods, five domains (A-30, A-31, A-33), as data to be edited.

The press named only the numbers; what ships is an example (示例，可编辑) that each bureau replaces by its own words.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, Field

from services.contracts.events import Said
from services.kernel.problem import FieldError, Problem
from services.kernel.requests import Request
from services.kernel.store import Body


class CatalogueKind(StrEnum):
    """Which catalogue."""

    DUTIES = "duties"
    METHODS = "methods"
    DOMAINS = "domains"


class CatalogueUnsound(Problem):
    """A catalogue names each code once, and keeps those that files refer to."""

    status = 422
    code = "catalogue-unsound"
    zh = "目录有 {count} 处不能保存"
    en = "the catalogue cannot be kept: {count} places"
    remedy_zh = "编码不能重复，已有的编码不能删除，可停用"
    remedy_en = "a code occurs once; those there are cannot be removed, but can be retired"


class CatalogueRow(Request, frozen=True):
    """One row. A retired one stays readable and is offered no more."""

    code: Annotated[str, Field(pattern=r"^[A-Za-z][0-9A-Za-z_]{0,29}$")]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    name_en: Annotated[str, Field(min_length=1, max_length=200)]
    retired: bool = False


class CatalogueEntry(Request, frozen=True):
    """A catalogue as the office writes it."""

    rows: Annotated[tuple[CatalogueRow, ...], Field(min_length=1, max_length=60)]


class Catalogue(Body, frozen=True):
    """One catalogue. `example` as long as nobody of the bureau has edited it."""

    kind: CatalogueKind
    rows: tuple[CatalogueRow, ...]
    example: bool = False
    edited_by: str | None = None
    edited_at: datetime | None = None


class Step(BaseModel, frozen=True):
    """One of the seven procedures: who, by when, with which paper (docs/domain.md §5.2)."""

    step: str
    responsible: str
    limit: str
    document: str


PROCEDURE: Final = (
    Step(step="register", responsible="督查室", limit="当日", document="督查事项登记表"),
    Step(step="undertake", responsible="承办科室负责人", limit="1 个工作日签收", document="督查督办通知"),
    Step(step="urge", responsible="督查专员", limit="急办 1–5 日，一般 15 日，难办 30 日", document="催办单"),
    Step(step="feedback", responsible="承办科室负责人", limit="办理期限届满日", document="办理情况报告"),
    Step(step="recheck", responsible="督查室（非承办人）", limit="3 个工作日", document="复核意见"),
    Step(step="bulletin", responsible="督查室起草，局领导签发", limit="下一期通报", document="督查通报"),
    Step(step="archive", responsible="督查室", limit="10 个工作日", document="归档卷宗"),
)

_DUTIES: Final = (
    ("落实上级决策部署督查", "Decisions from above"),
    ("局党委会、局务会、办公会决定事项督办", "Decisions of the bureau's meetings"),
    ("领导批示交办件督办", "Leaders' instructions"),
    ("重点项目、重点工作推进督查", "Key projects and key work"),
    ("行政审批时限与流程监督（红黄灯）", "Time limits and process of permits (lights)"),
    ("会议议题材料及时性监督", "Agenda papers in time"),
    ("干部职工作风、考勤、会风督查", "Conduct, attendance, discipline in meetings"),
    ("规矩意识与制度执行（含机关节能、公车、公务接待）", "Rules and their observance (energy, cars, receptions)"),
    ("廉洁纪律与窗口服务监督（首问、一次告知、好差评、投诉）", "Integrity and service at the window"),
    ("督查通知、通报的起草、印发与整改复核", "Notices and bulletins, and re-check of rectification"),
    ("督查结果统计、归档并向绩效考核部门移交", "Statistics, archive, hand-over to assessment"),
)
_METHODS: Final = (
    ("routine", "日常督查", "routine"),
    ("special", "专项督查", "special topic"),
    ("follow_up", "跟踪督查", "follow-up"),
    ("spot_check", "随机抽查、明察暗访", "spot check"),
)
_DOMAINS: Final = (
    ("conduct", "干部职工作风", "conduct"),
    ("efficiency", "办事效率", "efficiency"),
    ("rules", "规矩意识", "rule-awareness"),
    ("integrity", "廉洁纪律", "integrity"),
    ("implementation", "工作落实", "implementation"),
)


def example(kind: CatalogueKind) -> Catalogue:
    """The catalogue as shipped."""
    rows = {
        CatalogueKind.DUTIES: tuple((f"D{n}", zh, en) for n, (zh, en) in enumerate(_DUTIES, 1)),
        CatalogueKind.METHODS: _METHODS,
        CatalogueKind.DOMAINS: _DOMAINS,
    }[kind]
    return Catalogue(
        kind=kind, rows=tuple(CatalogueRow(code=code, name=zh, name_en=en) for code, zh, en in rows), example=True
    )


def edit(catalogue: Catalogue, entry: CatalogueEntry, *, by: str, now: datetime) -> tuple[Catalogue, tuple[Said, ...]]:
    """Replace the rows; the same rows again change nothing. Raises CatalogueUnsound."""
    if entry.rows == catalogue.rows:
        return catalogue, ()
    codes = [row.code for row in entry.rows]
    errors = [
        FieldError(f"body.rows.{place}.code", zh="编码重复", en="this code occurs twice")
        for place, code in enumerate(codes)
        if code in codes[:place]
    ]
    errors += [
        FieldError("body.rows", zh=f"缺少 {row.code}", en=f"{row.code} is missing")
        for row in catalogue.rows
        if row.code not in codes
    ]
    if errors:
        raise CatalogueUnsound(count=len(errors), errors=errors)
    facts = {"rows": entry.rows, "example": False, "edited_by": by, "edited_at": now}
    return catalogue.model_copy(update=facts), ()
