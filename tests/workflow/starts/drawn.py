"""Small internal processes: begun by a person who fills in a form, one kept to a post, one that asks nothing."""

from tests.workflow.bundle_support import flow, form, properties
from tests.workflow.signals.drawn import LETTER, end, files, start, task

REQUEST = form(
    ("purpose", "days"),
    purpose={"type": "string", "title": "事由", "minLength": 2, "x-error": "请写明事由", "x-error-en": "say what for"},
    days={"type": "integer", "title": "天数", "x-title-en": "Days", "minimum": 1, "maximum": 30},
)


def request(message: str, key: str, code: str, *, posts: str = "") -> dict[str, str]:
    """Begins by a filled-in form, with one step where whoever began it works, and another for short requests."""
    event = LETTER.replace("M_letter", "M_own")
    begin = (
        f'<bpmn:startEvent id="Start" camunda:formKey="request">{properties(result="request")}{event}</bpmn:startEvent>'
    )
    own = task("Check").replace(
        'name="permit:limit_wd"',
        'name="permit:department" value="starter.department" /><camunda:property name="permit:limit_wd"',
    )
    drawn = files(
        key,
        code,
        begin,
        '<bpmn:exclusiveGateway id="Short" default="Flow_Short_Long" />',
        own,
        end("Done"),
        end("Long"),
        flow("Start", "Short"),
        flow("Short", "Check", "request.days &lt; 5 and starter.person != None"),
        flow("Short", "Long"),
        flow("Check", "Done"),
    )
    diagram = drawn["diagram.bpmn"].replace(
        "<bpmn:message ", f'<bpmn:message id="M_own" name="{message}" /><bpmn:message ', 1
    )
    groups = f' camunda:candidateStarterGroups="{posts}"' if posts else ""
    drawn["diagram.bpmn"] = diagram.replace('isExecutable="true"', f'isExecutable="true"{groups}')
    return {**drawn, "forms/request.json": REQUEST}


def two_ways() -> dict[str, str]:
    """Begins by either of two messages, and asks for nothing."""
    both = ("letter", "reply")
    events = [LETTER.replace("M_letter", f"M_{name}") for name in both]
    begins = [start(event, f"By_{name}") for name, event in zip(both, events, strict=True)]
    flows = (flow("By_letter", "Check"), flow("By_reply", "Check"), flow("Check", "Done"))
    return files("two-ways", "NS-03", *begins, task("Check"), end("Done"), *flows)
