"""Papers as files at the window, on the real servers: kept, found, given out, scanned, and what is refused."""

import hashlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.intake.ticker import TICKERS
from services.intake.uploads.taking import scan_waiting
from tests.intake import builders as say
from tests.intake import papers
from tests.intake.builders import CLERK, FOREIGN, HANDLER, SUPERVISOR, TOWN
from tests.intake.clamd import EICAR, clamd
from tests.intake.hall import Hall, hall
from tests.support.office import Office
from tests.support.wait import wait_until


async def received(window: Hall, **changes: object) -> str:
    number: str = (await window.receive(CLERK, **changes)).json()["case_no"]
    return number


async def listed(window: Hall, number: str) -> list[dict[str, Any]]:
    answer = await window.ask("GET", f"/cases/{number}/files", CLERK)
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()
    return found


async def get(window: Hall, number: str, upload_id: str, who: Any = HANDLER) -> httpx.Response:
    return await window.ask("GET", f"/cases/{number}/files/{upload_id}", who)


async def test_a_scan_is_kept_for_its_paper_and_given_to_those_who_may_see_the_case(window: Hall) -> None:
    number = await received(window)
    content = papers.PDF.replace(b"trailer", b"x" * 600_000 + b"trailer")

    added = await window.upload(number, CLERK, content)

    assert added.status_code == 201
    told = added.json()
    assert (told["paper"], told["paper_name"], told["name"]) == ("PT05-01", "申请表", "申请表.pdf")
    assert (told["size"], told["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())
    assert (told["media_type"], told["by_name"], told["scan"]) == ("application/pdf", "周某", "unscanned")
    assert await listed(window, number) == [told]
    assert (await get(window, number, told["upload_id"])).content == content


async def test_a_file_is_only_ever_saved_and_never_run_by_a_browser(window: Hall) -> None:
    number = await received(window)
    upload_id = (await window.upload(number, CLERK, papers.PDF)).json()["upload_id"]

    headers = (await get(window, number, upload_id)).headers

    assert headers["content-disposition"].startswith(f"attachment; filename=\"{upload_id}.pdf\"; filename*=UTF-8''%E7")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["content-security-policy"].startswith("sandbox")
    assert "no-store" in headers["cache-control"]


async def test_the_same_file_again_changes_nothing(window: Hall) -> None:
    number = await received(window)

    first, again = [await window.upload(number, CLERK, papers.PDF, name=name) for name in ("a.pdf", "b.pdf")]

    assert first.json() == again.json()
    assert len(await listed(window, number)) == 1


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("申请表.pdf", papers.EXE, 415, "kind-not-taken"),
        ("申请表.pdf.exe", papers.EXE, 415, "kind-not-taken"),
        ("申请表.docx", papers.BOMB, 415, "kind-not-taken"),
        ("申请表.pdf", b"", 415, "kind-not-taken"),
        ("申请表.pdf", papers.PDF[:-10], 415, "kind-not-taken"),
    ],
    ids=["renamed", "program", "bomb", "empty", "cut-off"],
)
async def test_a_refused_file_changes_nothing_and_says_what_to_do(
    window: Hall, name: str, content: bytes, status: int, code: str
) -> None:
    number = await received(window)

    refused = await window.upload(number, CLERK, content, name=name)

    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (status, code)
    assert name in problem["detail"]
    assert "PDF" in problem["remedy"]
    assert await listed(window, number) == []
    assert await window.deps.files._rows.count_documents({"metadata.owner": f"case/{number}/PT05-01"}) == 0


async def test_a_file_beyond_the_limit_is_refused_with_the_limit_named(office: Office, keys: tuple[Path, Path]) -> None:
    async with hall(office, keys, upload_limit_mb=1) as window:
        await window.offers()
        number = await received(window)
        fits = await window.upload(number, CLERK, b"%PDF-1.4" + b"x" * 999_900 + b"%%EOF")
        over = await window.upload(number, CLERK, papers.PDF + b"x" * 1_000_000)
        far_over = await window.upload(number, CLERK, papers.PDF + b"x" * 3_000_000)

        assert fits.status_code == 201
        assert (over.status_code, over.json()["code"], over.json()["megabytes"]) == (413, "file-too-large", 1)
        assert (far_over.status_code, far_over.json()["code"]) == (413, "body-too-large")
        assert len(await listed(window, number)) == 1


async def test_a_paper_that_is_not_on_the_list_takes_no_files(window: Hall) -> None:
    number = await received(window)

    refused = await window.ask("POST", f"/cases/{number}/papers/XX-99/files?name=a.pdf", CLERK, content=papers.PDF)

    assert (refused.status_code, refused.json()["code"]) == (422, "paper-not-asked")


