"""`item.toml`: what a process bundle says of its service item: papers, limits, legal basis."""

import tomllib
from typing import Annotated, Final

from pydantic import BaseModel, Field, ValidationError

from services.contracts.workflow import Item, RequiredDocument, Situation
from services.kernel.problem import FieldError
from services.kernel.problem.validation import field_errors
from services.kernel.worktime import read_warning_point
from services.workflow.instances.models import Terms

ITEM_FILE: Final = "item.toml"

_Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$")]
_Name = Annotated[str, Field(min_length=1, max_length=120)]
_Basis = Annotated[str, Field(min_length=1, max_length=200)]
_Workdays = Annotated[int, Field(ge=1, le=999)]


class _Table(BaseModel, frozen=True, extra="forbid"):
    """A table of the file: what is misspelt is refused."""


class CaseClock(_Table, frozen=True):
    """When the case's own clocks warn (SL-03: 90 %)."""

    warn: str = "90%"


class SituationTable(_Table, frozen=True):
    """One `[[situations]]`."""

    code: _Code
    name: _Name
    name_en: _Name
    promised_workdays: _Workdays


class DocumentTable(_Table, frozen=True):
    """One `[[documents]]`; without `situations` it is asked for in all of them."""

    code: _Code
    name: _Name
    name_en: _Name
    situations: Annotated[tuple[_Code, ...], Field(max_length=100)] = ()
    mandatory: bool = True
    basis: Annotated[str, Field(max_length=200)] = ""


class ItemFile(_Table, frozen=True):
    """The whole of `item.toml`."""

    key: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
    code: _Code
    name: _Name
    name_en: _Name
    department: _Code
    township_first: bool = False
    legal_basis: Annotated[tuple[_Basis, ...], Field(min_length=1, max_length=50)]
    conditions: Annotated[tuple[_Basis, ...], Field(max_length=50)] = ()
    statutory_workdays: Annotated[int, Field(ge=0, le=999)]
    """0: no law sets a limit, as for a consultation or a confirmation that is no licence."""
    acceptance_workdays: _Workdays = 5
    case_clock: CaseClock = CaseClock()
    situations: Annotated[tuple[SituationTable, ...], Field(min_length=1, max_length=100)]
    documents: Annotated[tuple[DocumentTable, ...], Field(max_length=200)] = ()

    def item(self) -> Item:
        """The item as it is said aloud when a version is activated."""
        every = tuple(situation.code for situation in self.situations)
        return Item(
            code=self.code,
            name=self.name,
            name_en=self.name_en,
            department=self.department,
            legal_basis=self.legal_basis,
            conditions=self.conditions,
            statutory_workdays=self.statutory_workdays,
            acceptance_workdays=self.acceptance_workdays,
            township_first=self.township_first,
            situations=tuple(Situation(**situation.model_dump()) for situation in self.situations),
            documents=tuple(
                RequiredDocument(**{**document.model_dump(), "situations": document.situations or every})
                for document in self.documents
            ),
        )

    def terms(self, situation: str) -> Terms:
        """The limits of a case in a situation; an unknown one gets the shortest promise, which harms no applicant."""
        promised = {each.code: each.promised_workdays for each in self.situations}
        return Terms(
            statutory_workdays=self.statutory_workdays,
            promised_workdays=promised.get(situation, min(promised.values())),
            warn=self.case_clock.warn,
        )


class ItemUnreadable(Exception):
    """`item.toml` is not what it should be; `errors` says where."""

    def __init__(self, *errors: FieldError) -> None:
        super().__init__(*errors)
        self.errors = errors


def read_item(content: bytes) -> ItemFile:
    """Read `item.toml`; raises `ItemUnreadable` with everything that is wrong, `WarningPointUnreadable` for a warn."""
    try:
        item = ItemFile.model_validate(tomllib.loads(content.decode("utf-8")))
    except ValidationError as error:
        raise ItemUnreadable(*field_errors(error.errors())) from None
    except (ValueError, RecursionError) as error:  # besides what is no TOML, numbers and nesting without end
        raise ItemUnreadable(
            FieldError(where="", zh=f"不是 UTF-8 编码的 TOML：{error}", en=f"not TOML: {error}")
        ) from None
    read_warning_point(item.case_clock.warn)
    return item
