"""What is stored of definitions: one document for each process with its versions, one for each set of files."""

import hashlib
from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Final

from pydantic import BaseModel

from services.contracts.workflow import Item
from services.kernel.store import Body
from services.workflow.definitions.alarms import Alarm
from services.workflow.definitions.items import ItemFile
from services.workflow.definitions.starts import Starts

MOST_CHANGES: Final = 500
"""Entries kept in the history of one process; the events of all of them stay in the journal."""

_HUNDREDTHS: Final = 100


class Version(BaseModel, frozen=True):
    """One deployed version. It never changes: the same bytes are always the same version."""

    version: int
    sha256: str
    files: int
    deployed_at: datetime
    deployed_by: str
    item: Item
    starts: Starts = Starts()


class ChangeKind(StrEnum):
    """What can be done about the version that new cases follow."""

    ACTIVATED = "activated"
    ROLLED_BACK = "rolled-back"
    RETIRED = "retired"
    CANARY_SET = "canary-set"
    CANARY_ENDED = "canary-ended"


class Canary(BaseModel, frozen=True):
    """A version that some new cases follow besides the active one: a share of them, of some departments or of all."""

    version: int
    share: int
    departments: tuple[str, ...] = ()
    since: datetime
    by: str

    def takes(self, process_key: str, case_no: str, departments: Collection[str]) -> bool:
        """Whether a new case follows the canary. A larger share takes every case that a smaller one takes."""
        concerned = not self.departments or not set(self.departments).isdisjoint(departments)
        return concerned and place_of(process_key, case_no) < self.share * _HUNDREDTHS


class Change(BaseModel, frozen=True):
    """One entry in the history of a process: who did what, when and why. `was` is the version active before."""

    kind: ChangeKind
    version: int | None
    was: int | None = None
    share: int | None = None
    departments: tuple[str, ...] = ()
    reason: str = ""
    by: str
    at: datetime


class Definition(Body, frozen=True):
    """A process with all its versions; new cases of its item follow the active one, or the canary.

    `alarms` are its timer start events; `next_alarm_at` is when the first begins a case, None while none is to.
    """

    process_key: str
    item_code: str
    versions: tuple[Version, ...] = ()
    active: int | None = None
    canary: Canary | None = None
    changes: tuple[Change, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    next_alarm_at: datetime | None = None

    def version(self, number: int) -> Version | None:
        """The version of this number."""
        return next((each for each in self.versions if each.version == number), None)

    def version_of(self, sha256: str) -> Version | None:
        """The version that holds exactly these files."""
        return next((each for each in self.versions if each.sha256 == sha256), None)

    @property
    def active_version(self) -> Version | None:
        """The version that new cases follow."""
        return None if self.active is None else self.version(self.active)

    def followed_by(self, case_no: str, departments: Collection[str]) -> Version | None:
        """The version that a new case of some departments follows; None while no version is active."""
        canary = self.canary
        if self.active is not None and canary is not None and canary.takes(self.process_key, case_no, departments):
            return self.version(canary.version)
        return self.active_version

    def was_active(self, number: int) -> bool:
        """Whether new cases have followed a version before: its walks were played then."""
        return any(change.version == number and change.kind in _ACTIVE for change in self.changes)

    def noting(self, change: Change) -> "Definition":
        """The process with one more entry in its history."""
        return self.model_copy(update={"changes": (*self.changes, change)[-MOST_CHANGES:]})


class BundleFile(BaseModel, frozen=True):
    """One file of a bundle."""

    path: str
    content: bytes


class Bundle(Body, frozen=True):
    """The files of one version, by their digest; stored once and never changed."""

    sha256: str
    item: ItemFile
    files: tuple[BundleFile, ...]

    @property
    def contents(self) -> dict[str, bytes]:
        """The files by path."""
        return {file.path: file.content for file in self.files}


_ACTIVE: Final = frozenset({ChangeKind.ACTIVATED, ChangeKind.ROLLED_BACK})


def place_of(process_key: str, case_no: str) -> int:
    """Where a case number falls among ten thousand: always the same, and evenly spread."""
    digest = hashlib.sha256(f"{process_key}/{case_no}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % (100 * _HUNDREDTHS)