async def test_who_may_not_see_the_case_sees_no_file_of_it(window: Hall) -> None:
    number = await received(window)
    upload_id = (await window.upload(number, CLERK, papers.PDF)).json()["upload_id"]

    for path in (f"/cases/{number}/files", f"/cases/{number}/files/{upload_id}"):
        assert (await window.ask("GET", path, FOREIGN)).status_code == 404
        assert (await window.ask("GET", path)).status_code == 401


async def test_a_file_is_not_found_under_another_case(window: Hall) -> None:
    number, other = await received(window), await received(window)
    upload_id = (await window.upload(number, CLERK, papers.PDF)).json()["upload_id"]

    assert (await get(window, other, upload_id)).status_code == 404


async def test_only_the_window_adds_files_and_a_townships_to_its_own_cases(window: Hall) -> None:
    number = await received(window)

    assert (await window.upload(number, HANDLER, papers.PDF)).status_code == 403
    assert (await window.upload(number, TOWN, papers.PDF)).status_code in {403, 404}
    assert await listed(window, number) == []


async def test_nothing_is_added_to_a_case_that_is_closed(window: Hall) -> None:
    number = await received(window)
    await window.workflow.say(say.ended(number))

    async def is_closed() -> bool:
        return (await window.upload(number, CLERK, papers.PDF)).status_code == 409

    await wait_until(is_closed)


async def test_each_look_at_a_file_is_recorded(window: Hall) -> None:
    number = await received(window)
    upload_id = (await window.upload(number, CLERK, papers.PDF)).json()["upload_id"]
    await get(window, number, upload_id)

    trail = (await window.ask("GET", f"/cases/{number}/audits", SUPERVISOR)).json()

    assert [(row["deed"], row["person"], row["what"]) for row in trail] == [
        ("file_shown", HANDLER.code, upload_id),
        ("file_added", CLERK.code, upload_id),
    ]


async def test_a_file_waits_for_the_scanner_and_an_infected_one_is_given_to_nobody(
    office: Office, keys: tuple[Path, Path]
) -> None:
    async with clamd() as peer, hall(office, keys, scanner=peer.address) as window:
        await window.offers()
        number = await received(window)
        ids = [
            (await window.upload(number, CLERK, content)).json()["upload_id"]
            for content in (papers.PDF, papers.PDF.replace(b"%%EOF", EICAR + b"\n%%EOF"))
        ]
        early = await get(window, number, ids[0])
        assert (early.status_code, early.json()["code"]) == (409, "file-not-checked")

        while await scan_waiting(window.deps):
            pass

        assert [each["scan"] for each in await listed(window, number)] == ["clean", "infected"]
        assert (await get(window, number, ids[0])).content == papers.PDF
        for who in (CLERK, HANDLER, SUPERVISOR):
            refused = await get(window, number, ids[1], who)
            assert (refused.status_code, refused.json()["code"]) == (403, "file-infected")
            assert "Eicar-Test-Signature" in refused.json()["detail"]


async def test_while_the_scanner_is_away_files_wait_and_are_judged_when_it_is_back(
    office: Office, keys: tuple[Path, Path]
) -> None:
    async with clamd() as peer, hall(office, keys, scanner=peer.address) as window:
        await window.offers()
        number = await received(window)
        await window.upload(number, CLERK, papers.PDF)
        peer.answers.append(b"ERROR\0")

        assert await scan_waiting(window.deps) == 0
        assert [each["scan"] for each in await listed(window, number)] == ["waiting"]
        await scan_waiting(window.deps)
        assert [each["scan"] for each in await listed(window, number)] == ["clean"]


async def test_what_no_case_refers_to_is_swept_and_what_one_does_is_kept(window: Hall) -> None:
    number = await received(window)
    kept = (await window.upload(number, CLERK, papers.PDF)).json()["upload_id"]
    loose = await window.deps.files._rows.insert_one(
        {"filename": "x", "length": 0, "metadata": {"attached_at": None, "loose_until": window.clock.wall()}}
    )
    await window.deps.files._rows.update_one(
        {"_id": (await window.deps.files._rows.find_one({"metadata.owner": f"case/{number}/PT05-01"}))["_id"]},
        {"$set": {"metadata.attached_at": None, "metadata.loose_until": window.clock.wall()}},
    )  # as if the service had stopped before it attached the file

    sweep = next(ticker for ticker in TICKERS if ticker.name == "sweep-files")
    while await sweep.run(window.deps):
        pass

    assert await window.deps.files._rows.find_one({"_id": loose.inserted_id}) is None
    assert (await get(window, number, kept)).content == papers.PDF
