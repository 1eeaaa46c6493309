"""What was said to oneself: the bell, the list, reading; and the words of messages, changed by who may."""

from http import HTTPStatus

from playwright.async_api import expect

from services.console.pages.ops import messages
from tests.console.office import Office
from tests.console.playing import received
from tests.console.watching import shown
from tests.support.wait import wait_until

WORDS = {"subject": "催办", "text": "案件{{ case_no }}请抓紧办理：{{ message }}"}


def test_every_state_and_channel_has_a_name_on_the_page() -> None:
    from services.notify.attempts import Arrival  # noqa: PLC0415 - the console itself imports no other service
    from services.notify.states import FAILED, State  # noqa: PLC0415 - as above
    from services.notify.templates import Channel  # noqa: PLC0415 - as above

    assert messages.STATES.keys() == set(State)
    assert messages.CHANNELS.keys() == set(Channel)
    assert messages.ARRIVALS.keys() == set(Arrival)
    assert set(messages.FAILED) == FAILED


async def test_given_the_words_of_a_message_then_a_preview_counts_them_and_a_change_is_a_new_version(
    console: Office,
) -> None:
    page = "/ops/templates/task-urged"
    async with console.signed_in("u.supervisor") as desk:
        tried = await desk.post(f"{page}/preview", **(WORDS | {"text": "规" * 66}))
        assert "按短信计 1 条" in tried.text
        assert "规" * 66 in tried.text, "what was typed stays"
        refused = await desk.post(f"{page}/preview", **(WORDS | {"text": "{{ secret }}"}))
        assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "{{ secret }}" in refused.text
        assert "存为新版本" not in refused.text
        forbidden = await desk.post(page, **WORDS, based_on=1, reason="更短")
        assert forbidden.status_code == HTTPStatus.FORBIDDEN
    async with console.signed_in("u.ops") as desk:
        newest = (await console.api.call("GET", "notify", "/templates/task-urged", who="u.ops"))["newest"]
        saved = await desk.post(page, **WORDS, based_on=newest, reason="更短")
        assert saved.status_code == HTTPStatus.SEE_OTHER
        await shown(desk, page, "更短", "使用中")
        late = await desk.post(page, **WORDS, based_on=newest, reason="再改")
        assert late.status_code == HTTPStatus.CONFLICT
        assert "再改" in late.text


async def test_given_nobody_signed_in_or_nothing_unread_then_the_bell_says_nothing(console: Office) -> None:
    async with console.visitor() as client:
        assert (await client.get("/inbox/bell")).status_code == HTTPStatus.NO_CONTENT
    async with console.signed_in("u.registrar") as desk:
        assert (await desk.get("/inbox/bell")).text.strip() == ""
        assert "还没有给您的消息" in (await desk.get("/inbox")).text


async def test_given_a_message_to_oneself_then_the_bell_counts_it_and_reading_quiets_it(console: Office) -> None:
    await received(console.api)
    async with console.page("u.accept") as page:

        async def unread() -> int:
            found = await console.api.call("GET", "notify", "/inbox/unread", who="u.accept")
            return int(found["unread"])

        await wait_until(unread, within=60)
        await page.goto("/me")
        await expect(page.locator(".bell .count")).to_contain_text("条未读", timeout=60_000)
        await page.get_by_role("link", name="站内消息").click()
        await page.wait_for_url("**/inbox")
        await page.get_by_role("button", name="全部标为已读").click()
        await expect(page.get_by_role("button", name="全部标为已读")).to_have_count(0, timeout=60_000)
        await expect(page.locator(".bell .count")).to_have_count(0, timeout=60_000)
