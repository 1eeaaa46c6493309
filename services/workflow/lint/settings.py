"""Lint of what the elements of a diagram say of posts, limits, holds and outcomes (`permit:*`)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from services.contracts.words import HoldGround, Outcome
from services.kernel.worktime import WarningPointUnreadable, WorkdaysBefore, read_warning_point
from services.workflow.engine.diagrams.model import Node, Process
from services.workflow.lint.reports import Report

_YES_NO: Final = ("yes", "no")
_CLOSED: Final[Mapping[str, Collection[str]]] = {
    "counts_in_case_clock": _YES_NO,
    "two_officers": _YES_NO,
    "quick_approval": _YES_NO,
    "case_clock": ("start", "stop"),
    "outcome": tuple(Outcome),
}
_KNOWN: Final = frozenset(_CLOSED) | {
    "post",
    "form",
    "limit_wd",
    "warn",
    "name_en",
    "light_rules",
    "result",
    "decision_body",
    "hold",
    "hold_notice",
    "clock_from",
    "milestone",
    "facts",
}
_LONGEST_LIMIT: Final = 999


@dataclass(frozen=True, slots=True)
class Known:
    """What lint knows besides the diagram. `posts` are those in the books; None where there are no books to ask."""

    posts: Collection[str] | None = None
    settings: frozenset[str] = _KNOWN


def check_settings(report: Report, process: Process, known: Known) -> None:
    """Check every element of a process."""
    for node in process.body.all_nodes():
        _check_words(report, process, node, known)
        if node.tag in ("userTask", "manualTask"):
            _check_post(report, process, node, known)
            _check_name(report, process, node)
        if node.tag in ("userTask", "receiveTask") or "limit_wd" in node.settings:
            _check_limit(report, process, node)
        if "hold" in node.settings:
            _check_hold(report, process, node)


def limit_of(node: Node) -> int | None:
    """The step's limit in working days; None if it has none that can be read."""
    text = node.settings.get("limit_wd", "")
    return int(text) if text.isascii() and text.isdecimal() and 1 <= int(text) <= _LONGEST_LIMIT else None


def label(node: Node) -> str:
    """What to call an element when speaking to a person."""
    return node.name or node.id


def _check_words(report: Report, process: Process, node: Node, known: Known) -> None:
    for setting, value in node.settings.items():
        if setting not in known.settings:
            report.say("GH-W723", process.file, node.id, name=label(node), setting=setting)
        allowed = _CLOSED.get(setting)
        if allowed is not None and value not in allowed:
            report.say(
                "GH-E716",
                process.file,
                node.id,
                name=label(node),
                setting=setting,
                value=value,
                allowed=", ".join(allowed),
            )


def _check_post(report: Report, process: Process, node: Node, known: Known) -> None:
    post = node.settings.get("post", "")
    if not post:
        report.say("GH-E705", process.file, node.id, name=label(node))
    elif "," in post or " " in post:
        report.say("GH-E706", process.file, node.id, name=label(node), post=post)
    elif known.posts is not None and post not in known.posts:
        report.say("GH-E713", process.file, node.id, post=post)


def _check_name(report: Report, process: Process, node: Node) -> None:
    if "name_en" not in node.settings:
        report.say("GH-W729", process.file, node.id, name=label(node))


def _check_limit(report: Report, process: Process, node: Node) -> None:
    text = node.settings.get("limit_wd")
    if not text:
        report.say("GH-W709", process.file, node.id, name=label(node))
        return
    limit = limit_of(node)
    if limit is None:
        report.say("GH-E710", process.file, node.id, name=label(node), limit=text)
        return
    warn = node.settings.get("warn")
    if warn:
        _check_warn(report, process, node, limit)


def _check_warn(report: Report, process: Process, node: Node, limit: int) -> None:
    warn = node.settings["warn"]
    try:
        point = read_warning_point(warn)
    except WarningPointUnreadable:
        report.say("GH-E711", process.file, node.id, name=label(node), warn=warn)
        return
    if isinstance(point, WorkdaysBefore) and point.workdays >= limit:
        rule = "GH-E712" if point.workdays > limit else "GH-W732"
        report.say(rule, process.file, node.id, name=label(node), warn=warn, limit=limit)


def _check_hold(report: Report, process: Process, node: Node) -> None:
    ground = node.settings["hold"]
    if ground not in HoldGround.__members__.values():
        report.say("GH-E714", process.file, node.id, ground=ground, allowed=", ".join(HoldGround))
    if not node.settings.get("hold_notice"):
        report.say("GH-E715", process.file, node.id, name=label(node))
