"""The law that a drawing can break, article by article: what is asked of which elements, on which ways."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from services.workflow.definitions.items import ITEM_FILE
from services.workflow.lint.law import elements, faults, meetings, publicity
from services.workflow.lint.law.kinds import Breach, Check, around, before, behind, each, never, once
from services.workflow.lint.law.permits import Permit

STATUTORY_WORKDAYS: Final = 20
JOINT_WORKDAYS: Final = 45
MEETING_RULES: Final = "行政许可法第三十八条；本局会议规则（docs/domain.md B-48）"

JOINT: Final = "第二十六条"
"""What the legal basis of an item names that several organs decide together (行政许可法 §26, §42)."""


@dataclass(frozen=True, slots=True)
class Law:
    """One rule: its id in the catalogue, the article, what proves it, and whether it binds licences only."""

    id: str
    article: str
    check: Check
    licences: bool = False


def _acceptance_too_long(permit: Permit) -> Iterator[Breach]:
    item = permit.item
    if item is not None and item.acceptance_workdays > faults.ACCEPTANCE_WORKDAYS:
        yield Breach(ITEM_FILE, "", {"limit": item.acceptance_workdays, "most": faults.ACCEPTANCE_WORKDAYS})


def _statutory_too_long(permit: Permit) -> Iterator[Breach]:
    item = permit.item
    if item is None:
        return
    most = JOINT_WORKDAYS if any(JOINT in basis for basis in item.legal_basis) else STATUTORY_WORKDAYS
    if item.statutory_workdays > most:
        yield Breach(ITEM_FILE, "", {"limit": item.statutory_workdays, "most": most})


def _refuses(permit: Permit) -> bool:
    return any(elements.is_refusal(permit, node) for _, _, node in permit.nodes())


def _unfounded(permit: Permit) -> Iterator[Breach]:
    check = each(elements.is_by_leader, faults.takes_without("refuse", "reasons", "remedies"))
    return check(permit) if _refuses(permit) else iter(())


LAWS: Final = (
    # who
    Law("GH-E741", "行政许可法第三十四条第三款", each(elements.is_visit, faults.lacks("two_officers", "yes"))),
    Law("GH-E742", "行政许可法第四十八条第一款第三项", never(faults.may_chair, elements.is_hearing)),
    # acceptance
    Law("GH-E743", "行政许可法第三十二条第一款第四项", _acceptance_too_long),
    Law(
        "GH-E744",
        "行政许可法第三十二条第一款第四项",
        each(elements.is_acceptance, faults.lasts_beyond(faults.ACCEPTANCE_WORKDAYS)),
    ),
    Law(
        "GH-E745", "行政许可法第三十二条第一款第四项", each(elements.is_acceptance, faults.is_not_deemed), licences=True
    ),
    Law("GH-E746", "行政许可法第三十二条第一款第四项", each(elements.is_acceptance, faults.deems_late)),
    Law("GH-E747", "行政许可法第三十二条第一款第四项", each(elements.is_deemed, faults.is_not_dated_back)),
    Law(
        "GH-E748",
        "行政许可法第三十二条第一款第四项、第七十二条第四项",
        once(elements.is_notice, unless=(elements.is_by_leader, elements.says_second)),
    ),
    Law("GH-E749", "行政许可法第三十二条第一款第四项", each(elements.is_notice, faults.tells_in_part)),
    Law(
        "GH-E750",
        "行政许可法第三十二条第二款、第七十二条第五项",
        each(lambda _, node: node.tag == "userTask", faults.takes_without("not_accepted", "reasons")),
    ),
    Law("GH-E751", "行政许可法第三十二条", never(faults.chosen("not_accepted"), elements.starts_clocks)),
    Law(
        "GH-E751",
        "行政许可法第三十二条",
        never(faults.comes_back("not_accepted", "not_required", "lapsed"), elements.is_decision),
    ),
    Law(
        "GH-E752", "行政许可法第三十二条、第四十二条", before(elements.is_grant, elements.starts_clocks), licences=True
    ),
    # decision
    Law("GH-E753", "行政许可法第四十二条、第二十六条第二款", _statutory_too_long),
    Law("GH-E754", "行政许可法第三十八条第二款", _unfounded, licences=True),
    Law("GH-E755", "行政许可法第三十八条第二款", around(elements.is_refusal, elements.states_why), licences=True),
    Law("GH-E756", "行政许可法第三十八条", never(faults.chosen("refuse", by=elements.is_by_leader), elements.is_grant)),
    Law("GH-E757", "行政许可法第四十四条", behind(elements.is_answer, elements.is_delivery)),
    Law("GH-E758", "行政许可法第四十四条", each(elements.is_delivery, faults.lasts_beyond(faults.DELIVERY_WORKDAYS))),
    # time that does not count
    Law("GH-E759", "行政许可法第四十五条", each(elements.holds, faults.holds_without_notice)),
    Law("GH-E760", "行政许可法第四十五条", each(elements.holds, faults.waits_for_ever)),
    Law("GH-E761", "行政许可法第四十五条", each(elements.holds, faults.meets_inside)),
    # others
    Law(
        "GH-E762",
        "行政许可法第三十六条；地方规定（docs/domain.md §2.4）",
        each(lambda _, node: node.calls is not None, publicity.is_short),
    ),
    Law(
        "GH-E763",
        "行政许可法第三十六条；地方规定（docs/domain.md §2.4）",
        each(elements.is_publicity, publicity.ends_early),
    ),
    Law(
        "GH-E764",
        "行政许可法第四十七条第一款",
        each(elements.is_hearing_request, faults.ends_early(faults.REQUEST_WORKDAYS)),
    ),
    Law(
        "GH-E765",
        "行政许可法第四十七条第一款、第四十八条第一款第一项",
        never(faults.badly_announced, elements.is_hearing),
    ),
    # meetings
    Law("GH-E766", MEETING_RULES, never(meetings.put_off, meetings.goes_on)),
    Law("GH-E767", MEETING_RULES, each(meetings.splits, meetings.signs_beside)),
)
"""Every rule of this room. Promises, sums of limits and grounds: `items.py`, `limits.py`, the engine."""
