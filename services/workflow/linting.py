"""Lint in the service: the engine's findings from a worker process, and the bureau's by the posts of the books."""

import asyncio
from collections.abc import Mapping

from services.workflow.definitions.files import checked
from services.workflow.deps import Deps
from services.workflow.engine.models import EngineFault, Finding
from services.workflow.lint.linting import bureau_findings, in_order
from services.workflow.lint.reports import Report


async def findings_of(deps: Deps, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Everything wrong with the files: the engine's findings and the bureau's, errors first. Raises BundleRefused."""
    known = checked(files)
    deps.copies.forget()  # another process may have heard of a post just now
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
