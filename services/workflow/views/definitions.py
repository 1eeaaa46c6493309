"""Definitions and findings as people read them."""

from collections.abc import Iterable
from datetime import datetime

from pydantic import BaseModel

from services.contracts.workflow import Item
from services.workflow.definitions.models import Canary, Definition, Version
from services.workflow.engine.models import Finding, Severity
from services.workflow.lint.mending.fixes import Fix
from services.workflow.lint.mending.translating import Outcome
from services.workflow.mendings import Linted


class FixView(BaseModel, frozen=True):
    """One change that needs no decision: at an element an attribute or child is set, or removed (`value` null)."""

    file: str
    element: str
    rule: str
    sets: str
    value: str | None


class RewrittenView(BaseModel, frozen=True):
    """One setting of another engine, and what becomes of it in our dialect; what is `left` a person must decide."""

    file: str
    element: str
    outcome: Outcome
    was: str
    now: str


class FindingView(BaseModel, frozen=True):
    """One finding of lint; `fix` is what `?fix=true` does about it."""

    file: str
    element: str
    rule: str
    severity: Severity
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str
    fix: list[FixView] = []


class LintView(BaseModel, frozen=True):
    """What is wrong with files, what of it mends itself, and what a drawing for another engine becomes in our dialect.

    With `?fix=true` the findings are those that are left, `fixed` is what was done, and `files` holds those that were
    changed, as texts in UTF-8; `rewritten` was done then, and is foretold otherwise.
    """

    findings: list[FindingView]
    rewritten: list[RewrittenView]
    fixed: list[FixView]
    files: dict[str, str]


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
    """What became of a deployment; `findings` are warnings that did not forbid it, said once for the same bytes."""

    key: str
    version: int
    sha256: str
    created: bool
    active: bool
    findings: list[FindingView]


def finding_views(findings: Iterable[Finding]) -> list[FindingView]:
    """Findings as they are sent."""
    return [FindingView.model_validate(finding, from_attributes=True) for finding in findings]


def lint_view(linted: Linted) -> LintView:
    """A lint as it is sent, each finding with its fixes."""
    by_place: dict[tuple[str, str], list[FixView]] = {}
    for fix in linted.fixes:
        by_place.setdefault((fix.rule, fix.element), []).append(_fix_view(fix))
    findings = finding_views(linted.findings)
    return LintView(
        findings=[each.model_copy(update={"fix": by_place.get((each.rule, each.element), [])}) for each in findings],
        rewritten=[RewrittenView.model_validate(each, from_attributes=True) for each in linted.rewritten],
        fixed=[_fix_view(fix) for fix in linted.fixed],
        files={path: content.decode() for path, content in linted.files.items()},
    )


def _fix_view(fix: Fix) -> FixView:
    return FixView.model_validate(fix, from_attributes=True)


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
