"""What requests have in common: closed bodies, pages, idempotency keys, and numbers that a database can hold."""

from typing import Annotated, Final

from fastapi import Header, Path, Query
from pydantic import BaseModel

from services.kernel.problem import Problem

LARGEST_PAGE: Final = 200
_LARGEST_NUMBER: Final = 2**31 - 1


class Request(BaseModel, frozen=True, extra="forbid"):
    """What a client sends: a member that we do not know is refused, not silently ignored."""


Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="how many at most")]
"""The size of a page."""

After = Annotated[
    str | None, Query(min_length=1, max_length=200, description="the last key of the page before; absent for the first")
]
"""Where a page begins."""

CaseNo = Annotated[str, Path(pattern=r"^[0-9A-Z]{1,40}$", examples=["51200020261123PT0500017"])]
"""A case number in a path. Name the parameter `case_no`: log lines of the request then bear it."""

Number = Annotated[int, Path(ge=1, le=_LARGEST_NUMBER)]
"""A version or sequence number in a path."""

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[A-Za-z0-9_-]{8,64}$",
        description="sent again with the same key, a request changes nothing and gets the same answer",
    ),
]
"""For POSTs that create."""


class KeyTaken(Problem):
    """The same idempotency key came with a different request."""

    status = 409
    code = "idempotency-key-taken"
    zh = "该 Idempotency-Key 已用于内容不同的请求"
    en = "this Idempotency-Key was used for a different request"
    remedy_zh = "请为新的请求使用新的 Idempotency-Key"
    remedy_en = "use a new Idempotency-Key for a new request"
