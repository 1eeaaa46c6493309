"""What a draft leaves behind: its files stay with the case that it became, or go."""

from services.intake.cases import Case
from services.intake.deps import Deps
from services.intake.drafts.records import Draft
from services.intake.uploads import taking
from services.intake.uploads.records import Upload, of_case, of_draft


async def settle(deps: Deps, draft: Draft) -> None:
    """What is left to do once a draft is filed or over: its files stay with the case or go, its content goes."""
    case = await case_of_draft(deps, draft)
    for upload in await files_of(deps, draft):
        if case is not None:
            await deps.files.attach(upload.upload_id)
            await deps.uploads.change(upload.upload_id, _kept)
        else:
            await deps.files.drop(upload.upload_id)
    case_no = case.case_no if case else None
    await deps.drafts.change(draft.draft_no, lambda current: (current.closed(case_no), ()))


async def case_of_draft(deps: Deps, draft: Draft) -> Case | None:
    """The case that the draft was filed as; None when it was not."""
    found = await deps.cases.query({"body.online.draft_no": draft.draft_no}, sort=[("_id", 1)], limit=1)
    return found[0] if found else None


async def files_of(deps: Deps, draft: Draft) -> list[Upload]:
    """The files of the draft, the oldest first."""
    return await taking.of_owners(deps, [of_draft(draft.draft_no)])


def owners_of(case: Case) -> list[str]:
    """Whose files are a case's: its own, and those of the draft that it was."""
    own = [of_case(case.case_no)]
    return [*own, of_draft(case.online.draft_no)] if case.online else own


def _kept(upload: Upload) -> tuple[Upload, tuple[()]]:
    return upload.model_copy(update={"gone_at": None}), ()
