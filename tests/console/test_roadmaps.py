"""许可路线图: a project's way on its page, found from the case; and what lacks is told where the case is received."""

from http import HTTPStatus
from typing import Final

import pytest

from tests.console.office import Office
from tests.console.playing import received

CODE: Final = "2611-512000-04-01-654321"


async def test_given_a_project_then_its_page_draws_how_far_each_permit_is_and_the_case_leads_there(
    console: Office,
) -> None:
    receipt = await received(
        console.api, situation="building", title="路线图的一件", facts={"investment_project_code": CODE}
    )
    async with console.signed_in("u.window") as desk:
        page = await desk.get("/roadmaps", code=CODE)
        assert page.status_code == HTTPStatus.OK
        for said in ("路线图的一件", "正在办理", "建设用地规划许可证", "下一步可以申请", receipt["case_no"]):
            assert said in page.text, said
        assert f'href="/roadmaps?code={CODE}"' in (await desk.get(f"/cases/{receipt['case_no']}")).text


@pytest.mark.parametrize(("code", "said"), [("0000-000000-00-00-000000", "请核对"), ("!!", "格式不对")])
async def test_given_no_such_project_then_the_form_says_so_and_keeps_what_was_typed(
    console: Office, code: str, said: str
) -> None:
    async with console.signed_in("u.window") as desk:
        page = await desk.get("/roadmaps", code=code)
    assert page.status_code in {HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY}
    assert said in page.text
    assert f'value="{code}"' in page.text
