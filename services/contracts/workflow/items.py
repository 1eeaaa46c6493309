"""What the process says of its definitions: the service item (事项) and the version that new cases follow."""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel

from services.contracts.events import Said


class RequiredDocument(BaseModel, frozen=True):
    """One paper that an item asks for in the situations named."""

    code: str
    name: str
    name_en: str
    situations: tuple[str, ...]
    mandatory: bool
    basis: str


class Situation(BaseModel, frozen=True):
    """A variant of an item with its own promise (e.g. 危房重建 within PT-05)."""

    code: str
    name: str
    name_en: str
    promised_workdays: int


class Item(BaseModel, frozen=True):
    """A service item (事项) as its process bundle states it."""

    code: str
    name: str
    name_en: str
    department: str
    legal_basis: tuple[str, ...]
    statutory_workdays: int
    """0 where no law sets a limit: what is no licence has no statutory clock."""
    acceptance_workdays: int
    township_first: bool
    situations: tuple[Situation, ...]
    documents: tuple[RequiredDocument, ...]
    conditions: tuple[str, ...] = ()
    """What an applicant must fulfil (行政许可法 §30), as the guide tells it."""


class DefinitionActivated(Said, frozen=True):
    """From now on new cases of this item follow this version of its process.

    One that is not `at_window` cannot be applied for: its cases begin by a message, a date or a signal.
    """

    TYPE: ClassVar[str] = "guihua.workflow.definition.activated.v1"
    KEY: ClassVar[str] = "process_key"

    process_key: str
    version: int
    sha256: str
    activated_at: datetime
    activated_by: str
    item: Item
    at_window: bool = True


class DefinitionRetired(Said, frozen=True):
    """No new case follows this process any more: the item is not on offer. Running cases go on to their end."""

    TYPE: ClassVar[str] = "guihua.workflow.definition.retired.v1"
    KEY: ClassVar[str] = "process_key"

    process_key: str
    version: int
    item_code: str
    retired_at: datetime
    retired_by: str
    reason: str
