"""Lint of what steps say of posts, limits and holds, beyond what the engine's own rules see to."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from services.contracts.words import HoldGround
from services.kernel.worktime import WarningPointUnreadable, WorkdaysBefore, read_warning_point
from services.workflow.clocks.grounds import CLOSED_LIST
from services.workflow.engine.diagrams.model import EventKind, Node, Process
from services.workflow.lint.reports import Report

_LONGEST_LIMIT: Final = 999
_LONGEST_NAME: Final = 200
_LONGEST_SETTING: Final = 1_000
_SHOWN: Final = 20


@dataclass(frozen=True, slots=True)
class Known:
    """What lint knows besides the diagram. `posts` are those in the books; None where there are no books to ask."""

    posts: Collection[str] | None = None


def check_settings(report: Report, process: Process, known: Known) -> None:
    """Check a process and every element of it."""
    _check_starters(report, process, known)
    for node in process.body.all_nodes():
        _check_lengths(report, process, node)
        _check_post(report, process, node, known)
        _check_warn(report, process, node)
        _check_notice(report, process, node)
        if _sends(node):
            report.say("GH-W734", process.file, node.id, name=label(node), message=node.event.name)
        if node.tag == "userTask" and "name_en" not in node.settings:
            report.say("GH-W729", process.file, node.id, name=label(node))


def _check_lengths(report: Report, process: Process, node: Node) -> None:
    """What every event about a step repeats must be short: the name of the element, and its settings."""
    said = {"name": ("名称", node.name, _LONGEST_NAME)} | {
        f"setting {key}": (f"设置 {key} ", value, _LONGEST_SETTING) for key, value in node.settings.items()
    }
    for what, (what_zh, text, limit) in said.items():
        if len(text) > limit:
            name = label(node)[:_SHOWN]
            report.say(
                "GH-E736", process.file, node.id, name=name, what=what, what_zh=what_zh, length=len(text), limit=limit
            )


def limit_of(node: Node) -> int | None:
    """The step's limit in working days; None if it has none that can be read."""
    text = node.settings.get("limit_wd", "")
    return int(text) if text.isascii() and text.isdecimal() and 1 <= int(text) <= _LONGEST_LIMIT else None


def label(node: Node) -> str:
    """What to call an element when speaking to a person."""
    return node.name or node.id


def _sends(node: Node) -> bool:
    thrown = node.tag in ("intermediateThrowEvent", "endEvent") and node.event.kind is EventKind.MESSAGE
    return thrown or node.tag == "sendTask"


def _check_post(report: Report, process: Process, node: Node, known: Known) -> None:
    post = node.settings.get("post")
    if post and known.posts is not None and post not in known.posts:
        report.say("GH-E713", process.file, node.id, post=post)


def _check_starters(report: Report, process: Process, known: Known) -> None:
    """Who may begin a process (`camunda:candidateStarterGroups`) holds a post of the books: else nobody could."""
    seats = process.settings.get("starters", "").replace(",", " ").split()
    for post in sorted({seat.partition("@")[0] for seat in seats}):
        if known.posts is not None and post not in known.posts:
            report.say("GH-E713", process.file, process.id, post=post)


def _check_warn(report: Report, process: Process, node: Node) -> None:
    limit, warn = limit_of(node), node.settings.get("warn")
    if limit is None or not warn:
        return
    try:
        point = read_warning_point(warn)
    except WarningPointUnreadable:
        return  # the engine's rules say so
    if isinstance(point, WorkdaysBefore) and point.workdays >= limit:
        rule = "GH-E712" if point.workdays > limit else "GH-W732"
        report.say(rule, process.file, node.id, name=label(node), warn=warn, limit=limit)


def _check_notice(report: Report, process: Process, node: Node) -> None:
    """A hold of the promise needs a record of its ground too (§3.3); those of §45 are checked by the engine's rules."""
    ground = node.settings.get("hold")
    if ground in set(HoldGround) - CLOSED_LIST and not node.settings.get("hold_notice"):
        report.say("GH-E715", process.file, node.id, name=label(node))
