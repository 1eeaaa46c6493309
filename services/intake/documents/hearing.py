"""From an event to what is owed, and from what is owed to documents and entries in the register."""

from functools import partial
from typing import Final

from services.contracts.events import Said
from services.intake.cases import Case, position_of
from services.intake.certificates.register import enter
from services.intake.certificates.rules import REGISTER, entries
from services.intake.deps import Deps
from services.intake.documents.dossiers import Dossier, Due, Told, noted, owing, settled, told_by
from services.intake.documents.issuing import issue
from services.intake.documents.opinions import opinion_by
from services.intake.documents.rules import wanted
from services.intake.numbers import item_mark
from services.kernel import logs
from services.kernel.bus import Event
from services.kernel.store import AlreadyExists, NotFound

log = logs.get(__name__)

PROOF: Final = "proof_of_service"


async def hear(deps: Deps, case: Case, event: Event[Said]) -> None:
    """Note what an event says for the case's papers. Repetitions change nothing, in whatever order events come."""
    position = position_of(event.envelope)
    for told in (opinion_by(event.said, position), told_by(event.said, position, day_of=deps.hours.day_of)):
        if told is not None:
            await _note(deps, case, told)
            deps.papers.owed.set()


async def _note(deps: Deps, case: Case, told: Told) -> None:
    first = _now(case, Dossier(case_no=case.case_no), told)
    try:
        await deps.papers.dossiers.change(case.case_no, lambda dossier: (_now(case, dossier, told), ()), tries=20)
    except NotFound:
        try:
            await deps.papers.dossiers.create(first)
        except AlreadyExists:  # another event of the case was first at the same moment
            await _note(deps, case, told)


def _now(case: Case, dossier: Dossier, told: Told) -> Dossier:
    """The dossier after hearing this, with all that is due now."""
    heard = noted(dossier, told)
    item = item_mark(case.item_code)
    due = (*wanted(heard, item=item, is_licence=case.is_licence), *entries(heard, item=item))
    return owing(heard, due)


async def make_owed(deps: Deps) -> int:
    """Make what some dossiers owe; says how many it looked at."""
    owing_now = await deps.papers.dossiers.query({"body.owes": True}, sort=[("_id", 1)], limit=20)
    for dossier in owing_now:
        await settle(deps, dossier)
    return len(owing_now)


async def settle(deps: Deps, dossier: Dossier) -> None:
    """Make all that this dossier owes now; what lacks something waits until more is said."""
    found = await deps.cases.find(dossier.case_no)
    for due in dossier.dues:
        if due.done or due.lacks:
            continue
        lacks = "case" if found is None else await _make(deps, found[0], due)
        if lacks:
            log.info("a document waits for what must stand in it", kind=due.kind, lacks=lacks)
        await deps.papers.dossiers.change(dossier.case_no, partial(_tried, due=due, lacks=lacks))


def _tried(dossier: Dossier, *, due: Due, lacks: str) -> tuple[Dossier, tuple[()]]:
    """After a try with these values; what was said meanwhile is tried anew."""
    now = dossier.due(due.due_id)
    is_answer = now is not None and (now == due or not lacks)
    return (settled(dossier, due.due_id, lacks=lacks) if is_answer else dossier), ()


async def _make(deps: Deps, case: Case, due: Due) -> str:
    if due.kind in REGISTER:
        return await enter(deps, case, due)
    return await issue(deps, case, due)


async def prove_service(deps: Deps, case: Case, *, by: str) -> None:
    """The proof of service of a result that was just handed over, made at once: it is to be signed at the window."""
    if case.delivery is None:
        return
    owed = await deps.papers.dossiers.find(case.case_no)
    if owed is not None and owed[0].owes:  # the decision and the certificate stand on it
        await settle(deps, owed[0])
    due = Due(due_id=PROOF, kind=PROOF, on=case.delivery.delivered_on, values={"delivered_by": by})
    if lacks := await issue(deps, case, due):
        log.warning("the proof of service waits for what must stand in it", lacks=lacks)
