"""The graph of permits and what each needs before it, read from `graph.toml`; one that is unsound stops the service."""

import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

FILE: Final = Path(__file__).with_name("graph.toml")


class Track(StrEnum):
    """By which way a project gets its land."""

    ALLOCATED = "allocated"
    GRANTED = "granted"
    RURAL = "rural"


class Need(BaseModel):
    """What a step needs before it: another step, on some tracks only, or the paper that proves it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: str
    basis: str
    paper: str = ""
    hard: bool = False
    tracks: frozenset[Track] = frozenset(Track)


class Step(BaseModel):
    """One permit on the way, ours (`items`) or another organ's."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    name: str
    name_en: str
    stage: int = Field(ge=1, le=4)
    tracks: frozenset[Track]
    how: str
    items: tuple[str, ...] = ()
    situations: frozenset[str] = frozenset()
    external: bool = False
    need: tuple[Need, ...] = ()

    def is_for(self, mark: str, situation: str) -> bool:
        """Whether an application for the item, by its mark, in this situation is for this step."""
        return mark in self.items and (not self.situations or situation in self.situations)


class GraphUnsound(Exception):
    """The graph names a step that is not there, or goes in a circle."""


Graph = Mapping[str, Step]


@cache
def graph() -> Graph:
    """The graph as shipped."""
    return read(FILE.read_text("utf-8"))


def read(source: str) -> Graph:
    """The steps by key, each after what it needs; raises GraphUnsound."""
    steps = [Step.model_validate(each) for each in tomllib.loads(source)["step"]]
    known: dict[str, Step] = {}
    for step in steps:
        if missing := [need.step for need in step.need if need.step not in known]:
            msg = f"{step.key}: 前置环节须先列出 / what it needs must stand before it: {', '.join(missing)}"
            raise GraphUnsound(msg)
        known[step.key] = step
    return known
