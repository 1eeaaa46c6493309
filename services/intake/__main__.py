"""The intake service: `python -m services.intake`."""

from datetime import timedelta
from typing import Final

from services.contracts.projects import GuideAssigned, GuideIntroduced
from services.contracts.registry import CalendarPublished, DepartmentChanged
from services.contracts.workflow import DefinitionActivated
from services.intake.api import ROUTERS
from services.intake.appointments.cards import Card
from services.intake.appointments.consulting import Question, Report, Roster
from services.intake.appointments.slots import Opening
from services.intake.attempts import Tries
from services.intake.audits import AuditRow, lines_of
from services.intake.cases import Case
from services.intake.consumers import HEARS
from services.intake.copies import Colleague, Copies
from services.intake.deps import Deps
from services.intake.documents import catalogue as documents
from services.intake.documents.papers import papers_of
from services.intake.drafts.records import Draft
from services.intake.gates import Gate
from services.intake.handouts import Handout, Handouts
from services.intake.passwords import Passwords
from services.intake.prints.printer import Printer
from services.intake.publicity.objections import Objection
from services.intake.queries import (
    POSTED,
    SET,
    delivered_not_noticed,
    files_not_scanned,
    received_not_started,
    withdrawals_not_answered,
)
from services.intake.ratings.ratings import Rating
from services.intake.roadmaps.rules import PROJECT_CODE
from services.intake.settings import IntakeSettings
from services.intake.ticker import TICKERS
from services.intake.uploads.api import files_at
from services.intake.uploads.records import Scan, Upload
from services.intake.uploads.scanners import scanner_of
from services.kernel.app import Kernel, Service, run
from services.kernel.documents import Press
from services.kernel.seals import Seals
from services.kernel.store import Index, Store
from services.kernel.worktime import OfficeHours

_AT_ONCE: Final = timedelta()
_IS_POSTED: Final = {"body.posted_at": POSTED}
_IS_PUBLISHED: Final = {"body.published.decided_on": SET}


async def _deps(kernel: Kernel) -> Deps:
    settings, store = kernel.settings, kernel.store
    assert isinstance(settings, IntakeSettings)  # noqa: S101 - `SERVICE` says so
    await _indexes(store, settings)
    seals = Seals.of(settings.field_keys.get_secret_value(), service="intake")
    press = Press(settings.font_dir, settings.document_fonts)
    return Deps(
        settings=settings,
        clock=kernel.clock,
        hours=OfficeHours(),
        cases=store.aggregates("cases", Case, key="case_no"),
        copies=Copies(
            definitions=store.collection("definitions", DefinitionActivated),
            departments=store.collection("departments", DepartmentChanged),
            years=store.collection("calendar_years", CalendarPublished),
            people=store.collection("people", Colleague),
            guides=store.collection("guides", GuideAssigned),
            guided=store.collection("guided_cases", GuideIntroduced),
        ),
        audits=store.aggregates("audits", AuditRow, key="row_id"),
        handouts=Handouts(store.aggregates("handouts", Handout, key="request"), seals),
        gate=Gate(store.aggregates("tries", Tries, key="key")),
        counter=store.counter,
        seals=seals,
        passwords=Passwords(),
        printer=Printer(press),
        papers=await papers_of(store, press, documents.read()),
        objections=store.aggregates("objections", Objection, key="objection_no"),
        ratings=store.aggregates("ratings", Rating, key="case_no"),
        openings=store.aggregates("openings", Opening, key="opening_id"),
        cards=store.aggregates("cards", Card, key="card_no"),
        rosters=store.aggregates("rosters", Roster, key="on"),
        questions=store.aggregates("questions", Question, key="question_no"),
        reports=store.aggregates("reports", Report, key="report_no"),
        files=store.files("papers", seals=seals),
        uploads=store.aggregates("uploads", Upload, key="upload_id"),
        scanner=scanner_of(settings.scanner),
        drafts=store.aggregates("drafts", Draft, key="draft_no"),
    )


async def _indexes(store: Store, settings: IntakeSettings) -> None:
    await store.indexes(
        "cases",
        Index("body.submission.digest", unique=True),
        Index("body.departments", "-_id"),
        Index("body.status", "-_id"),
        Index("body.item_code", "-_id"),
        Index("body.township", "-_id"),
        Index("body.progress.started", "body.recorded_at"),
        Index("body.delivery.recorded_at"),
        Index("body.withdrawal.recorded_at", where={"body.withdrawal.recorded_at": POSTED}),
        Index(f"body.facts.{PROJECT_CODE}", "-_id", where={f"body.facts.{PROJECT_CODE}": SET}),
        Index("-body.published.decided_on", "-_id", where=_IS_PUBLISHED),
        Index("body.published.words", "-body.published.decided_on", "-_id", where=_IS_PUBLISHED),
    )
    await store.indexes(
        "cases",
        Index("-body.posted_at", "-_id", where=_IS_POSTED),
        Index("body.progress.steps.posting.posting_id", where=_IS_POSTED),
    )
    await store.indexes("cases", Index("body.online.draft_no", unique=True, where={"body.online.draft_no": SET}))
    await store.indexes("uploads", Index("body.owner"), Index("body.gone_at", expires=_AT_ONCE))
    await store.indexes("uploads", Index("body.scan", "_id", where={"body.scan": Scan.WAITING.value}))
    await store.indexes("drafts", Index("body.is_closed", "body.expires_at"), Index("body.gone_at", expires=_AT_ONCE))
    await store.indexes(
        "cards",
        Index("body.seat", unique=True, where={"body.seat": SET}),
        Index("body.submission.digest", unique=True),
        Index("body.starts_at"),
        Index("body.state", "body.starts_at"),
    )
    await store.indexes("ratings", Index("body.departments", "-_id"), Index("body.is_bad", "-_id"), Index("body.level"))
    await store.indexes("objections", Index("body.submission.digest", unique=True), Index("body.case_no", "_id"))
    await store.indexes("definitions", Index("body.item.code"))
    await store.indexes("audits", Index("body.at", expires=timedelta(days=settings.audit_days)))
    await store.indexes("audits", Index("body.case_no", "-body.at"), Index("-body.at", "-_id"))
    await store.indexes("handouts", Index("body.expires_at", expires=_AT_ONCE))
    await store.indexes("tries", Index("body.expires_at", expires=_AT_ONCE))


async def _close(deps: Deps) -> None:
    deps.passwords.close()
    deps.papers.press.close()


SERVICE: Final = Service(
    name="intake",
    settings=IntakeSettings,
    deps=_deps,
    routers=ROUTERS,
    hears=HEARS,
    tickers=TICKERS,
    backlog={
        "received-not-started": received_not_started,
        "delivered-not-noticed": delivered_not_noticed,
        "files-not-scanned": files_not_scanned,
        "withdrawals-not-answered": withdrawals_not_answered,
    },
    files_at=files_at,
    audits=lambda deps, wanted: lines_of(deps.audits, wanted),
    close=_close,
)

if __name__ == "__main__":
    run(SERVICE)
