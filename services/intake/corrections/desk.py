"""What the applicant hands in for a correction notice; the window looks at it and closes the step of the process."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import ClassVar, Final

from pydantic import BaseModel

from services.intake.cases import Case
from services.intake.cases.records import Correction
from services.intake.deps import Deps
from services.intake.lookups import LookupEntry, proven_case
from services.intake.uploads import taking
from services.intake.uploads.records import Scan, Upload, of_case
from services.kernel.problem import Problem
from services.kernel.seals import SealBroken

_TOKEN_FOR: Final = timedelta(hours=4)
_PLACE: Final = "correction-token"
_LONGEST: Final = 100


class NothingToCorrect(Problem):
    """No correction notice waits for the applicant."""

    status = 409
    code = "nothing-to-correct"
    zh = "案件 {case_no} 目前没有需要补正的内容"
    en = "nothing is to be corrected in case {case_no} at present"
    remedy_zh = "请凭案件编号和查询密码查看进度"
    remedy_en = "look the case up by its number and query password"


class CorrectionShut(Problem):
    """The pass for a correction is missing or over."""

    status = 401
    code = "correction-shut"
    zh = "补正页面已关闭"
    en = "the correction is shut"
    remedy_zh = "请用案件编号和查询密码重新打开，已上传的文件都还在"
    remedy_en = "open it again with case number and query password: the files sent are still there"
    headers: ClassVar[dict[str, str]] = {"WWW-Authenticate": "Correction", "Cache-Control": "no-store"}


class NoSuchDefect(Problem):
    """The notice has no such number."""

    status = 422
    code = "no-such-defect"
    zh = "补正告知书中没有第 {number} 项"
    en = "the correction notice has no item {number}"
    remedy_zh = "请从告知书所列内容中选择"
    remedy_en = "choose one of the items that the notice lists"


class CorrectionFile(BaseModel, frozen=True):
    """A file handed in for one item of the notice."""

    upload_id: str
    name: str
    size: int
    uploaded_at: datetime
    scan: Scan


class Defect(BaseModel, frozen=True):
    """One thing that lacks, as the notice says it, and what was handed in for it."""

    number: int
    text: str
    files: list[CorrectionFile]


class CorrectionView(BaseModel, frozen=True):
    """A correction notice as its applicant answers it. `token` opens it anew (`Correction-Token`)."""

    case_no: str
    title: str
    notice_no: str
    token: str
    defects: list[Defect]


async def open_correction(deps: Deps, entry: LookupEntry, *, address: str) -> CorrectionView:
    """The notice, for who knows number and password; raises as the lookup, and NothingToCorrect."""
    return await _shown(deps, await proven_case(deps, entry, address=address))


async def shown(deps: Deps, token: str | None) -> CorrectionView:
    """The notice that the token opens; raises CorrectionShut, NothingToCorrect."""
    return await _shown(deps, await _case(deps, token))


async def hand_in(
    deps: Deps, token: str | None, number: int, source: AsyncIterator[bytes], name: str
) -> CorrectionView:
    """A file for one item; raises CorrectionShut, NothingToCorrect, NoSuchDefect, and as `taking.take`."""
    case = await _case(deps, token)
    told = _awaited(case)
    if number > len(told.defects):
        raise NoSuchDefect(number=number)
    place = taking.Place(
        owner=of_case(case.case_no),
        paper=_paper(told, number),
        paper_name=f"补正 {number}：{told.defects[number - 1][:_LONGEST]}",
        by="applicant",
        by_name="申请人",
    )
    await taking.take(deps, source, name, place)
    return await _shown(deps, case)


async def _case(deps: Deps, token: str | None) -> Case:
    """The case that a token opens; the database is asked in any case."""
    try:
        case_no, _, until = deps.seals.open(token or "", place=_PLACE).partition(" ")
    except (SealBroken, ValueError):
        case_no, until = "", ""
    found = await deps.cases.find(case_no)
    if found is None or deps.clock.wall() >= datetime.fromisoformat(until):
        raise CorrectionShut
    return found[0]


async def _shown(deps: Deps, case: Case) -> CorrectionView:
    told = _awaited(case)
    held = await taking.of_owners(deps, [of_case(case.case_no)])
    until = deps.clock.wall() + _TOKEN_FOR
    return CorrectionView(
        case_no=case.case_no,
        title=case.title,
        notice_no=told.notice_no,
        token=deps.seals.seal(f"{case.case_no} {until.isoformat()}", place=_PLACE),
        defects=[
            Defect(number=number, text=text, files=[_file(one) for one in held if one.paper == _paper(told, number)])
            for number, text in enumerate(told.defects, start=1)
        ],
    )


def _awaited(case: Case) -> Correction:
    if (told := case.correction_awaited) is None:
        raise NothingToCorrect(case_no=case.case_no)
    return told


def _paper(told: Correction, number: int) -> str:
    """Under which paper an item's files are kept: a second notice, which a leader must allow, has its own."""
    return f"correction-{told.position[0]}-{number}"


def _file(upload: Upload) -> CorrectionFile:
    return CorrectionFile.model_validate(upload.model_dump(include=set(CorrectionFile.model_fields)))
