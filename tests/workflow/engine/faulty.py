"""Parts for the faulty definitions of the gate's tests: a sound process, and places to put a fault in."""

from collections.abc import Mapping

from tests.workflow.engine.drawing import drawn, end, flows, node, process, settings, start, user
from tests.workflow.engine.playing import with_forms

Case = tuple[str, str, Mapping[str, bytes]]
"""The rule, the element it names, and the files that breach it."""


def sound(*extra: str, head: str = "", **attributes: str) -> bytes:
    """A sound process with something added; what is added is what is wrong."""
    body = (start(), user("a"), end("e", settings(outcome="granted")), flows("s", "a", "e"))
    return drawn(head, process(*body, *extra, **attributes))


def instead(*parts: str, head: str = "") -> bytes:
    return drawn(head, process(*parts))


def gateway(tag: str, *parts: str, **attributes: str) -> bytes:
    """Start → gateway `g` → a and b → end; `parts` are the flows out of the gateway."""
    body = (start(), node(tag, "g", **attributes), user("a"), user("b"), end("e", settings(outcome="granted")))
    return instead(*body, flows("s", "g"), flows("a", "e"), flows("b", "e"), *parts)


def between(part: str, head: str = "") -> bytes:
    """Start → x → end, where `part` draws x."""
    return instead(start(), part, end("e", settings(outcome="granted")), flows("s", "x", "e"), head=head)


def decided(dmn: bytes, **attributes: str) -> dict[str, bytes]:
    task = {"camunda__decisionRef": "d", "camunda__resultVariable": "r"} | attributes
    return with_forms(between(node("businessRuleTask", "x", **task)), decisions__dmn=dmn)
