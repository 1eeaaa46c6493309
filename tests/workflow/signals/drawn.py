"""Small processes that throw signals, wait for them, or begin by something other than the window."""

from typing import Final

from tests.workflow.bundle_support import flow, form, item, properties, user_task

_OPEN: Final = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:camunda="http://camunda.org/schema/1.0/bpmn" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
  id="Definitions" targetNamespace="http://guihua.example/bpmn">
<bpmn:signal id="S_alert" name="alert" /><bpmn:signal id="S_calm" name="calm" />
<bpmn:signal id="S_echo" name="echo" />
<bpmn:message id="M_letter" name="letter" /><bpmn:message id="M_reply" name="reply" />
"""

ALERT: Final = '<bpmn:signalEventDefinition signalRef="S_alert" />'
CALM: Final = '<bpmn:signalEventDefinition signalRef="S_calm" />'
ECHO: Final = '<bpmn:signalEventDefinition signalRef="S_echo" />'
LETTER: Final = '<bpmn:messageEventDefinition messageRef="M_letter" />'


def timed(form_of_timer: str, text: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{form_of_timer}>{text}</bpmn:{form_of_timer}></bpmn:timerEventDefinition>"


def start(event: str = "", element: str = "Start", **settings: str) -> str:
    return f'<bpmn:startEvent id="{element}">{properties(**settings)}{event}</bpmn:startEvent>'


def end(element: str, event: str = "") -> str:
    return f'<bpmn:endEvent id="{element}">{properties(outcome="done")}{event}</bpmn:endEvent>'


def files(key: str, code: str, *parts: str) -> dict[str, str]:
    """A bundle with a process of these parts."""
    process = f'<bpmn:process id="{key}" isExecutable="true">{"".join(parts)}</bpmn:process>'
    note = form((), note={"type": "string", "title": "说明"})
    return {
        "diagram.bpmn": f"{_OPEN}{process}</bpmn:definitions>",
        "item.toml": item(key=key, code=code),
        "forms/note.json": note,
    }


def task(element: str) -> str:
    return user_task(element, element, "P04", "note", limit_wd="3")


def watchers() -> dict[str, str]:
    """At work on a step; each `alert` opens another step beside it, with what it brings under `news`.

    `Level` cannot be reckoned where the case's facts have no number.
    """
    heard = properties(result="news")
    return files(
        "watchers",
        "SG-01",
        start(),
        task("Work"),
        f'<bpmn:boundaryEvent id="Heard" attachedToRef="Work" cancelActivity="false">{heard}{ALERT}'
        "</bpmn:boundaryEvent>",
        '<bpmn:scriptTask id="Level" scriptFormat="python"><bpmn:script>level = case.facts.level + 1</bpmn:script>'
        "</bpmn:scriptTask>",
        task("Extra"),
        end("Done"),
        end("Told"),
        flow("Start", "Work"),
        flow("Work", "Done"),
        flow("Heard", "Level"),
        flow("Level", "Extra"),
        flow("Extra", "Told"),
    )


def criers() -> dict[str, str]:
    """Throws `alert` behind a step, and then waits for it once more itself."""
    return files(
        "criers",
        "SG-02",
        start(),
        task("Cry"),
        f'<bpmn:intermediateThrowEvent id="Throw">{ALERT}</bpmn:intermediateThrowEvent>',
        f'<bpmn:intermediateCatchEvent id="Wait">{ALERT}</bpmn:intermediateCatchEvent>',
        end("Done"),
        flow("Start", "Cry"),
        flow("Cry", "Throw"),
        flow("Throw", "Wait"),
        flow("Wait", "Done"),
    )


def begun_by(event: str, *, key: str = "inspection", code: str = "SG-03", **settings: str) -> dict[str, str]:
    """Begins by this event alone, and has one step."""
    begin = start(event, **settings)
    return files(key, code, begin, task("Inspect"), end("Done"), flow("Start", "Inspect"), flow("Inspect", "Done"))


def echoes(key: str, code: str, *, hears: str, throws: str) -> dict[str, str]:
    """Begins by a signal and throws another: two of them can keep each other going."""
    return files(
        key, code, start(hears), task("Look"), end("Done", throws), flow("Start", "Look"), flow("Look", "Done")
    )


def letters() -> dict[str, str]:
    """Begins by a letter; the reply to it is waited for."""
    return files(
        "letters",
        "SG-04",
        start(LETTER, result="letter"),
        '<bpmn:receiveTask id="Reply" messageRef="M_reply">'
        + properties(post="P04", limit_wd="3")
        + "</bpmn:receiveTask>",
        task("Close"),
        end("Done"),
        flow("Start", "Reply"),
        flow("Reply", "Close"),
        flow("Close", "Done"),
    )
