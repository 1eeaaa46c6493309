"""A correction notice answered online: item by item, for who knows number and password, while it waits."""

from typing import Any

from tests.intake import builders as say
from tests.intake import papers
from tests.intake.builders import CLERK, HANDLER
from tests.intake.hall import Hall
from tests.support.wait import wait_until

DEFECTS = ["总平面图缺坐标标注", "授权委托书未签名"]


async def told(window: Hall) -> tuple[str, str]:
    """A case with a correction notice that waits: its number and password."""
    receipt = (await window.receive(CLERK)).json()
    number = receipt["case_no"]
    notice = say.completed(number, task="notice").model_copy(
        update={"answers": {"notice_no": "规补告〔2026〕12号", "defects": DEFECTS, "complete": True}}
    )
    await window.workflow.say(say.started(number), notice)

    async def waits() -> bool:
        return bool((await window.ask("GET", f"/cases/{number}", CLERK)).json()["corrections"])

    await wait_until(waits)
    return number, receipt["query_password"]


async def opened(window: Hall, number: str, password: str) -> dict[str, Any]:
    answer = await window.ask("POST", "/public/corrections", json={"case_no": number, "query_password": password})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


async def hand_in(window: Hall, token: str, item: int, content: bytes = papers.PDF) -> Any:
    path = f"/public/correction/papers/{item}/files?name=a.pdf"
    return await window.ask("POST", path, content=content, **{"Correction-Token": token})


async def test_each_item_takes_files_and_the_window_and_the_handler_see_for_which(window: Hall) -> None:
    number, password = await told(window)
    notice = await opened(window, number, password)
    assert [(one["number"], one["text"], one["files"]) for one in notice["defects"]] == [
        (1, DEFECTS[0], []),
        (2, DEFECTS[1], []),
    ]

    answered = await hand_in(window, notice["token"], 2)

    assert answered.status_code == 201
    assert [len(one["files"]) for one in answered.json()["defects"]] == [0, 1]
    for who in (CLERK, HANDLER):
        files = (await window.ask("GET", f"/cases/{number}/files", who)).json()
        assert [(one["paper_name"], one["by_name"]) for one in files] == [(f"补正 2：{DEFECTS[1]}", "申请人")]


async def test_a_bad_file_an_unknown_item_and_no_token_are_refused_and_change_nothing(window: Hall) -> None:
    number, password = await told(window)
    token = (await opened(window, number, password))["token"]

    refused = [
        await hand_in(window, token, 1, papers.EXE),
        await hand_in(window, token, 3),
        await hand_in(window, "", 1),
        await hand_in(window, token[:-4] + "AAAA", 1),
    ]

    assert [(each.status_code, each.json()["code"]) for each in refused] == [
        (415, "kind-not-taken"),
        (422, "no-such-defect"),
        (401, "correction-shut"),
        (401, "correction-shut"),
    ]
    assert (await window.ask("GET", f"/cases/{number}/files", CLERK)).json() == []


async def test_once_the_notice_is_answered_nothing_more_is_taken(window: Hall) -> None:
    number, password = await told(window)
    token = (await opened(window, number, password))["token"]
    await window.workflow.say(say.completed(number, task="confirm"))

    async def is_over() -> bool:
        answer = await hand_in(window, token, 1)
        return answer.status_code == 409 and answer.json()["code"] == "nothing-to-correct"

    await wait_until(is_over)


async def test_a_wrong_password_opens_no_notice_and_a_case_without_one_says_so(window: Hall) -> None:
    number, _ = await told(window)
    other = (await window.receive(CLERK)).json()

    wrong = await window.ask("POST", "/public/corrections", json={"case_no": number, "query_password": "WRONG222"})
    entry = {"case_no": other["case_no"], "query_password": other["query_password"]}
    none = await window.ask("POST", "/public/corrections", json=entry)

    assert (wrong.status_code, wrong.json()["code"]) == (403, "lookup-refused")
    assert (none.status_code, none.json()["code"]) == (409, "nothing-to-correct")
