"""Lint in the service: by the posts of the books, in a worker process, that nobody at a desk waits for it."""

from collections.abc import Mapping

from services.workflow.definitions.files import checked
from services.workflow.deps import Deps
from services.workflow.engine.models import EngineFault, Finding
from services.workflow.lint.reports import Report


async def findings_of(deps: Deps, files: Mapping[str, bytes]) -> tuple[Finding, ...]:
    """Everything wrong with the files: the engine's findings and the bureau's, errors first. Raises BundleRefused.

    Files over which the look runs out of time or memory are refused like any others.
    """
    known = checked(files)
    deps.copies.forget()  # another process may have heard of a post just now
    posts = (await deps.copies.office()).books.posts.keys()
    try:
        return await deps.engines.findings(known, posts=posts)
    except EngineFault as fault:
        report = Report()
        report.say("GH-E733", "", reason_zh=fault.zh, reason=fault.en)
        return tuple(report.findings)
