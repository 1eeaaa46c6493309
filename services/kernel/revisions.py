"""Two who edit one thing: an answer says which state it shows (`ETag`), a change which state it means (`If-Match`)."""

from typing import Annotated, Final

from fastapi import Header, Response

from services.kernel.problem import Problem

ETAG: Final = "ETag"

IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        pattern=r'^"[0-9]{1,9}"$',
        description="the `ETag` of the state that is to be changed, as it was read",
    ),
]
"""For PUTs of what two people may edit."""


class StateNotNamed(Problem):
    """The change does not say which state it means."""

    status = 428
    code = "if-match-missing"
    zh = "修改时必须用 If-Match 指明所读到的版本"
    en = "a change must name the state it means with If-Match"
    remedy_zh = "请先读取，再把应答中的 ETag 原样放入 If-Match"
    remedy_en = "read it first and send its ETag as If-Match"


class StateMovedOn(Problem):
    """Somebody else changed it since it was read."""

    status = 412
    code = "state-moved-on"
    zh = "该内容在您读取之后已被他人修改，没有保存"
    en = "somebody else changed this since you read it; nothing was saved"
    remedy_zh = "请重新读取，核对后再修改"
    remedy_en = "read it again, compare, and change it then"


def tag_of(revision: int) -> str:
    """The tag of a state."""
    return f'"{revision}"'


def tagged(response: Response, revision: int) -> None:
    """Say in the answer which state it shows."""
    response.headers[ETAG] = tag_of(revision)


def expect(revision: int, if_match: str | None) -> None:
    """Go on only if the change means this state. Raises StateNotNamed, StateMovedOn."""
    if if_match is None:
        raise StateNotNamed
    if if_match != tag_of(revision):
        raise StateMovedOn
