"""Under which variable a node leaves its result."""

import re
from typing import Final

from services.workflow.engine.diagrams.model import EventKind, Node

STARTER: Final = "starter"
"""The variable that says who began a case that no window received: `starter.person`, `starter.department`."""

_NAME: Final = re.compile(r"[^\W\d]\w{0,99}")


def result_of(node: Node) -> str:
    """Give the variable that receives a node's result; empty when it leaves none.

    `permit:result` says so; otherwise it is named after the form, the topic or the message, with `_` for `-`.
    """
    said = node.settings.get("result")
    if said:
        return said
    if node.decides is not None and node.topic is None:
        return node.decides.result
    source = ""
    if node.tag == "userTask":
        source = node.settings.get("form", "")
    elif node.topic:
        source = node.topic
    elif node.event.kind is EventKind.MESSAGE and node.tag not in ("sendTask", "intermediateThrowEvent", "endEvent"):
        source = node.event.name
    name = source.replace("-", "_").replace(".", "_")
    return name if is_variable(name) else ""


def is_variable(name: str) -> bool:
    """Say whether a text can name a variable."""
    return _NAME.fullmatch(name) is not None and not name.startswith("_")
