"""What is stored of definitions: one document for each process with its versions, one for each set of files."""

from datetime import datetime

from pydantic import BaseModel

from services.contracts.workflow import Item
from services.kernel.store import Body
from services.workflow.definitions.items import ItemFile


class Version(BaseModel, frozen=True):
    """One deployed version. It never changes: the same bytes are always the same version."""

    version: int
    sha256: str
    files: int
    deployed_at: datetime
    deployed_by: str
    item: Item


class Definition(Body, frozen=True):
    """A process with all its versions; new cases of its item follow the active one."""

    process_key: str
    item_code: str
    versions: tuple[Version, ...] = ()
    active: int | None = None

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
