"""Migrating running cases by the studio's pages: foretold with verdict and reason, refused, started, taken back."""

import re
from http import HTTPStatus
from typing import Any

from tests.console.office import Desk, Office
from tests.console.studios import IT, case_at_first_step, drawn, process, put
from tests.support.wait import wait_until

CHECK, CALLED = "Task_TownshipCheck", "Task_TownshipLook"
_WALK = "walks/village-house.toml"


async def test_given_a_step_that_is_called_otherwise_then_its_case_stays_until_it_is_told_where_to_go_and_comes_back(
    console: Office,
) -> None:
    key = await process(console)
    case_no = await case_at_first_step(console, key)
    async with console.signed_in(IT) as desk:
        await _renamed(desk, key)
        foretold = (await desk.post(f"/studio/{key}/migrate", to_version=2, does="preview")).text
        [row] = [row for row in foretold.split("<tr>") if case_no in row]
        assert "须指定去处" in row
        assert re.search(r'data-label="原因">\s*[^–\s]', row)
        assert f'name="map:{CHECK}"' in foretold
        refused = await desk.post(f"/studio/{key}/migrate", to_version=2, does="start", reason=" ")
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        left = await _migrated(desk, key, case_no)
        assert "须指定去处" in left
        assert await _version(console, case_no) == 1
        moved = await _migrated(desk, key, case_no, **{f"map:{CHECK}": CALLED})
        assert "已迁移" in moved
        assert await _version(console, case_no) == 2
        [address] = {
            f"/studio/migrations/{one}" for one in re.findall(r"/studio/migrations/(M[0-9a-f-]+)/revert", moved)
        }
        await desk.post(f"{address}/revert")
        await wait_until(lambda: _shows(desk, address, "已迁回"), within=60)
        assert await _version(console, case_no) == 1
        assert address in (await desk.get("/studio/migrations")).text


async def _version(console: Office, case_no: str) -> int:
    case: dict[str, Any] = await console.api.call("GET", "workflow", f"/cases/{case_no}", who="u.head")
    return int(case["version"])


async def _renamed(desk: Desk, key: str) -> None:
    """A second version in which the first step has another id."""
    await put(desk, key, (await drawn(desk, key)).replace(CHECK, CALLED))
    walk = (await desk.get(f"/studio/{key}/file", path=_WALK)).text
    await put(desk, key, walk.replace(CHECK, CALLED), path=_WALK)
    kept = await desk.post(f"/studio/{key}/deploy")
    assert kept.headers["location"].endswith("/versions/2?new=true"), kept.text


async def _migrated(desk: Desk, key: str, case_no: str, **mapping: str) -> str:
    """The page of a migration that is done."""
    begun = await desk.post(f"/studio/{key}/migrate", to_version=2, does="start", reason="环节改名", **mapping)
    address = begun.headers["location"]
    await wait_until(lambda: _shows(desk, address, "已完成"), within=60)
    page = (await desk.get(address)).text
    assert case_no in page
    return page


async def _shows(desk: Desk, address: str, text: str) -> bool:
    return f"<strong>{text}</strong>" in (await desk.get(address)).text
