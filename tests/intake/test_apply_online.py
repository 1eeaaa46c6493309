"""Applying online: a draft behind number and password, its sections and files, and its filing, exactly once."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

from services.contracts.intake import CaseReceived, ContactGiven
from services.contracts.workflow import DefinitionRetired
from services.intake.crowds import SENT
from services.intake.drafts.filing import sweep_drafts
from services.intake.uploads.taking import scan_waiting
from tests.intake import papers
from tests.intake.builders import CLERK, COMPANY, HANDLER, NOW
from tests.intake.clamd import EICAR, clamd
from tests.intake.hall import Hall, hall
from tests.support.office import Office
from tests.support.wait import wait_until

APPLICANT = {"kind": "organisation", "name": "示例开发有限公司", "id_no": COMPANY, "phone": "13800000001"}
PROJECT = {"title": "雁城科技产业园二期", "facts": {"location": "雁江区示例路 1 号"}}


async def begun(window: Hall) -> dict[str, Any]:
    answer = await window.ask("POST", "/public/drafts", json={"item_code": "PT-05", "situation": "building"})
    assert answer.status_code == 201
    found: dict[str, Any] = answer.json()
    return found


async def add(window: Hall, token: str, paper: str, content: bytes = papers.PDF, name: str = "a.pdf") -> Any:
    return await window.draft(token, "POST", f"/papers/{paper}/files?name={name}", content=content)


async def filled(window: Hall) -> tuple[str, str]:
    """A draft that lacks nothing: its number and token."""
    draft = await begun(window)
    token = draft["token"]
    await window.draft(token, "PUT", "/applicant", json=APPLICANT)
    await window.draft(token, "PUT", "/project", json=PROJECT)
    for paper in ("PT05-01", "PT05-02"):
        assert (await add(window, token, paper)).status_code == 201
    return draft["draft_no"], token


async def file(window: Hall, token: str, *, key: str | None = "a-key-of-mine", truthful: bool = True) -> Any:
    return await window.draft(token, "POST", "/filing", json={"truthful": truthful}, key=key)


async def test_a_draft_that_lacks_nothing_becomes_a_case_like_one_from_the_window(window: Hall) -> None:
    draft_no, token = await filled(window)

    answer = await file(window, token)

    assert answer.status_code == 200
    receipt = answer.json()
    assert receipt["query_password"]
    assert (receipt["channel"], receipt["received_by"], receipt["expected_collection_on"]) == (
        "online",
        "网上申报",
        "2026-12-03",
    )
    case_no = receipt["case_no"]
    assert (await window.look_up(case_no, receipt["query_password"])).json()["status"] == "received"
    said = await window.said(case_no)
    assert [type(each) for each in said] == [CaseReceived, ContactGiven]
    assert isinstance(said[0], CaseReceived)
    assert (said[0].channel, [(each.code, each.copies, each.files) for each in said[0].documents]) == (
        "online",
        [("PT05-01", 0, 1), ("PT05-02", 0, 1)],
    )
    files = (await window.ask("GET", f"/cases/{case_no}/files", HANDLER)).json()
    assert [(each["paper"], each["by_name"]) for each in files] == [("PT05-01", "申请人"), ("PT05-02", "申请人")]
    content = await window.ask("GET", f"/cases/{case_no}/files/{files[0]['upload_id']}", HANDLER)
    assert content.content == papers.PDF
    case, _ = await window.deps.cases.load(case_no)
    assert case.online is not None
    assert case.online.draft_no == draft_no


async def test_what_lacks_is_told_all_at_once_and_nothing_typed_is_lost(window: Hall) -> None:
    token = (await begun(window))["token"]
    saved = await window.draft(token, "PUT", "/applicant", json={"name": "示例公司", "id_no": "123", "phone": "1"})
    refused = await file(window, token)

    lacks = {
        "body.applicant.id_no",
        "body.applicant.phone",
        "body.title",
        "body.documents.PT05-01",
        "body.documents.PT05-02",
    }
    assert {each["where"] for each in saved.json()["lacks"]} == lacks
    assert (refused.status_code, refused.json()["code"]) == (422, "application-incomplete")
    assert {each["where"] for each in refused.json()["errors"]} == lacks
    again = (await window.draft(token, "GET", "")).json()
    assert (again["applicant"]["name"], again["applicant"]["id_no"]) == ("示例公司", "123")


async def test_a_draft_is_there_again_for_its_number_and_password_alone(window: Hall) -> None:
    draft = await begun(window)
    await window.draft(draft["token"], "PUT", "/applicant", json=APPLICANT)

    entry = {"draft_no": draft["draft_no"].lower(), "password": draft["password"].lower()}
    opened = await window.ask("POST", "/public/drafts/open", json=entry)

    assert opened.status_code == 200
    assert opened.json()["password"] is None
    found = await window.draft(opened.json()["token"], "GET", "")
    assert found.json()["applicant"]["name"] == APPLICANT["name"]


async def test_a_wrong_password_and_an_unknown_draft_are_refused_alike_and_five_lock(window: Hall) -> None:
    draft = await begun(window)
    tries = [
        await window.ask("POST", "/public/drafts/open", json={"draft_no": number, "password": "WRONG222"})
        for number in ("WSNONE", *[draft["draft_no"]] * 5)
    ]
    right = {"draft_no": draft["draft_no"], "password": draft["password"]}
    locked = await window.ask("POST", "/public/drafts/open", json=right)

    assert {(each.status_code, each.json()["code"], each.json()["detail"]) for each in tries} == {
        (403, "draft-refused", "草稿编号或密码不正确，或草稿已过期")
    }
    assert (locked.status_code, locked.json()["code"]) == (423, "lookup-locked")


async def test_without_a_token_or_with_one_made_up_nothing_opens(window: Hall) -> None:
    draft = await begun(window)
    made_up = window.deps.seals.seal(f"{draft['draft_no']} 2099-01-01T00:00:00+00:00", place="elsewhere")

    for token in ("", "x", made_up, draft["token"][:-4] + "AAAA"):
        answer = await window.draft(token, "GET", "")
        assert (answer.status_code, answer.json()["code"]) == (401, "draft-shut")


async def test_a_double_click_is_one_case_and_both_get_its_receipt_and_password(window: Hall) -> None:
    _, token = await filled(window)

    both = await asyncio.gather(file(window, token), file(window, token))

    receipts = [each.json() for each in (*both, await file(window, token))]
    assert len({each["case_no"] for each in receipts}) == 1
    assert len({each["query_password"] for each in receipts}) == 1
    assert receipts[0]["query_password"]


async def test_two_windows_of_a_browser_file_one_case_and_the_password_is_told_once(window: Hall) -> None:
    _, token = await filled(window)

    answers = await asyncio.gather(*(file(window, token, key=f"key-number-{place}") for place in range(4)))

    receipts = [each.json() for each in answers]
    assert {each.status_code for each in answers} == {200}
    assert len({each["case_no"] for each in receipts}) == 1
    assert len([each for each in receipts if each["query_password"]]) == 1
    assert await window.deps.cases.count({}) == 1


async def test_a_draft_that_was_filed_cannot_be_changed_and_holds_nothing_any_more(window: Hall) -> None:
    draft_no, token = await filled(window)
    case_no = (await file(window, token)).json()["case_no"]

    changed = await window.draft(token, "PUT", "/applicant", json=APPLICANT)
    added = await add(window, token, "PT05-04")

    assert {(each.status_code, each.json()["code"], each.json()["case_no"]) for each in (changed, added)} == {
        (409, "already-filed", case_no)
    }
    stored, _ = await window.deps.drafts.load(draft_no)
    assert stored.sealed == ""


async def test_the_truth_must_be_stated(window: Hall) -> None:
    _, token = await filled(window)

    refused = await file(window, token, truthful=False)

    assert (refused.status_code, refused.json()["code"]) == (422, "truth-not-stated")
    assert await window.deps.cases.count({}) == 0


async def test_an_exe_named_pdf_is_refused_and_the_draft_stays_as_it_was(window: Hall) -> None:
    _, token = await filled(window)
    before = (await window.draft(token, "GET", "")).json() | {"token": ""}

    refused = await add(window, token, "PT05-01", papers.EXE, name="form.pdf")

    assert (refused.status_code, refused.json()["code"]) == (415, "kind-not-taken")
    assert (await window.draft(token, "GET", "")).json() | {"token": ""} == before


async def test_a_file_can_be_taken_out_and_is_then_lacking(window: Hall) -> None:
    _, token = await filled(window)
    files = (await window.draft(token, "GET", "")).json()["files"]

    after = (await window.draft(token, "DELETE", f"/files/{files[0]['upload_id']}")).json()

    assert [each["upload_id"] for each in after["files"]] == [files[1]["upload_id"]]
    assert [each["where"] for each in after["lacks"]] == ["body.documents.PT05-01"]
    again = (await window.draft(token, "DELETE", f"/files/{files[0]['upload_id']}")).json()
    assert again["files"] == after["files"]


async def test_nobody_takes_a_file_out_of_anothers_draft(window: Hall) -> None:
    _, token = await filled(window)
    other = (await begun(window))["token"]
    theirs = (await window.draft(token, "GET", "")).json()["files"][0]["upload_id"]

    await window.draft(other, "DELETE", f"/files/{theirs}")

    assert len((await window.draft(token, "GET", "")).json()["files"]) == 2


async def test_an_infected_file_keeps_the_draft_from_being_filed(office: Office, keys: tuple[Path, Path]) -> None:
    async with clamd() as peer, hall(office, keys, scanner=peer.address) as window:
        await window.offers()
        _, token = await filled(window)
        await add(window, token, "PT05-02", papers.PDF.replace(b"%%EOF", EICAR + b"%%EOF"), name="b.pdf")
        while await scan_waiting(window.deps):
            pass
        refused = await file(window, token)

        assert (refused.status_code, [each["where"] for each in refused.json()["errors"]]) == (
            422,
            ["body.documents.PT05-02"],
        )


async def test_a_draft_that_is_over_is_shut_and_swept_with_its_files(window: Hall) -> None:
    draft_no, token = await filled(window)
    a_day_ago = window.clock.wall() - timedelta(days=1)
    await window.deps.drafts.change(draft_no, lambda was: (was.model_copy(update={"expires_at": a_day_ago}), ()))

    assert (await window.draft(token, "GET", "")).status_code == 401
    assert await sweep_drafts(window.deps) == 1

    stored, _ = await window.deps.drafts.load(draft_no)
    assert (stored.sealed, stored.is_closed, stored.case_no) == ("", True, None)
    assert await window.deps.files._rows.count_documents({}) == 0
    assert await sweep_drafts(window.deps) == 0


async def test_a_filing_that_was_cut_short_is_finished_by_the_sweeper(window: Hall) -> None:
    draft_no, token = await filled(window)
    case_no = (await file(window, token)).json()["case_no"]
    over = {"is_closed": False, "expires_at": window.clock.wall() - timedelta(days=1)}
    await window.deps.drafts.change(draft_no, lambda was: (was.model_copy(update=over), ()))
    await window.deps.files._rows.update_many({}, {"$set": {"metadata.attached_at": None}})

    assert await sweep_drafts(window.deps) == 1

    assert len((await window.ask("GET", f"/cases/{case_no}/files", CLERK)).json()) == 2
    assert await window.deps.files._rows.count_documents({"metadata.attached_at": None}) == 0


async def test_personal_data_of_a_draft_is_sealed(window: Hall) -> None:
    draft_no, _ = await filled(window)

    row = await window.store.database["drafts"].find_one({"_id": draft_no})

    assert str(APPLICANT["phone"]) not in str(row)
    assert COMPANY not in str(row)


async def test_drafts_begun_from_one_address_are_limited(window: Hall) -> None:
    entry = {"item_code": "PT-05", "situation": "building"}
    assert SENT.a_minute is not None

    answers = [await window.ask("POST", "/public/drafts", json=entry) for _ in range(SENT.a_minute + 1)]

    assert [each.status_code for each in answers] == [201] * SENT.a_minute + [429]


async def test_a_draft_of_an_item_that_was_withdrawn_says_so_and_is_kept(window: Hall) -> None:
    _, token = await filled(window)
    await window.workflow.say(
        DefinitionRetired(
            process_key="pt-05", version=1, item_code="PT-05", retired_at=NOW, retired_by="u.it", reason="改版"
        )
    )

    async def is_withdrawn() -> bool:
        answer = await window.draft(token, "GET", "")
        return answer.status_code == 409 and answer.json()["code"] == "item-withdrawn"

    await wait_until(is_withdrawn)
    assert (await file(window, token)).json()["code"] == "item-withdrawn"


async def test_a_key_is_for_one_draft(window: Hall) -> None:
    (_, token), (_, other) = await filled(window), await filled(window)
    await file(window, token)

    assert (await file(window, other)).json()["code"] == "idempotency-key-taken"


async def test_only_what_is_on_offer_is_begun(window: Hall) -> None:
    unknown = await window.ask("POST", "/public/drafts", json={"item_code": "PT-99", "situation": "building"})
    situation = await window.ask("POST", "/public/drafts", json={"item_code": "PT-05", "situation": "none"})

    assert (unknown.status_code, situation.status_code) == (404, 422)


async def test_a_draft_begun_twice_under_one_key_is_one_draft_with_one_password(window: Hall) -> None:
    entry = {"item_code": "PT-05", "situation": "building"}
    asked = [await window.ask("POST", "/public/drafts", json=entry, key="begin-0001") for _ in range(2)]
    first, again = [(answer.json()["draft_no"], answer.json()["password"]) for answer in asked]
    assert first == again
    assert await window.deps.drafts.count({}) == 1
    other = await window.ask("POST", "/public/drafts", json={**entry, "situation": "dilapidated"}, key="begin-0001")
    assert (other.status_code, other.json()["code"]) == (409, "idempotency-key-taken")
