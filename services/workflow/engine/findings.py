"""Findings of the deploy gate: every rule has an id, a severity and words in one catalogue."""

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from services.workflow.engine.models import Finding, Severity

MAX_FINDINGS: Final = 200
_SEVERITIES: Final = {"E": Severity.ERROR, "W": Severity.WARNING, "I": Severity.INFO}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the gate: `GH-E…` forbids deployment, `GH-W…` warns, `GH-I…` informs. Texts hold `{places}`."""

    id: str
    zh: str
    en: str
    remedy_zh: str
    remedy_en: str

    @property
    def severity(self) -> Severity:
        """How grave a breach of the rule is, from the letter of its id."""
        return _SEVERITIES[self.id.removeprefix("GH-")[0]]


@cache
def catalogue() -> dict[str, Rule]:
    """Every rule by its id, read once from `catalogue.toml`."""
    text = files(__package__).joinpath("rules", "catalogue.toml").read_text("utf-8")
    return {key: Rule(key, **words) for key, words in tomllib.loads(text).items()}


@cache
def standard() -> dict[str, Rule]:
    """Every constraint of the BPMN standard by its id."""
    text = files(__package__).joinpath("rules", "standard", "catalogue.toml").read_text("utf-8")
    return {key: Rule(key, **words) for key, words in tomllib.loads(text).items()}


def is_full(findings: Sequence[Finding], severity: Severity, limit: int) -> bool:
    """Say whether there are as many findings of a severity as are kept."""
    return len(findings) >= limit and sum(each.severity is severity for each in findings) >= limit


@dataclass(slots=True)
class Report:
    """Collects findings about one file; `at` opens a page for another file in the same collection."""

    file: str = ""
    findings: list[Finding] = field(default_factory=list)

    def at(self, file: str) -> "Report":
        """Give a report that writes into the same collection under another file's name."""
        return Report(file, self.findings)

    def say(self, rule: str, element: str, /, **values: object) -> None:
        """Note a breach of a rule. What exceeds `MAX_FINDINGS` of one severity is not noted: nobody reads that far.

        Each severity counts for itself, so that no number of warnings can crowd an error out.
        """
        found = catalogue().get(rule) or standard()[rule]
        if is_full(self.findings, found.severity, MAX_FINDINGS):
            return
        shown = {key: f"{value!s:.160}" for key, value in {"element": element, **values}.items()}
        texts = [text.format(**shown) for text in (found.zh, found.en, found.remedy_zh, found.remedy_en)]
        self.findings.append(Finding(self.file, element, rule, found.severity, *texts))

    def sorted(self) -> tuple[Finding, ...]:
        """Give the findings file by file, the grave ones first; the same for the same files."""
        return tuple(sorted(self.findings, key=_place))

    @property
    def errors(self) -> int:
        """How many of the findings forbid deployment."""
        return sum(1 for finding in self.findings if finding.severity is Severity.ERROR)


def _place(finding: Finding) -> tuple[str, int, str, str, str]:
    gravity = list(Severity).index(finding.severity)
    return finding.file, gravity, finding.rule, finding.element, finding.en
