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
from services.workflow.engine.models import Severity
from services.workflow.linting import findings_of
from services.workflow.views.definitions import DeployedView, finding_views


async def deploy(deps: Deps, files: Mapping[str, bytes], *, who: Person, activate: bool) -> DeployedView:
    """Store the files as the next version of their process, and let new cases follow it if asked to.

    Files that are the version in question already, as it should be, are known by their digest: nothing is looked at
    again. Raises BundleRefused, DefinitionRefused, ItemTaken; WalksFailed when it is stored but not to be followed.
    """
    known = checked(files)
    sha256 = digest(known)
    if (there := await _there(deps, sha256, activate=activate)) is not None:
        return there
    findings = await findings_of(deps, known)
    refuse_errors(findings)
    item = read_item(known[ITEM_FILE])
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


async def _there(deps: Deps, sha256: str, *, activate: bool) -> DeployedView | None:
    """The version of these files if there is nothing to be done about it."""
    found = await deps.definitions.query({"body.versions.sha256": sha256}, sort=[("_id", 1)], limit=1)
    for definition in found:
        version = _number_of(definition, sha256)
        if definition.active == version or not activate:
            return DeployedView(
                key=definition.process_key,
                version=version,
                sha256=sha256,
                created=False,
                active=definition.active == version,
                findings=[],
            )
    return None


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
