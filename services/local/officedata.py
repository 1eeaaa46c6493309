"""Fills the books with the demo office, through the registry's API. What the books say already is not said again."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from services.local.accounts import REGISTRAR
from services.local.client import Api

_Row = dict[str, Any]


async def load(api: Api) -> int:
    """Enter departments, posts and people; gives how many entries there are."""
    departments, posts, people = _rows("department"), _rows("post"), _rows("person")
    await _enter(api, "/departments", departments, await _known(api, "/departments"))
    await _enter(api, "/posts", posts, await _known(api, "/posts"))
    known = await _known(api, "/people")
    unknown = [row for row in people if row["code"] not in known]
    await _enter(api, "/people", [_without(row, "deputy") for row in unknown], {})  # a deputy may stand further down
    await _enter(api, "/people", [row for row in people if row not in unknown or "deputy" in row], known)
    return len(departments) + len(posts) + len(people)


async def give_accounts(api: Api, password: str) -> None:
    """Let everybody of the demo office sign in at the screens with one password; who has an account keeps it."""
    known = await api.call("GET", "console", "/accounts", who=REGISTRAR.code)
    have = {account["code"] for account in known}
    for code in {row["code"] for row in _rows("person")} - have:
        body = {"password": password, "must_change": False}
        await api.call("PUT", "console", f"/accounts/{code}", who=REGISTRAR.code, body=body)


def _rows(kind: str) -> list[_Row]:
    name = {"department": "departments", "post": "posts", "person": "people"}[kind]
    text = files("services.local").joinpath(f"office/{name}.toml").read_text(encoding="utf-8")
    rows: list[_Row] = tomllib.loads(text)[kind]
    return rows


async def _known(api: Api, path: str) -> dict[str, _Row]:
    """What the books have by now, by code."""
    return {entry["code"]: entry for entry in await api.call("GET", "registry", path, who=REGISTRAR.code)}


async def _enter(api: Api, path: str, rows: list[_Row], known: Mapping[str, _Row]) -> None:
    """Enter what the books do not say yet."""
    for row in rows:
        if not row.items() <= known.get(row["code"], {}).items():
            await api.call("PUT", "registry", f"{path}/{row['code']}", who=REGISTRAR.code, body=_without(row, "code"))


def _without(row: _Row, name: str) -> _Row:
    return {key: value for key, value in row.items() if key != name}
