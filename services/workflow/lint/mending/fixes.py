"""What lint finds and can mend without asking: each fix says what it sets where, and changes nothing else."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from difflib import get_close_matches
from typing import Final

from services.workflow.engine.diagrams.dialect import CAMUNDA, PREFIX
from services.workflow.engine.models import Finding
from services.workflow.engine.rules.settings import SETTINGS
from services.workflow.lint.mending.pages import Page, Spot, Unreadable, in_utf8

ROUNDS: Final = 4
"""What is mended may let more be mended; so often it is looked at again."""

_NODE_LIKE: Final = 0.75


@dataclass(frozen=True, slots=True)
class Fix:
    """One change: at an element of a file an attribute or child is set to a value, or removed where it is None."""

    file: str
    element: str
    rule: str
    sets: str
    value: str | None

    def told(self) -> dict[str, str | None]:
        """Give the fix as JSON."""
        return asdict(self)


Change = tuple[str, str | None]
_Mend = Callable[[Page, Spot], "list[Change]"]


def fixes_of(files: Mapping[str, bytes], findings: Iterable[Finding]) -> list[Fix]:
    """Say what would be mended of the findings, without mending it."""
    return mended_once(files, findings)[1]


def mended(
    files: Mapping[str, bytes], lint: Callable[[Mapping[str, bytes]], Iterable[Finding]]
) -> tuple[dict[str, bytes], list[Fix]]:
    """Mend files until nothing is left that can be mended. Gives the files and what was done."""
    now, done = dict(files), list[Fix]()
    for _ in range(ROUNDS):
        now, fixes = mended_once(now, lint(now))
        if not fixes:
            break
        done += fixes
    return now, done


def mended_once(files: Mapping[str, bytes], findings: Iterable[Finding]) -> tuple[dict[str, bytes], list[Fix]]:
    """Mend what these findings name. Gives the files and what was done."""
    now, fixes = dict(files), list[Fix]()
    known = [each for finding in findings if finding.rule in MENDS for each in _placed(finding, files)]
    for name in sorted({finding.file for finding in known}):
        here = [finding for finding in known if finding.file == name]
        try:
            page = Page(in_utf8(files[name]))
        except Unreadable:
            continue
        found = _on(page, here)
        if any(fix.rule == "GH-E601" for fix in found) or page.content == files[name]:
            fixes += found
            now[name] = page.edited()
    return now, fixes


def _placed(finding: Finding, files: Mapping[str, bytes]) -> Iterable[Finding]:
    """Give the finding of its file; what is said of all files is looked at in every drawing."""
    if finding.file in files:
        return (finding,)
    return (replace(finding, file=name) for name in files if name.endswith(".bpmn") and not finding.file)


def _on(page: Page, findings: Iterable[Finding]) -> list[Fix]:
    fixes: list[Fix] = []
    for rule, element, file in dict.fromkeys((each.rule, each.element, each.file) for each in findings):
        spot = page.ids.get(element, page.root) if element else page.root
        if spot is not None:
            fixes += [Fix(file, element, rule, sets, value) for sets, value in MENDS[rule](page, spot)]
    return fixes


# ── how each is mended ──


def _recode(_page: Page, _spot: Spot) -> list[Change]:
    return [("encoding", "UTF-8")]


def _executable(page: Page, _spot: Spot) -> list[Change]:
    """Of several processes the one that has something drawn in it; none when that is not plain."""
    drawn = [each for each in page.all() if each.is_a("process") and any(c.is_a("startEvent") for c in each.children)]
    if len(drawn) != 1:
        return []
    page.set(drawn[0], "isExecutable", "true")
    return [(f"{drawn[0].attributes.get('id', '')} isExecutable", "true")]


def _removes(*names: str) -> _Mend:
    """Make a fix that takes attributes away, by their bare names."""

    def mend(page: Page, spot: Spot) -> list[Change]:
        parts = (spot, *(child for child in spot.children if "id" not in child.attributes))
        found = [(part, key) for part in parts for key in part.attributes if part.named(key)[1] in names]
        for part, key in found:
            page.drop(part, key)
        return [(key, None) for _, key in found]

    return mend


def _lists(page: Page, spot: Spot) -> list[Change]:
    """Write the lists of flows anew, as the flows are drawn."""
    flows = [each for each in page.all() if each.is_a("sequenceFlow")]
    prefix = page.prefix(spot.space, "bpmn")
    changes: list[Change] = []
    for tag, end in (("incoming", "targetRef"), ("outgoing", "sourceRef")):
        drawn = [f.attributes.get("id", "") for f in flows if f.attributes.get(end) == spot.attributes.get("id")]
        written = [child for child in spot.children if child.is_a(tag)]
        for child in written:
            if child.text.strip() not in drawn:
                page.remove(child)
                changes.append((f"{tag} {child.text.strip()}", None))
        missing = [flow for flow in drawn if flow not in [child.text.strip() for child in written]]
        if missing:
            changes += [(tag, flow) for flow in missing]
    added = "".join(f"<{prefix}{tag}>{flow}</{prefix}{tag}>" for tag, flow in changes if flow is not None)
    if added:
        _put_lists(page, spot, added)
    return changes


def _put_lists(page: Page, spot: Spot, added: str) -> None:
    """Lists stand behind documentation and extensions, before everything else."""
    before = [c for c in spot.children if c.is_a("documentation", "extensionElements", "incoming")]
    if before:
        last = before[-1]
        page.add_behind(last, added)
    else:
        page.add(spot, added, first=True)


def _no_condition(page: Page, spot: Spot) -> list[Change]:
    flow = spot
    found = [child for child in flow.children if child.is_a("conditionExpression")]
    for child in found:
        page.remove(child)
    return [("conditionExpression", None) for _ in found]


def _no_conditions_behind(page: Page, spot: Spot) -> list[Change]:
    """Take the conditions off the flows that leave an element."""
    behind = [
        f for f in page.all() if f.is_a("sequenceFlow") and f.attributes.get("sourceRef") == spot.attributes["id"]
    ]
    return [change for flow in behind for change in _no_condition(page, flow)]


def _no_default_condition(page: Page, spot: Spot) -> list[Change]:
    default = page.ids.get(spot.attributes.get("default", ""))
    return [] if default is None else _no_condition(page, default)


def _otherwise(page: Page, spot: Spot) -> list[Change]:
    """Of the flows that leave a gateway the only one without a condition is the default one."""
    behind = [
        f for f in page.all() if f.is_a("sequenceFlow") and f.attributes.get("sourceRef") == spot.attributes["id"]
    ]
    bare = [flow for flow in behind if not any(child.is_a("conditionExpression") for child in flow.children)]
    if len(bare) != 1 or len(behind) < 2 or "default" in spot.attributes:  # noqa: PLR2004 - one and another
        return []
    page.set(spot, "default", bare[0].attributes.get("id", ""))
    return [("default", bare[0].attributes.get("id", ""))]


def _spelt(page: Page, spot: Spot) -> list[Change]:
    """Correct a property of ours that is nearly one."""
    changes: list[Change] = []
    for entry in _properties(spot):
        name = entry.attributes.get("name", "")
        bare = name.removeprefix(PREFIX)
        near = get_close_matches(bare, SETTINGS, n=1, cutoff=_NODE_LIKE)
        if name.startswith(PREFIX) and bare not in SETTINGS and near:
            page.set(entry, "name", PREFIX + near[0])
            changes.append((name, PREFIX + near[0]))
    return changes


def _properties(spot: Spot) -> Iterable[Spot]:
    for holder in spot.children:
        if holder.is_a("extensionElements"):
            yield from (e for p in holder.children if (p.space, p.tag) == (CAMUNDA, "properties") for e in p.children)


def _private(page: Page, spot: Spot) -> list[Change]:
    page.set(spot, "processType", "Private")
    return [("processType", "Private")]


MENDS: Final[dict[str, _Mend]] = {
    "GH-E005": _executable,
    "GH-E110": _otherwise,
    "GH-E113": _removes("default"),
    "GH-W114": _no_default_condition,
    "GH-E115": _no_conditions_behind,
    "GH-W222": _removes(
        "assignee",
        "candidateUsers",
        "dueDate",
        "followUpDate",
        "priority",
        "formRef",
        "formRefBinding",
        "taskPriority",
        "jobPriority",
    ),
    "GH-E307": _spelt,
    "GH-E601": _recode,
    "GH-E604": _removes("language", "method"),
    "GH-E605": _removes("textFormat", "scriptFormat"),
    "GH-E610": _lists,
    "GH-E611": _lists,
    "GH-E612": _removes("isImmediate"),
    "GH-E614": _no_condition,
    "GH-E620": _removes("gatewayDirection"),
    "GH-E650": _removes("startQuantity", "completionQuantity"),
    "GH-E686": _private,
}
"""Rule → what mends it. Only what cannot change what the drawing means, or means nothing as it stands."""
