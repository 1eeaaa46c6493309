"""Signing in and out (A1): sessions, locks, forms of ours only."""

import asyncio
import re
from http import HTTPStatus

import httpx
import pyotp
import pytest

from tests.console.office import Office


async def test_given_the_right_password_then_the_session_is_a_cookie_that_scripts_cannot_read(console: Office) -> None:
    async with console.visitor() as client:
        answer = await client.post("/login", data={"code": "u.chief.d06", "password": console.password})
        assert answer.status_code == HTTPStatus.SEE_OTHER
        assert answer.headers["location"] == "/start"
        cookie = answer.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert console.password not in answer.text


async def test_given_a_wrong_password_and_an_unknown_account_then_both_are_told_the_same(console: Office) -> None:
    async with console.visitor() as client:
        wrong = await client.post("/login", data={"code": "u.archive", "password": "nothing of it"})
        unknown = await client.post("/login", data={"code": "u.nobody", "password": "nothing of it"})
    assert wrong.status_code == unknown.status_code == HTTPStatus.UNAUTHORIZED
    assert wrong.text.replace("u.archive", "") == unknown.text.replace("u.nobody", "")


async def test_given_five_wrong_passwords_then_the_right_one_is_locked_out_until_the_registrar_sets_another(
    console: Office,
) -> None:
    async with console.visitor() as client:
        for _ in range(5):
            await client.post("/login", data={"code": "u.legal", "password": "wrong again"})
        locked = await client.post("/login", data={"code": "u.legal", "password": console.password})
        assert locked.status_code == HTTPStatus.LOCKED
        assert "锁定" in locked.text
        body = {"password": console.password, "must_change": False}
        await console.api.call("PUT", "console", "/accounts/u.legal", who="u.registrar", body=body)
        again = await client.post("/login", data={"code": "u.legal", "password": console.password})
        assert again.status_code == HTTPStatus.SEE_OTHER


async def test_given_many_tries_at_one_moment_then_no_more_than_five_are_looked_at(console: Office) -> None:
    async with console.visitor() as client:
        tries = (client.post("/login", data={"code": "u.leader2", "password": f"guess {n}"}) for n in range(12))
        statuses = [answer.status_code for answer in await asyncio.gather(*tries)]
        assert statuses.count(HTTPStatus.UNAUTHORIZED) <= 5
        assert set(statuses) <= {HTTPStatus.UNAUTHORIZED, HTTPStatus.LOCKED, HTTPStatus.CONFLICT}
    body = {"password": console.password, "must_change": False}
    await console.api.call("PUT", "console", "/accounts/u.leader2", who="u.registrar", body=body)


async def test_given_nobody_signed_in_when_a_page_is_asked_then_one_signs_in_first_and_comes_back(
    console: Office,
) -> None:
    async with console.visitor() as client:
        answer = await client.get("/password?x=1")
        assert answer.headers["location"] == "/login?next=%2Fpassword%3Fx%3D1"
        fields = {"code": "u.chief.d06", "password": console.password, "next": "/password?x=1"}
        assert (await client.post("/login", data=fields)).headers["location"] == "/password?x=1"


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x", "/login"]
)
async def test_given_a_link_that_leads_elsewhere_then_one_stays_here(console: Office, away: str) -> None:
    async with console.visitor() as client:
        fields = {"code": "u.chief.d06", "password": console.password, "next": away}
        assert (await client.post("/login", data=fields)).headers["location"] == "/start"


async def test_given_a_sign_out_then_the_old_cookie_is_worth_nothing(console: Office) -> None:
    async with console.signed_in("u.chief.d06") as desk:
        cookie = desk.client.cookies["sid"]
        assert (await desk.post("/logout")).status_code == HTTPStatus.SEE_OTHER
    async with console.visitor() as client:
        client.cookies.set("sid", cookie)
        assert (await client.get("/password")).status_code == HTTPStatus.SEE_OTHER


