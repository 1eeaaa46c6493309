"""What applicants take home from the status page: their own documents, by a ticket good for a short while."""

import secrets
from datetime import date, datetime, timedelta
from typing import Final

from pydantic import BaseModel

from services.intake.cases import Case
from services.intake.certificates.records import State
from services.intake.deps import Deps
from services.intake.moments import moment_of
from services.kernel.seals import Seals

GOOD_FOR: Final = timedelta(minutes=30)
MOST: Final = 200
CERTIFICATE: Final = "certificate"
"""Ends the id under which applicants have the certificate among their documents."""


class OwnDocument(BaseModel, frozen=True):
    """A document addressed to the applicant. `ticket` opens it for half an hour, and nothing else."""

    document_id: str
    name: str
    name_en: str
    number: str
    issued_on: date
    ticket: str


async def own_documents(deps: Deps, case: Case) -> tuple[OwnDocument, ...]:
    """The documents of a case that are addressed to its applicant, each with a ticket; once delivered, what it gave."""
    documents = await _addressed(deps, case.case_no)
    return documents if case.delivery is None else documents + await _certificate(deps, case.case_no)


async def _certificate(deps: Deps, case_no: str) -> tuple[OwnDocument, ...]:
    """The certificate, while it is in force."""
    found = await deps.papers.certificates.find(case_no)
    if found is None or not found[0].file_id or found[0].state_on(moment_of(deps.clock, deps.hours).on) != State.VALID:
        return ()
    held, document_id = found[0], f"{case_no}.{CERTIFICATE}"
    return (
        OwnDocument(
            document_id=document_id,
            name=held.name,
            name_en=held.name_en,
            number=held.number,
            issued_on=held.issued_on,
            ticket=ticket(document_id, seals=deps.seals, until=deps.clock.wall() + GOOD_FOR),
        ),
    )


async def _addressed(deps: Deps, case_no: str) -> tuple[OwnDocument, ...]:
    where = {"body.case_no": case_no, "body.to_applicant": True}
    found = await deps.papers.documents.query(
        where, sort=[("body.issued_on", 1), ("_id", 1)], limit=MOST, without=("sheet",)
    )
    until = deps.clock.wall() + GOOD_FOR
    return tuple(
        OwnDocument(
            document_id=each.document_id,
            name=each.name,
            name_en=each.name_en,
            number=each.number,
            issued_on=each.issued_on,
            ticket=ticket(each.document_id, seals=deps.seals, until=until),
        )
        for each in found
    )


def ticket(document_id: str, *, seals: Seals, until: datetime) -> str:
    """What opens one document until then (real time): the moment, and a keyed digest of both."""
    moment = f"{int(until.timestamp()):x}"
    return f"{moment}-{seals.fingerprint(f'ticket/{document_id}/{moment}')[:40]}"


def opens(given: str, document_id: str, *, seals: Seals, now: datetime) -> bool:
    """Whether the ticket opens the document now."""
    moment, _, _ = given.partition("-")
    until = datetime.fromtimestamp(int(moment, 16), now.tzinfo)
    return now <= until and secrets.compare_digest(given, ticket(document_id, seals=seals, until=until))
