"""How a case moves on: what the engine made of an act becomes the instance, and what is said of it."""

from datetime import datetime

from services.contracts.intake import CaseReceived
from services.contracts.workflow import CaseStarted
from services.workflow.engine.models import Step
from services.workflow.instances.closing import close_tasks, say_fired
from services.workflow.instances.ending import end
from services.workflow.instances.models import Act, Application, Instance, Pin, Status, Verb
from services.workflow.instances.notices import mark_notice
from services.workflow.instances.opening import arm_timers, ask_outside, open_tasks
from services.workflow.instances.operations.keeping import drop_overtaken
from services.workflow.instances.passing import count_passed, walk_passed
from services.workflow.instances.schedules import expected_moved, reckoned_by, scheduled
from services.workflow.instances.signals import await_anew, say_signals
from services.workflow.instances.turns import Decided, Turn, in_order
from services.workflow.offices import Office


def registered(received: CaseReceived) -> Instance:
    """The instance of a case that the window has received, before its process begins."""
    application = Application(
        item_code=received.item_code,
        situation=received.situation,
        title=received.title,
        department=received.department,
        township=received.township,
        facts=received.facts,
        received_on=received.received_on,
        received_at=received.received_at,
        received_by=received.received_by,
    )
    departments = tuple(dict.fromkeys(code for code in (received.department, received.township) if code))
    return Instance(case_no=received.case_no, application=application, departments=departments)


def variables_of(instance: Instance) -> dict[str, object]:
    """What a diagram knows of its case from the first moment: the variable `case`."""
    application = instance.application
    return {
        "case": {
            "case_no": instance.case_no,
            "item_code": application.item_code,
            "situation": application.situation,
            "received_on": application.received_on.isoformat(),
            "department": application.department,
            "township": application.township,
            "facts": application.facts,
        },
    }


def pinned(instance: Instance, pin: Pin, *, now: datetime) -> Decided:
    """The case follows this version of its process from now on, to its end."""
    running = instance.model_copy(update={"pin": pin, "status": Status.RUNNING, "started_at": now})
    application, origin = instance.application, instance.application.origin
    said = CaseStarted(
        case_no=instance.case_no,
        item_code=application.item_code,
        situation=application.situation,
        title=application.title,
        process_key=pin.process_key,
        version=pin.version,
        department=application.department,
        township=application.township,
        start_kind=origin.kind if origin else "",
        start_event=origin.element if origin else "",
        business_key=origin.business_key if origin else "",
    )
    return Decided(running, (said,))


def moved(instance: Instance, act: Act, step: Step, *, now: datetime, office: Office) -> Decided:
    """Take over what the engine made of an act; the case's dates are those of the calendar in force before.

    Raises `Unworkable` if the office cannot follow the diagram there.
    """
    turn = Turn(act, step, now, office)
    after = instance.model_copy(update={"state": step.state, "data": dict(step.data)})
    decided = in_order(
        after,
        turn,
        say_fired,
        say_signals,
        close_tasks,
        mark_notice,
        drop_overtaken,
        count_passed,
        walk_passed,
        open_tasks,
        ask_outside,
        arm_timers,
        await_anew,
        end,
    )
    said = (*decided.said, *expected_moved(decided.said))
    return Decided(reckoned_by(scheduled(decided.instance, office), office), said)


def keeps_early(instance: Instance, act: Act) -> Decided:
    """Keep a message for which nobody waits yet; it is delivered when somebody does."""
    if act.verb is not Verb.MESSAGE or instance.status is Status.ENDED:
        return Decided(instance)
    return Decided(instance.model_copy(update={"early": (*instance.early, act)}))


def awaited_early(instance: Instance, step: Step) -> tuple[Instance, Act | None]:
    """The oldest early message that the process now waits for, taken out of those kept."""
    wanted = set(step.awaits) | {task.message for task in step.tasks if task.message}
    found = next((act for act in instance.early if act.target in wanted), None)
    if found is None or step.ended:
        return instance, None
    rest = tuple(act for act in instance.early if act is not found)
    return instance.model_copy(update={"early": rest}), found
