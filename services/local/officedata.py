"""Fills the books with the demo office, through the registry's API. Again does no harm."""

import tomllib
from importlib.resources import files
from typing import Any

from services.local.accounts import REGISTRAR
from services.local.client import Api


async def load(api: Api) -> int:
    """Enter departments, posts and people; gives how many entries there are."""
    departments, posts, people = _rows("department"), _rows("post"), _rows("person")
    for row in departments:
        await _put(api, f"/departments/{row.pop('code')}", row)
    for row in posts:
        await _put(api, f"/posts/{row.pop('code')}", row)
    for row in people:  # first without deputies, who may stand further down
        await _put_new(api, row)
    for row in people:
        if "deputy" in row:
            await _put(api, f"/people/{row['code']}", {name: value for name, value in row.items() if name != "code"})
    return len(departments) + len(posts) + len(people)


def _rows(kind: str) -> list[dict[str, Any]]:
    name = {"department": "departments", "post": "posts", "person": "people"}[kind]
    text = files("services.local").joinpath(f"office/{name}.toml").read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = tomllib.loads(text)[kind]
    return rows


async def _put_new(api: Api, row: dict[str, Any]) -> None:
    """Enter a person who is not in the books yet, without the deputy."""
    known = {person["code"] for person in await api.call("GET", "registry", "/people", who=REGISTRAR.code)}
    if row["code"] not in known:
        entry = {name: value for name, value in row.items() if name not in {"code", "deputy"}}
        await _put(api, f"/people/{row['code']}", entry)


async def _put(api: Api, path: str, entry: dict[str, Any]) -> None:
    await api.call("PUT", "registry", path, who=REGISTRAR.code, body=entry)
