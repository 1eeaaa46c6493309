"""The audit page (X4): who did what when, found by person, case, act and day, and as a workbook."""

import io
import re
from http import HTTPStatus

from openpyxl import load_workbook

from services.console.languages import english
from services.console.pages.ops import audits, trails
from services.intake.audits import Deed
from services.kernel.audits import acts_of
from tests.console import playing
from tests.console.office import Office
from tests.support.wait import wait_until

_ROW = re.compile(r"<tr><td data-label.*?</tr>", re.DOTALL)


def test_given_every_act_that_a_service_can_tell_then_it_has_words_in_both_languages() -> None:
    services = ("intake", "workflow", "supervision", "notify", "registry")
    told = {name.removeprefix("guihua.").rpartition(".")[0] for service in services for name in acts_of(service)}
    told |= {f"intake.audit.{deed}" for deed in Deed}
    assert told <= trails.ACTS.keys(), told - trails.ACTS.keys()
    tables = [trails.ACTS, trails.FACTS, audits.OUTCOMES, *trails.WORDS.values()]
    assert {word for table in tables for word in table.values()} <= english().keys()


async def test_given_acts_then_they_are_found_by_person_case_and_kind_and_go_into_a_workbook(console: Office) -> None:
    case = str((await playing.received(console.api))["case_no"])
    wrong = {"case_no": case, "query_password": "AAAAAAAA"}
    async with console.visitor() as client:
        await client.post(f"{console.run.layout.url('intake')}/public/lookup", json=wrong)
    async with console.signed_in("u.supervisor") as desk:

        async def told() -> list[str]:
            rows: list[str] = _ROW.findall((await desk.get("/ops/audit", about=case)).text)
            return rows if any("u.window" in row for row in rows) else []

        rows = await wait_until(told, within=60)
        assert "查询被拒绝" in rows[0]
        assert "公众或系统" in rows[0]
        assert all(case in row for row in rows)
        mine = _ROW.findall((await desk.get("/ops/audit", about=case, person="u.window")).text)
        assert mine
        assert all("u.window" in row for row in mine)
        [refused] = _ROW.findall((await desk.get("/ops/audit", about=case, act="intake.audit.lookup_refused")).text)
        assert refused == rows[0]
        assert "没有符合条件的记录" in (await desk.get("/ops/audit", about=case, until="2020-01-01")).text
        made = await desk.get("/ops/audit.xlsx", about=case)
        [sheet] = load_workbook(io.BytesIO(made.content)).worksheets
        assert [cell.value for cell in sheet[1]] == [name for name, _ in audits._COLUMNS]
        assert sheet.max_row == 1 + len(rows)
        assert {row[4].value for row in sheet.iter_rows(min_row=2)} == {case}


async def test_given_more_acts_than_a_page_then_the_pages_follow_without_a_gap_or_a_repeat(console: Office) -> None:
    async with console.signed_in("u.supervisor") as desk:
        pages: list[list[str]] = []
        address = "/ops/audit?person=u.registrar"
        while address:
            page = (await desk.get(address)).text
            pages.append([_plain(row) for row in _ROW.findall(page)])
            following = re.search(r'href="([^"]+)">下一页', page)
            address = following[1].replace("&amp;", "&") if following else ""
    seen = [row for page in pages for row in page]
    query = {"person": "u.registrar", "limit": "200"}
    entered = await console.api.call("GET", "registry", "/audit", who="u.supervisor", query=query)
    assert len(pages) > 1
    assert len(pages[0]) == 50
    assert len(set(seen)) == len(seen) == len(entered)
    moments = [row[:19] for row in seen]
    assert moments == sorted(moments, reverse=True)


async def test_given_those_who_run_the_system_then_the_audit_is_not_theirs(console: Office) -> None:
    for who in ("u.it", "u.ops", "u.registrar", "u.window"):
        async with console.signed_in(who) as desk:
            assert (await desk.get("/ops/audit")).status_code == HTTPStatus.FORBIDDEN
            assert (await desk.get("/ops/audit.xlsx")).status_code == HTTPStatus.FORBIDDEN


def _plain(row: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", row).split())
