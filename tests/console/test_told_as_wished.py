"""How people want to be told, and the group chats of departments, on their pages (O6, A-17)."""

from http import HTTPStatus

from services.console.languages import english
from services.console.pages import preferences
from services.console.pages.ops import groups
from tests.console.office import Office
from tests.console.watching import shown

GROUP = {"department": "D06", "name": "规划工作群", "vendor": "wecom", "key": "k" * 36, "reason": "科室申请"}


def test_given_the_words_for_codes_then_each_has_english() -> None:
    assert {*preferences.WINDOWS.values(), *preferences.OPTIONAL.values(), *groups.VENDORS.values()} <= english().keys()


async def test_given_a_choice_then_it_is_shown_again_and_a_wrong_one_stays_as_typed(console: Office) -> None:
    page = "/me/preferences"
    chosen = {"first": "smtp", "second": "smtp", "language": "zh", "digest_minutes": "30"}
    async with console.signed_in("u.handler.d08") as desk:
        assert page in (await desk.get("/me")).text
        half = await desk.post(page, **chosen, quiet_from="21:00", quiet_to="")
        assert half.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert 'value="21:00"' in half.text
        saved = await desk.post(page, **chosen, quiet_from="21:00", quiet_to="07:30", muted="bulletin")
        assert saved.headers["location"] == "/me/preferences?said=yes"
        seen = (await desk.get(page)).text
        assert 'value="21:00"' in seen
        assert 'value="07:30"' in seen
        assert '<option value="30" selected>' in seen
        assert 'value="bulletin" checked' in seen
    choice = (await console.api.call("GET", "notify", "/preferences", who="u.handler.d08"))["choice"]
    assert (choice["channels"], choice["quiet"], choice["digest_minutes"]) == (["smtp"], "21:00-07:30", 30)


async def test_given_a_department_is_bound_then_who_did_it_is_shown_and_never_the_key(console: Office) -> None:
    page = "/ops/groups"
    async with console.signed_in("u.supervisor") as desk:
        assert "机器人密钥" not in (await desk.get(page)).text
        assert (await desk.post(page, **GROUP)).status_code == HTTPStatus.FORBIDDEN
    async with console.signed_in("u.ops") as desk:
        unsigned = await desk.post(page, **(GROUP | {"vendor": "dingtalk"}))
        assert unsigned.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "规划工作群" in unsigned.text, "what was typed stays"
        assert GROUP["key"] not in unsigned.text, "but for the key"
        assert (await desk.post(page, **GROUP)).status_code == HTTPStatus.SEE_OTHER
        await shown(desk, page, "规划工作群", "科室申请", "已绑定")
        assert (await desk.post(f"{page}/D06/unbind", reason="群解散")).status_code == HTTPStatus.SEE_OTHER
        await shown(desk, page, "群解散", "已解除")
        again = await desk.post(f"{page}/D06/unbind", reason="再解除")
        assert again.status_code == HTTPStatus.NOT_FOUND
        assert GROUP["key"] not in (await desk.get(page)).text
