"""The kinds of certificate, read from `kinds.toml`."""

import tomllib
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict


class Kind(BaseModel):
    """One kind: its names, the words on it, and the items whose grant gives it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    items: tuple[str, ...]
    name: str
    name_en: str
    prefix: str
    statement: str
    holder: str
    project: str
    place: str
    scale: str
    notes: tuple[str, ...]


def _read() -> dict[str, Kind]:
    source = Path(__file__).with_name("kinds.toml").read_text("utf-8")
    kinds = [Kind.model_validate(each) for each in tomllib.loads(source)["kind"]]
    return {kind.key: kind for kind in kinds}


KINDS: Final = _read()
BY_ITEM: Final = {item: kind.key for kind in KINDS.values() for item in kind.items}