async def test_given_a_form_without_the_sessions_token_or_from_elsewhere_then_nothing_is_done(console: Office) -> None:
    async with console.signed_in("u.chief.d06") as desk:
        fields = {"old": console.password, "new": "another long password"}
        assert (await desk.client.post("/password", data=fields)).status_code == HTTPStatus.FORBIDDEN
        foreign = {"csrf": desk.csrf} | fields
        headers = {"Sec-Fetch-Site": "cross-site"}
        answer = await desk.client.post("/password", data=foreign, headers=headers)
        assert answer.status_code == HTTPStatus.FORBIDDEN
    async with console.signed_in("u.chief.d06") as desk:  # the password is still the old one
        assert (await desk.get("/password")).is_success


async def test_given_who_reads_the_database_then_no_cookie_is_found_there(console: Office) -> None:
    async with console.signed_in("u.chief.d06") as desk:
        status: httpx.Response = await desk.get("/password")
        assert desk.client.cookies["sid"] not in status.text


async def test_given_a_simple_new_password_then_it_is_refused_with_the_reason(console: Office) -> None:
    async with console.signed_in("u.archive") as desk:
        answer = await desk.post("/password", old=console.password, new="short")
        assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        assert "至少 10 个字符" in answer.text


async def test_given_another_language_then_the_page_comes_back_in_it(console: Office) -> None:
    async with console.visitor() as client:
        answer = await client.post("/look", data={"lang": "en", "back": "/login"})
        assert answer.headers["location"] == "/login"
        page = (await client.get("/login")).text
        assert '<html lang="en"' in page
        assert "Staff sign-in" in page


async def test_given_a_browser_when_signing_in_by_keyboard_then_the_menu_shows_what_the_person_may(
    console: Office,
) -> None:
    async with console.page("u.it") as page:
        await page.goto("/password")
        menu = page.get_by_role("navigation", name="菜单")
        assert await menu.get_by_role("link", name="流程工作室").is_visible()
        assert await menu.get_by_role("link", name="新收件").count() == 0


async def test_given_one_time_codes_then_each_is_asked_for_and_good_once(console: Office) -> None:
    async with console.signed_in("u.experts") as desk:
        page = await desk.get("/account")
        secret = re.search(r'name="secret" value="([A-Z2-7]{32})"', page.text)
        assert secret
        totp = pyotp.TOTP(secret[1])
        wrong = await desk.post("/account/codes", secret=secret[1], code="000000")
        assert wrong.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
        done = await desk.post("/account/codes", secret=secret[1], code=totp.now())
        assert done.status_code == HTTPStatus.SEE_OTHER
    fields = {"code": "u.experts", "password": console.password}
    async with console.visitor() as client:
        assert (await client.post("/login", data=fields)).status_code == HTTPStatus.UNAUTHORIZED
        fields |= {"one_time": totp.now()}
        assert (await client.post("/login", data=fields)).status_code == HTTPStatus.SEE_OTHER
    async with console.visitor() as client:
        assert (await client.post("/login", data=fields)).status_code == HTTPStatus.UNAUTHORIZED


async def test_given_a_first_password_then_another_one_is_chosen_before_anything_else(console: Office) -> None:
    body = {"password": "first password"}
    await console.api.call("PUT", "console", "/accounts/u.certificate", who="u.registrar", body=body)
    async with console.visitor() as client:
        await client.post("/login", data={"code": "u.certificate", "password": "first password"})
        assert (await client.get("/tasks")).headers["location"] == "/password"
        csrf = re.search(r'<meta name="csrf" content="([^"]+)">', (await client.get("/password")).text)
        assert csrf
        fields = {"csrf": csrf[1], "old": "first password", "new": console.password}
        assert (await client.post("/password", data=fields)).headers["location"] == "/start"
        assert (await client.get("/tasks")).status_code == HTTPStatus.OK


async def test_given_one_role_chosen_then_menu_and_permissions_are_those_of_that_role(console: Office) -> None:
    async with console.signed_in("u.accept") as desk:
        await desk.post("/account/roles", role="officer")
        assert (await desk.get("/desk")).status_code == HTTPStatus.FORBIDDEN
        await desk.post("/account/roles", role="bureau_head")
        assert (await desk.get("/ops/incidents")).status_code == HTTPStatus.FORBIDDEN
        await desk.post("/account/roles")
        assert (await desk.get("/desk")).status_code == HTTPStatus.OK
