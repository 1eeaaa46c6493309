"""Lint with what it can do by itself: mend what needs no decision, translate what was drawn for another engine."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from services.workflow.definitions.files import checked
from services.workflow.deps import Deps
from services.workflow.engine.models import Finding
from services.workflow.lint.mending.fixes import ROUNDS, Fix, fixes_of, mended_once
from services.workflow.lint.mending.translating import Rewritten, translate
from services.workflow.linting import findings_of


@dataclass(frozen=True, slots=True)
class Linted:
    """Findings with the fixes there are for them, what was or would be rewritten, and what has been mended."""

    findings: tuple[Finding, ...]
    rewritten: tuple[Rewritten, ...]
    fixes: tuple[Fix, ...] = ()
    fixed: tuple[Fix, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)


async def looked_at(deps: Deps, files: Mapping[str, bytes]) -> Linted:
    """What is wrong with files, and what could be done about it. Raises BundleRefused."""
    known = checked(files)
    findings = await findings_of(deps, known)
    fixes = await asyncio.to_thread(fixes_of, known, findings)
    translated = await asyncio.to_thread(translate, known)
    return Linted(findings, translated.rewritten, tuple(fixes))


async def mended(deps: Deps, files: Mapping[str, bytes]) -> Linted:
    """Files translated and mended, with what is wrong with them still. Raises BundleRefused."""
    known = checked(files)
    translated = await asyncio.to_thread(translate, known)
    now, done = translated.files, list[Fix]()
    findings = await findings_of(deps, now)
    for _ in range(ROUNDS):
        now, fixes = await asyncio.to_thread(mended_once, now, findings)
        if not fixes:
            break
        done += fixes
        findings = await findings_of(deps, now)
    changed = {path: content for path, content in now.items() if content != known[path]}
    return Linted(findings, translated.rewritten, fixed=tuple(done), files=changed)
