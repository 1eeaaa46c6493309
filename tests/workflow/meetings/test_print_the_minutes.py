"""The minutes as PDF and DOCX: official layout, kept once the chair has signed, known by their SHA-256 (ADR 0019)."""

import hashlib
import io

import pytest
from docx import Document
from pypdf import PdfReader

from services.contracts.events import Envelope
from services.contracts.workflow import MeetingMinutesFiled
from services.kernel.identity import Person
from services.workflow.instances.resolutions import Ruled
from services.workflow.meetings import filing, keeping
from services.workflow.meetings.filing import Format, NoMinutes
from services.workflow.meetings.models import Session, Vote
from services.workflow.views.meetings import is_shown_whole
from tests.workflow.meetings.hall import CHIEF8, MEMBERS, SECRETARY, Hall, ruling
from tests.workflow.meetings.hall import differs as differing
from tests.workflow.room import HEAD


def pdf_text(content: bytes) -> str:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return "".join(text.split())


def docx_text(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "".join("".join([each.text for each in document.paragraphs] + cells).split())


async def fetched(hall: Hall, session: Session, kind: Format, who: Person = SECRETARY) -> bytes:
    seen = await keeping.session_of(hall.deps, session.session_id, who)
    return await filing.content(hall.deps, seen, kind, whole=is_shown_whole(seen, who))


async def test_given_signed_minutes_then_both_files_say_who_was_there_what_was_said_and_what_was_decided(
    hall: Hall,
) -> None:
    ballots = [{"person": each, "vote": Vote.FOR} for each in MEMBERS[:-1]]
    ballots.append({"person": MEMBERS[-1], "vote": Vote.AGAINST})
    statements = [differing(MEMBERS[-1], "容积率偏高。")]
    what = ruling(Ruled.AGREE_IN_PRINCIPLE, conditions=("补充日照分析",), ballots=ballots, statements=statements)
    case_no = await hall.waiting_case()
    session = await hall.signed(case_no, what)
    for text in (
        pdf_text(await fetched(hall, session, Format.PDF)),
        docx_text(await fetched(hall, session, Format.DOCX)),
    ):
        for said in ("局务会纪要", session.number, "三楼会议室", case_no, "实到4人", "容积率偏高", "补充日照分析"):
            assert said in text, said
        assert "同意3票" in text
        assert "反对1票" in text
        assert "签字时间" in text
        assert "日印发" in text
        assert "草稿" not in text
        assert "（印章）" not in text
        assert "印发印发" not in text


async def test_given_signed_minutes_then_the_files_are_kept_with_their_digests_and_said_once(hall: Hall) -> None:
    session = await hall.signed(await hall.waiting_case())
    assert session.minutes is not None
    for kind in Format:
        content = await fetched(hall, session, kind)
        kept = session.minutes.files[kind]
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (kept.sha256, kept.size)
    await keeping.carry_on(hall.deps)
    again = await keeping.session_of(hall.deps, session.session_id, SECRETARY)
    assert again.minutes == session.minutes
    row = await hall.deps.sessions.documents.rows.find_one({"_id": session.session_id})
    assert row is not None
    said = [Envelope.model_validate_json(each["wire"]) for each in row["outbox"]]  # it is all still there
    digests = [each.data["sha256"] for each in said if each.type == MeetingMinutesFiled.TYPE]
    assert digests == [{kind: kept.sha256 for kind, kept in session.minutes.files.items()}]


async def test_given_a_stop_after_the_signature_then_the_files_are_made_good_and_are_the_same(hall: Hall) -> None:
    session = await hall.signed(await hall.waiting_case())
    assert session.minutes is not None
    where = {"_id": session.session_id}
    await hall.deps.sessions.documents.rows.update_one(where, {"$unset": {"body.minutes.files": ""}})
    hall.deps.sessions.documents.memory.forget(session.session_id)
    await filing.file_all(hall.deps)
    again = await keeping.session_of(hall.deps, session.session_id, SECRETARY)
    assert again.minutes is not None
    assert again.minutes.files == session.minutes.files


async def test_given_a_draft_then_it_is_a_proof_and_nothing_is_kept(hall: Hall) -> None:
    session = await hall.decided(await hall.waiting_case())
    with pytest.raises(NoMinutes):
        await fetched(hall, session, Format.PDF)
    drafted = await keeping.draft(hall.deps, session, None, who=SECRETARY, key=None)
    assert "草稿" in pdf_text(await fetched(hall, drafted, Format.PDF))
    assert drafted.minutes is not None
    assert drafted.minutes.files == {}
    edited = await keeping.draft(hall.deps, drafted, "局务会纪要\n一、另有安排\n改日再议。", who=SECRETARY, key=None)
    signed = await keeping.sign(hall.deps, edited, who=HEAD, key=None)
    assert "改日再议" in docx_text(await fetched(hall, signed, Format.DOCX))


async def test_given_a_reader_who_sees_but_some_of_the_items_then_the_minutes_are_not_theirs(hall: Hall) -> None:
    session = await hall.signed(await hall.waiting_case())
    with pytest.raises(NoMinutes):
        await filing.content(hall.deps, session, Format.PDF, whole=False)
    assert is_shown_whole(session, CHIEF8)  # a member is shown all of it
