"""Deploying definitions: check everything, store once, activate; never touch what runs."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress

from services.kernel.identity import Person
from services.kernel.store import AlreadyExists
from services.workflow import activations
from services.workflow.definitions.files import checked
from services.workflow.definitions.items import ITEM_FILE, ItemFile, read_item
from services.workflow.definitions.models import Bundle, Definition
from services.workflow.definitions.shelf import bundle_files
from services.workflow.definitions.starts import Starts, starts_of_files
from services.workflow.definitions.versions import DefinitionNotFound, ItemTaken, deployed, refuse_errors
from services.workflow.deps import Deps
from services.workflow.engine.bundles import digest
from services.workflow.engine.models import EngineFault, Finding, Severity
from services.workflow.lint.linting import bureau_findings, in_order
from services.workflow.lint.reports import Report
from services.workflow.views.definitions import DeployedView, finding_views


async def findings_of(deps: Deps, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Everything wrong with the files: the engine's findings and the bureau's, errors first. Raises BundleRefused."""
    known = checked(files)
    posts = (await deps.copies.office()).books.posts.keys()
    of_engine = await _of_engine(deps, known)
    of_bureau = await asyncio.to_thread(bureau_findings, known, posts=posts)
    return in_order((*of_engine, *of_bureau))


async def _of_engine(deps: Deps, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """The engine's findings; files over which it runs out of time or memory are refused like any others."""
    try:
        return await deps.engines.findings(files)
    except EngineFault as fault:
        report = Report()
        report.say("GH-E733", "", reason_zh=fault.zh, reason=fault.en)
        return tuple(report.findings)


async def deploy(deps: Deps, files: Mapping[str, bytes], *, who: Person, activate: bool) -> DeployedView:
    """Store the files as the next version of their process, and let new cases follow it if asked to.

    Raises BundleRefused, DefinitionRefused, ItemTaken; WalksFailed when it is stored but not to be followed.
    """
    known = checked(files)
    findings = await findings_of(deps, known)
    refuse_errors(findings)
    item = read_item(known[ITEM_FILE])
    sha256 = digest(known)
    await deps.shelf.put(Bundle(sha256=sha256, item=item, files=bundle_files(known)))
    before = await deps.definitions.find(item.key)
    starts = await asyncio.to_thread(starts_of_files, known, item.key)
    definition = await _with_version(deps, item, sha256, files=len(known), starts=starts, who=who)
    version = _number_of(definition, sha256)
    if activate:
        definition = await activations.activate(deps, item.key, version, who=who)
    return DeployedView(
        key=item.key,
        version=version,
        sha256=sha256,
        created=before is None or before[0].version_of(sha256) is None,
        active=definition.active == version,
        findings=finding_views(finding for finding in findings if finding.severity is not Severity.ERROR),
    )


async def _with_version(
    deps: Deps, item: ItemFile, sha256: str, *, files: int, starts: Starts, who: Person
) -> Definition:
    """The process with the files as a version, made if it is new. Of two at once each becomes its own version."""
    now = deps.clock.now()

    def decide(definition: Definition) -> tuple[Definition, tuple[()]]:
        return deployed(definition, item=item, sha256=sha256, files=files, starts=starts, at=now, by=who.code), ()

    await _refuse_taken(deps, item)
    with suppress(AlreadyExists):
        await deps.definitions.create(Definition(process_key=item.key, item_code=item.code))
    return await deps.definitions.change(item.key, decide)


async def _refuse_taken(deps: Deps, item: ItemFile) -> None:
    where = {"body.item_code": item.code, "_id": {"$ne": item.key}}
    others = await deps.definitions.query(where, sort=[("_id", 1)], limit=1)
    if others:
        raise ItemTaken(item_code=item.code, process_key=others[0].process_key)


def _number_of(definition: Definition, sha256: str) -> int:
    version = definition.version_of(sha256)
    if version is None:
        raise DefinitionNotFound(what=sha256)
    return version.version
