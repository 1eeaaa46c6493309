"""What the elements of a drawing are before the law: told by their settings, their forms and what they wait for."""

import re
from collections.abc import Iterator
from typing import Final

from services.contracts.words import HoldGround, Outcome
from services.workflow.engine.diagrams.model import Body, EventKind, Node
from services.workflow.lint.law.permits import Permit, demands, faulted, fields_of, offers

LEADERS: Final = frozenset({"P09", "P11"})
"""The posts of the leader in charge and of the bureau head (docs/domain.md §9.2)."""

DELIVERED: Final = "case_delivered"
"""The message by which the window says that the result was handed over."""

SECOND_CORRECTION: Final = "second_correction"
"""The milestone that tells everybody of a second correction notice."""

GRANTED: Final = frozenset({Outcome.GRANTED, Outcome.GRANTED_CONDITIONAL})

_ON_SITE: Final = re.compile(r"现场|实地|踏勘|勘验")
_BEFORE_IT: Final = re.compile(r"^(安排|计划|拟定|通知|告知|预约|组织|提醒)")
_MEETING: Final = re.compile(r"处务会|业务会|局务会|办公会|专委会|规委会|党组会|委员会")
_DECIDING: Final = re.compile(r"meeting|committee")


def is_visit(permit: Permit, node: Node) -> bool:
    """A step done on site, or one that records what several officers found."""
    named = bool(_ON_SITE.search(node.name)) and not _BEFORE_IT.search(node.name)
    return node.tag == "userTask" and (named or {"officers", "findings"} <= fields_of(permit.form(node)).keys())


def is_notice(permit: Permit, node: Node) -> bool:
    """A step that tells the applicant what has to be corrected."""
    return node.tag == "userTask" and ("defects" in fields_of(permit.form(node)) or "补正告知" in node.name)


def is_acceptance(permit: Permit, node: Node) -> bool:
    """A step that can accept an application or refuse to."""
    form = permit.form(node)
    return bool(offers(form, "accept")) and bool(offers(form, "not_accepted"))


def is_meeting(permit: Permit, node: Node) -> bool:
    """A step in which a meeting of the bureau deliberates."""
    del permit
    return bool(_MEETING.search(node.name) or _DECIDING.search(node.settings.get("decision_body", "")))


def is_by_leader(permit: Permit, node: Node) -> bool:
    """A step of the leader in charge or of the bureau head."""
    del permit
    return node.settings.get("post") in LEADERS


def is_hearing(permit: Permit, node: Node) -> bool:
    """The step during which a hearing is held."""
    return node.settings.get("hold") == HoldGround.HEARING and "record_no" in fields_of(permit.form(node))


def is_hearing_request(permit: Permit, node: Node) -> bool:
    """The step during which a hearing can be asked for."""
    return node.settings.get("hold") == HoldGround.HEARING and not is_hearing(permit, node)


def is_publicity(permit: Permit, node: Node) -> bool:
    """The step during which something is published."""
    del permit
    return node.settings.get("hold") == HoldGround.PUBLICITY


def holds(permit: Permit, node: Node) -> bool:
    """A step that holds the clocks."""
    del permit
    return "hold" in node.settings


def is_delivery(permit: Permit, node: Node) -> bool:
    """The wait for the window's word that the result was handed over."""
    del permit
    return node.event.kind is EventKind.MESSAGE and node.event.name == DELIVERED and not is_thrown(node)


def is_thrown(node: Node) -> bool:
    """An event or task that sends."""
    return node.tag in ("intermediateThrowEvent", "endEvent", "sendTask")


def is_grant(permit: Permit, node: Node) -> bool:
    """The decision to grant."""
    return is_decision(permit, node) and node.settings.get("outcome") in GRANTED


def is_refusal(permit: Permit, node: Node) -> bool:
    """The decision to refuse."""
    return is_decision(permit, node) and node.settings.get("outcome") == Outcome.REFUSED


def is_decision(permit: Permit, node: Node) -> bool:
    """Where the case is decided."""
    del permit
    return node.settings.get("case_clock") == "stop"


def is_answer(permit: Permit, node: Node) -> bool:
    """The decision to grant or to refuse: what is delivered."""
    return is_grant(permit, node) or is_refusal(permit, node)


def starts_clocks(permit: Permit, node: Node) -> bool:
    """Where the case is accepted."""
    del permit
    return node.settings.get("case_clock") == "start"


def is_deemed(permit: Permit, node: Node) -> bool:
    """Where silence counts as acceptance."""
    del permit
    return node.settings.get("milestone", "").endswith("deemed_accepted")


def says_second(permit: Permit, node: Node) -> bool:
    """The milestone of a second correction notice."""
    del permit
    return node.settings.get("milestone") == SECOND_CORRECTION


def states_why(permit: Permit, node: Node) -> bool:
    """A step whose form is not taken for a refusal without reasons and remedies, or that confirms both."""
    form = permit.form(node)
    if not form:
        return False
    stated = ("reasons_stated", "remedies_stated")
    chosen = [{field: "refuse"} for field in offers(form, "refuse")]
    if any(demands(form, ("reasons", "remedies"), given) for given in (chosen or [{}])):
        return True
    return set(stated) <= faulted(form, {}) & faulted(form, dict.fromkeys(stated, False))


def timers_of(body: Body, node: Node) -> Iterator[tuple[Node, str]]:
    """The timers that interrupt a step, with what they say."""
    for boundary in body.boundaries(node.id):
        if boundary.interrupting:
            yield from ((boundary, timer.text) for timer in boundary.event.timers)
