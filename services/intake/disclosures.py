"""What everybody may read, as data for the screens: application guides and granted licences (行政许可法 §30, §40)."""

from datetime import date
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel

from services.contracts.words import Outcome
from services.intake import queries
from services.intake.applications import Code
from services.intake.cases import PublicLine, plain
from services.intake.copies import Offer
from services.intake.deps import Deps
from services.intake.queries import SHORTEST, ItemNotFound
from services.kernel.app import deps_of
from services.kernel.problem import Problem, problems

MOST_PAGES: Final = 200

With = Annotated[Deps, Depends(deps_of)]
disclosures = APIRouter(tags=["public"])


class SearchTooShort(Problem):
    """One character finds everything and nothing."""

    status = 422
    code = "search-too-short"
    zh = "请至少输入两个字"
    en = "give two characters or more"
    remedy_zh = "按事项、项目名称或单位名称中相连的几个字查找"
    remedy_en = "search for some neighbouring characters of the item, the project or the organisation"


class Guide(Offer, frozen=True):
    """The application guide of an item, and where one applies and asks."""

    hall_address: str
    hall_hours: str
    inquiry_phone: str


class Licence(BaseModel, frozen=True):
    """A granted licence as it is public: of a private person only the surname and the kind of project."""

    item: str
    item_en: str
    project: str
    applicant: str
    decision: Outcome
    decided_on: date


class LicencePage(BaseModel, frozen=True):
    """Granted licences, the newest first, and whether there may be more on the next page."""

    licences: list[Licence]
    more: bool


@disclosures.get("/public/items")
async def list_public_items(deps: With) -> list[Offer]:
    """The items on offer with their papers, limits and basis, by code."""
    return await deps.copies.offers()


@disclosures.get("/public/items/{item_code}", responses=problems(ItemNotFound))
async def show_public_item(deps: With, item_code: Annotated[Code, Path()]) -> Guide:
    """The application guide of one item."""
    offer, office = await queries.item_of(deps, item_code), deps.settings
    return Guide(
        **dict(offer),
        hall_address=office.hall_address,
        hall_hours=office.hall_hours,
        inquiry_phone=office.inquiry_phone,
    )


@disclosures.get("/public/licences", responses=problems(SearchTooShort))
async def list_licences(
    deps: With,
    q: Annotated[str, Query(max_length=40, description="two characters or more of item, project or applicant")] = "",
    page: Annotated[int, Query(ge=1, le=MOST_PAGES)] = 1,
) -> LicencePage:
    """Granted licences, all or those found by `q`."""
    if 0 < len(plain(q)) < SHORTEST:
        raise SearchTooShort
    lines, more = await queries.results_of(deps, q, page=page)
    return LicencePage(licences=[_licence(line) for line in lines], more=more and page < MOST_PAGES)


def _licence(line: PublicLine) -> Licence:
    return Licence.model_validate(line.model_dump(exclude={"words"}))
