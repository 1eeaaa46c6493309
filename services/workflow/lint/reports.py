"""Where lint notes what it finds; the words stand in `catalogue.toml` and `law/catalogue.toml`."""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Final

from services.workflow.engine.findings import Rule, is_full
from services.workflow.engine.models import Finding

MAX_FINDINGS: Final = 300
_LONGEST: Final = 400
_CATALOGUES: Final = (("catalogue.toml",), ("law", "catalogue.toml"))


@cache
def catalogue() -> dict[str, Rule]:
    """Every rule by its id."""
    here = files(__package__)
    texts = (here.joinpath(*path).read_text("utf-8") for path in _CATALOGUES)
    return {key: Rule(key, **words) for text in texts for key, words in tomllib.loads(text).items()}


@dataclass(slots=True)
class Report:
    """Collects findings; `say` notes one breach of a rule."""

    findings: list[Finding] = field(default_factory=list)

    def say(self, rule: str, file: str, element: str = "", **values: object) -> None:
        """Note a breach of a rule in a file, at an element; what exceeds `MAX_FINDINGS` of a severity is not noted."""
        found = catalogue()[rule]
        if is_full(self.findings, found.severity, MAX_FINDINGS):
            return
        shown = {key: str(value)[:_LONGEST] for key, value in values.items()}
        texts = [text.format(**shown) for text in (found.zh, found.en, found.remedy_zh, found.remedy_en)]
        self.findings.append(Finding(file, element, rule, found.severity, *texts))
