"""`make conformance`, its second half: of models that each break one constraint of BPMN 2.0, which are refused rightly.

The folder holds one folder a constraint, named by its number, with the model in it. A model counts only if a rule of
the *standard* names the element that breaks the constraint: what this engine cannot run, or this office wants
otherwise, does not count. `ELEMENTS` was read from the models by hand.
"""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.workflow.engine.bundles import compile_diagrams
from services.workflow.engine.models import Finding, Severity
from services.workflow.engine.rules.standard import is_standard

_ELEMENTS: Final = """
002 DUPLICATE | 003 _5 PROCESS_1 | 004 _1465299212072 | 006 _8 | 007 _8 | 008 _6 | 009 _6 | 010 _2 | 011 _3 ES_1
012 _5 | 013 _3 | 014 _6 | 017 _3 | 018 _5 | 019 _7 | 020 Din_3_7 | 021 _7 _9 | 022 _7 _4 | 023 _3 | 024 _4
025 _6 _3 | 026 _9 | 027 _1 | 028 _8 | 029 _3 | 030 _3 | 031 _4 | 032 COLLABORATION_1 | 033 COLLABORATION_1 _1
035 PROCESS_1 | 036 _3_CT | 037 _3 | 038 _3 | 039 _3 _3_RES_1 | 040 _3 _3_RES_1 | 041 _3 | 042 _3 | 043 _3 | 044 _3
045 _3 | 046 _3 | 047 _3 | 048 _3 | 049 _2 | 050 _3 | 051 _3 | 052 _3 | 053 _3 | 054 _9 | 055 _9 | 056 _3_CT | 057 _5
058 _5 | 059 _9 | 060 _9 | 061 _3 | 062 _3 invalidEndEvent | 063 _8 | 064 GT_1 | 065 GT_1 | 067 _3 | 068 _3
069 _3 inDI_1 | 070 _3 inDI_1 | 071 _3 | 072 _3 | 076 _2 | 077 DO_PROCESS_1_1 | 078 data | 079 _3 | 080 _4 _3
081 Din_3_7 | 082 _4 _3 | 083 Dout_3_7 | 084 _3 | 085 optIn | 086 whileEx | 087 inSet1 inSet2 | 088 _4 | 089 optOut
090 optOut | 091 _4 | 092 _4 | 093 _12 | 094 _5 | 095 _2 | 096 _2 | 097 PROCESS_1 | 098 _2 | 099 _2 PROCESS_2
100 _7 | 101 _2 | 102 _4 _5 | 103 _8 _5 | 104 _3 | 105 PROCESS_1 | 106 _5 | 107 _2 | 108 _4 _6 | 109 _8 _6 | 110 _7
111 _7 | 112 _7 | 113 _7 | 114 _7 | 115 _4 | 116 _4 | 117 _7 | 118 _4 _8 | 119 _15 _12 | 120 _7 | 121 _2 | 122 _3
123 _3 | 124 _5 | 125 _7 | 126 _12 _16 | 127 _16 | 128 _16 | 129 _9 _5 | 130 _7 | 131 _3 | 132 _3 | 133 _3 | 134 _3
135 _10 _16 | 136 _2 | 137 _6 _2 | 138 _2 _7 | 139 _2 | 140 _2 _7 _8 | 141 _2 _13 | 142 _2 | 143 _3 | 144 _9 _3
145 _3 | 146 _3 | 147 _7 | 148 _3 | 149 _3 | 150 _4 | 151 _3 | 152 _8 | REF _18
"""
ELEMENTS: Final = {
    words[0] if words[0] == "REF" else f"EXT{words[0]}": frozenset(words[1:])
    for entry in _ELEMENTS.replace("\n", "|").split("|")
    if (words := entry.split())
}
"""Constraint → the elements of its model any of which breaks it."""

_KNOWN: Final = {
    "EXT053": "a script without a format: told apart by nothing from the models of the same suite that conform",
    "EXT128": "a message event without an operation: no diagram people draw has one",
}
"""Constraints that are not enforced, and why."""


@dataclass(frozen=True, slots=True)
class Row:
    """What became of one model. `found` names the element; it is None when no rule of the standard does."""

    constraint: str
    refused: bool
    found: Finding | None

    def line(self) -> str:
        """Give the row of the table."""
        if self.found is not None:
            return f"| {self.constraint} | yes | `{self.found.element}` | {self.found.rule} | {self.found.en} |"
        verdict = "refused, not for this" if self.refused else "**no**"
        return f"| {self.constraint} | {verdict} | | | {_KNOWN.get(self.constraint, '')} |"


def rows(folder: Path) -> Iterator[Row]:
    """Compile every model of a folder such as `corpus/illegal`."""
    for model in sorted(folder.glob("*/*.bpmn")):
        constraint = model.parent.name
        findings = [
            finding
            for finding in compile_diagrams({"diagram.bpmn": model.read_bytes()}).findings
            if finding.severity is Severity.ERROR
        ]
        right = [
            finding
            for finding in findings
            if is_standard(finding.rule) and finding.element in ELEMENTS.get(constraint, ())
        ]
        yield Row(constraint, bool(findings), right[0] if right else None)


def table(folder: Path) -> str:
    """Give the table and the totals as Markdown."""
    found = list(rows(folder))
    named = sum(row.found is not None for row in found)
    refused = sum(row.refused for row in found)
    share = f"{named / len(found):.1%}" if found else "none"
    return "\n".join(
        (
            f"Models that break one constraint of BPMN 2.0: **{named} of {len(found)} ({share})** refused by a rule",
            f"of the standard that names the element; {refused} are refused for any reason.",
            "",
            "| constraint | refused rightly | element | rule | reason |",
            "| --- | --- | --- | --- | --- |",
            *(row.line() for row in found),
            "",
        )
    )


def main() -> None:
    """Print the table for the folder that is given; 2 when it holds no models."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path()
    if not any(folder.glob("*/*.bpmn")):
        sys.stderr.write(f"{folder}: 没有模型 / holds no models (a folder with one folder a constraint is expected)\n")
        sys.exit(2)
    sys.stdout.write(table(folder))


if __name__ == "__main__":
    main()
