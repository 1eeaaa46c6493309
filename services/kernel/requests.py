"""What requests have in common: closed bodies, pages, idempotency keys, and numbers that a database can hold."""

import re
from collections.abc import Collection, Mapping
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, Final, Union, get_args, get_origin

from fastapi import Header, Path, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticKnownError
from pydantic_core.core_schema import ErrorType

from services.kernel.problem import Problem

LARGEST_PAGE: Final = 200
_LARGEST_NUMBER: Final = 2**31 - 1
_TOO_SHORT: Final = "string_too_short"
_NO_DATE: Final = "date_type"

_YEAR: Final = re.compile(r"\d{4}-", re.ASCII)
"""How a date or a moment begins: seconds since 1970, which pydantic would take as well, do not."""

_FITTING: Final[Mapping[Any, tuple[Collection[type], ErrorType]]] = {
    bool: ((bool,), "bool_type"),
    int: ((int, float), "int_type"),
    float: ((int, float), "float_type"),
    date: ((str, date), "date_type"),
    datetime: ((str, datetime), "datetime_type"),
    AwareDatetime: ((str, datetime), "datetime_type"),
}
"""For fields of a kind: of which types a value may be as it comes from JSON or from us, and the error otherwise."""


class Request(BaseModel, frozen=True, extra="forbid"):
    """What a client sends: a member that we do not know is refused, not silently ignored.

    Nor is a member of another kind made to fit: `0` is no false, `"5"` is no number, and a number is no date.
    """

    @field_validator("*", mode="before")
    @classmethod
    def _is_of_its_kind(cls, value: object, info: ValidationInfo) -> object:
        kinds = _kinds(cls.model_fields[str(info.field_name)].annotation)
        for fitting, error in (_FITTING[kind] for kind in kinds & _FITTING.keys()):
            is_timestamp = isinstance(value, str) and _YEAR.match(value) is None
            if value is not None and (type(value) not in fitting or is_timestamp):
                raise PydanticKnownError(error)
        return value


def _kinds(annotation: Any) -> set[Any]:  # noqa: ANN401 - whatever stands behind a field's colon
    """What a field may hold, without `None` and without what is said about it."""
    parts = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    return {get_args(part)[0] if get_origin(part) is Annotated else part for part in parts}


def _worded(text: str) -> str:
    """Without what surrounds the words; blanks alone are too short."""
    if not (words := text.strip()):
        raise PydanticKnownError(_TOO_SHORT, {"min_length": 1})
    return words


def _day_written(value: object) -> object:
    """A day is written out, such as 2017-05-09, never given as a number of seconds."""
    if isinstance(value, str) and _YEAR.match(value) is None:
        raise PydanticKnownError(_NO_DATE)
    return value


Day = Annotated[date, BeforeValidator(_day_written)]
"""A day in a path or a query."""

Reason = Annotated[str, Field(min_length=1, max_length=1000), AfterValidator(_worded)]
"""Why somebody does something, in their words."""

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
