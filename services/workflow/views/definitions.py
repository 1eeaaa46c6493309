"""Definitions and findings as people read them."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel

from services.contracts.workflow import Item
from services.workflow.definitions.models import Canary, Definition, Version
from services.workflow.engine.models import Finding, Severity


class FindingView(BaseModel, frozen=True):
    """One finding of lint."""

    file: str
    element: str
    rule: str
    severity: Severity
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str


class VersionView(BaseModel, frozen=True):
    """One version of a definition."""

    version: int
    sha256: str
    active: bool
    files: int
    deployed_at: datetime
    deployed_by: str


class DefinitionView(BaseModel, frozen=True):
    """A process with its item and versions, the newest first."""

    key: str
    item: Item
    active: int | None
    canary: Canary | None
    versions: list[VersionView]


class VersionDetail(VersionView, frozen=True):
    """One version with its item and the names of its files."""

    key: str
    item: Item
    paths: list[str]


class DeployedView(BaseModel, frozen=True):
    """What became of a deployment; `findings` are warnings that did not forbid it."""

    key: str
    version: int
    sha256: str
    created: bool
    active: bool
    findings: list[FindingView]


def finding_views(findings: Iterable[Finding]) -> list[FindingView]:
    """Findings as they are sent."""
    return [FindingView.model_validate(finding, from_attributes=True) for finding in findings]


def definition_view(definition: Definition) -> DefinitionView:
    """A process with its versions; the item is that of the active version, else of the newest."""
    newest = definition.active_version or definition.versions[-1]
    return DefinitionView(
        key=definition.process_key,
        item=newest.item,
        active=definition.active,
        canary=definition.canary,
        versions=[version_view(definition, version) for version in reversed(definition.versions)],
    )


def version_view(definition: Definition, version: Version) -> VersionView:
    """One version in a list."""
    return VersionView(
        version=version.version,
        sha256=version.sha256,
        active=version.version == definition.active,
        files=version.files,
        deployed_at=version.deployed_at,
        deployed_by=version.deployed_by,
    )
