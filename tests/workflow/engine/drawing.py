"""Draws small BPMN files for the tests: one function an element, `flows` for the arrows."""

from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="definitions" targetNamespace="guihua">'
)


def drawn(*parts: str) -> bytes:
    """A BPMN file of these parts."""
    return (HEAD + "".join(parts) + "</bpmn:definitions>").encode()


def process(*parts: str, id: str = "p", executable: str = "true") -> str:  # noqa: A002 - BPMN's word
    return f'<bpmn:process id="{id}" isExecutable="{executable}">{"".join(parts)}</bpmn:process>'


def node(tag: str, id: str, *inner: str, **attributes: str) -> str:  # noqa: A002 - BPMN's word
    """Any element; `camunda__x` writes `camunda:x`."""
    written = "".join(f" {key.replace('__', ':')}={quoteattr(value)}" for key, value in attributes.items())
    attributes.setdefault("name", id)
    name = "" if "name" in written else f" name={quoteattr(attributes['name'])}"
    return f'<bpmn:{tag} id="{id}"{name}{written}>{"".join(inner)}</bpmn:{tag}>'


def flow(source: str, target: str, condition: str | None = None, id: str | None = None) -> str:  # noqa: A002
    inner = ""
    if condition is not None:
        inner = (
            '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
            f"{escape(condition)}</bpmn:conditionExpression>"
        )
    found = id or f"f_{source}_{target}"
    return f'<bpmn:sequenceFlow id="{found}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'


def flows(*chain: str) -> str:
    return "".join(flow(source, target) for source, target in pairwise(chain))


def settings(**values: str) -> str:
    """Our properties: `settings(limit_wd="3")`."""
    entries = "".join(
        f'<camunda:property name="permit:{key}" value={quoteattr(value)}/>' for key, value in values.items()
    )
    return f"<bpmn:extensionElements><camunda:properties>{entries}</camunda:properties></bpmn:extensionElements>"


def user(id: str, *inner: str, form: str = "form", post: str = "P04", **more: str) -> str:  # noqa: A002
    """A user task; settings go into `more`."""
    extension = settings(**({"limit_wd": "3"} | more))
    return node("userTask", id, extension, *inner, camunda__candidateGroups=post, camunda__formKey=form)


def script(id: str, text: str, *inner: str) -> str:  # noqa: A002
    return node("scriptTask", id, *inner, f"<bpmn:script>{escape(text)}</bpmn:script>")


def timer(text: str, form: str = "timeDuration") -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{form}>{escape(text)}</bpmn:{form}></bpmn:timerEventDefinition>"


def definition(kind: str, **references: str) -> str:
    written = "".join(f' {key}="{value}"' for key, value in references.items())
    return f"<bpmn:{kind}EventDefinition{written}/>"


def boundary(id: str, on: str, inner: str, *, interrupting: bool = True) -> str:  # noqa: A002
    return node("boundaryEvent", id, inner, attachedToRef=on, cancelActivity=str(interrupting).lower())


def message(name: str) -> str:
    return f'<bpmn:message id="m_{name}" name="{name}"/>'


def several(collection: str = "", item: str = "", *, sequential: bool = False, inner: str = "") -> str:
    attributes = f' camunda:collection="{collection}"' if collection else ""
    attributes += f' camunda:elementVariable="{item}"' if item else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"{attributes}>{inner}'
        "</bpmn:multiInstanceLoopCharacteristics>"
    )


def cardinality(text: str) -> str:
    return f"<bpmn:loopCardinality>{escape(text)}</bpmn:loopCardinality>"


def loop(condition: str) -> str:
    return (
        f"<bpmn:standardLoopCharacteristics><bpmn:loopCondition>{escape(condition)}</bpmn:loopCondition>"
        "</bpmn:standardLoopCharacteristics>"
    )


def condition(text: str) -> str:
    """The definition of a conditional event."""
    inner = f"<bpmn:condition>{escape(text)}</bpmn:condition>"
    return f"<bpmn:conditionalEventDefinition>{inner}</bpmn:conditionalEventDefinition>"


def by_event(*parts: str, id: str = "es") -> str:  # noqa: A002
    """An event subprocess."""
    return node("subProcess", id, *parts, triggeredByEvent="true")


def association(source: str, target: str) -> str:
    return f'<bpmn:association id="as_{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'


def start(id: str = "s") -> str:  # noqa: A002
    return node("startEvent", id)


def end(id: str = "e", *inner: str) -> str:  # noqa: A002
    return node("endEvent", id, *inner)
