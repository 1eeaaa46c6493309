"""What must be true after a season, whatever was killed. Each rule gives the complaints it has."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from services.contracts.events import Envelope
from services.notify.messages import message_id
from tests.chaos.office import LEADER, Office
from tests.chaos.season import EXPECTED_WAITS
from tests.chaos.truth import Truth

Rule = Callable[[Truth, Office], Iterator[str]]

_MAY_COME_AGAIN: Final = frozenset({"Task_AgendaMaterial", "Task_CommitteeReview"})
"""A deferred matter goes back to its agenda material; every other step comes once in a case's life."""

_MAY_BE_READ_AGAIN: Final = ("黄灯", "环节“形成议题材料”", "环节“专委会/局务会审议”", "督查督办事项")

_BY_LINK: Final = "quick-approval"

_ONCE_A_CASE: Final = ("case.started", "case.accepted", "case.decided", "case.ended")


def complaints(truth: Truth, office: Office) -> list[str]:
    """Everything that is wrong."""
    return [f"{rule.__name__}: {found}" for rule in RULES for found in rule(truth, office)]


def nothing_surprised_the_people(_: Truth, office: Office) -> Iterator[str]:
    """No answer but those that a storm explains."""
    yield from office.client.figures.surprises


def the_logs_hold_no_error(truth: Truth, _: Office) -> Iterator[str]:
    """An absent server is no error: nobody must act."""
    yield from truth.errors


def the_journals_are_in_order_and_say_nothing_twice(truth: Truth, _: Office) -> Iterator[str]:
    """Each document's events follow each other without a gap, and no id comes twice."""
    yield from truth.disorder
    for service, said in truth.said.items():
        yield from (f"{service} {event_id}" for event_id in doubled(event.id for event in said))


def every_receipt_became_one_case(truth: Truth, office: Office) -> Iterator[str]:
    """Every 201 has one case and one instance, and there are no others."""
    given = Counter(office.received.values())
    yield from (f"{case_no} was given to {count} applications" for case_no, count in given.items() if count > 1)
    for name, service in (("case.received", "intake"), ("contact.given", "intake"), ("case.started", "workflow")):
        said = (event.data["case_no"] for event in truth.events(service, name))
        found = Counter(case_no for case_no in said if case_no not in truth.supervised)
        yield from (f"{name} {case_no}: {found[case_no]}, not 1" for case_no in found | given if found[case_no] != 1)
        yield from (f"{name} {case_no}: nobody applied for it" for case_no in found if case_no not in given)


def a_case_says_each_thing_once(truth: Truth, _: Office) -> Iterator[str]:
    """Started, accepted, decided, ended: at most once; each milestone once; each outside request once."""
    for case_no, said in truth.by_case("workflow").items():
        for name in _ONCE_A_CASE:
            if len(of(said, name)) > 1:
                yield f"{case_no} {name}: {len(of(said, name))} times"
        yield from (f"{case_no} {each}" for each in doubled(e.data["milestone"] for e in of(said, "milestone.reached")))
        yield from (f"{case_no} {each}" for each in doubled(e.data["task_id"] for e in of(said, "external.requested")))
        yield from (f"{case_no} incident {event.data['reason']}" for event in of(said, "incident.opened"))


def every_task_is_done_once(truth: Truth, _: Office) -> Iterator[str]:
    """A task opens once and closes once; of an ended case all are closed."""
    for case_no, said in truth.by_case("workflow").items():
        opened = Counter(event.data["task_id"] for event in of(said, "task.opened"))
        closed = Counter(event.data["task_id"] for event in (*of(said, "task.completed"), *of(said, "task.cancelled")))
        yield from (f"{case_no} {task} opened {count} times" for task, count in opened.items() if count > 1)
        yield from (f"{case_no} {task} closed {count} times" for task, count in closed.items() if count > 1)
        yield from (f"{case_no} {task} closed and never opened" for task in closed.keys() - opened.keys())
        left = {e.data["element"] for e in of(said, "task.opened") if e.data["task_id"] not in closed}
        if of(said, "case.ended") and left:
            yield f"{case_no} ended with open tasks {left}"
        if not of(said, "case.ended") and not EXPECTED_WAITS.issuperset(left) and case_no not in truth.supervised:
            yield f"{case_no} stays at {left}"


def no_step_is_doubled(truth: Truth, _: Office) -> Iterator[str]:
    """Of one element never two tasks are open, and it comes as often as the process leads to it."""
    for case_no, said in truth.by_case("workflow").items():
        open_now: dict[str, str] = {}
        for event in said:
            element, kind = event.data.get("element"), event.type.split(".", 2)[2]
            if kind == "task.opened.v1":
                if element in open_now.values():
                    yield f"{case_no} {element} was opened while it was open"
                open_now[event.data["task_id"]] = str(element)
            elif kind in {"task.completed.v1", "task.cancelled.v1"}:
                open_now.pop(event.data["task_id"], None)
        times = Counter(event.data["element"] for event in of(said, "task.opened"))
        deferred = sum(e.data["answers"].get("result") == "deferred" for e in of(said, "task.completed"))
        for element, count in times.items():
            most = 1 + deferred if element in _MAY_COME_AGAIN else 1
            if count > most and case_no not in truth.supervised:  # a re-check may send those back, a signer too
                yield f"{case_no} {element} was opened {count} times, {deferred} deferrals"


def what_was_confirmed_was_done(truth: Truth, office: Office) -> Iterator[str]:
    """Each completion confirmed to a person is in the history, by that person, with these answers."""
    done = {event.data["task_id"]: event.data for event in truth.events("workflow", "task.completed")}
    for task_id, (who, answers) in office.confirmed.items():
        if task_id not in done:
            yield f"{task_id}: confirmed to {who} and lost"
        elif (done[task_id]["person"], done[task_id]["answers"]) != (who, answers):
            yield f"{task_id}: confirmed to {who}, done by {done[task_id]['person']} or with other answers"


def what_was_signed_was_carried_out(truth: Truth, office: Office) -> Iterator[str]:
    """A decision by link is carried out under its signature, unless the desk was faster."""
    done = {event.data["task_id"]: event.data for event in truth.events("workflow", "task.completed")}
    for event in truth.events("notify", "link.decided"):
        task = done.get(event.data["task_id"])
        if task is None or (task["channel"] == "link" and task["signature"] != event.data["signature"]):
            yield f"{event.data['case_no']} {event.data['task_id']}: signed and not carried out"
    said = Counter(event.data["task_id"] for event in truth.events("notify", "link.decided"))
    yield from (f"{task}: confirmed, said {said[task]} times" for task in office.signed if said[task] != 1)


def what_was_delivered_arrived(truth: Truth, office: Office) -> Iterator[str]:
    """Each proof of service was said once, and its case went on."""
    said = Counter(event.data["case_no"] for event in truth.events("intake", "case.delivered"))
    ended = {event.data["case_no"] for event in truth.events("workflow", "case.ended")}
    for case_no in said.keys() | office.delivered.keys():
        if said[case_no] != 1 or case_no not in office.delivered or case_no not in ended:
            yield f"{case_no}: said {said[case_no]} times, proof {office.delivered.get(case_no)}"


def the_clocks_of_ended_cases_stand(truth: Truth, _: Office) -> Iterator[str]:
    """A clock starts once; of an ended case each was stopped once, as the last thing said of it."""
    for case_no, said in truth.by_case("workflow").items():
        clocks: dict[str, list[str]] = defaultdict(list)
        for event in said:
            if event.type.startswith("guihua.workflow.timer.") and "clock_id" in event.data:
                clocks[event.data["clock_id"]].append(event.type.split(".")[3])
        for clock_id, told in clocks.items():
            if told[0] != "started" or told.count("started") != 1 or told.count("stopped") > 1:
                yield f"{case_no} {clock_id}: {told}"
            if of(said, "case.ended") and told[-1] != "stopped":
                yield f"{case_no} {clock_id} runs after the end: {told}"


def time_counts_up(truth: Truth, _: Office) -> Iterator[str]:
    """The count of overdue days only grows; a clock is due and warned once, unless its date moved."""
    for case_no, said in truth.by_case("workflow").items():
        counts: dict[str, list[int]] = defaultdict(list)
        for event in of(said, "timer.overdue"):
            counts[event.data["clock_id"]].append(event.data["overdue_workdays"])
        yield from (f"{case_no} {clock}: {days}" for clock, days in counts.items() if days != sorted(set(days)))
        for name in ("timer.warned", "timer.due"):
            told = doubled((event.data["clock_id"], event.data["due_on"]) for event in of(said, name))
            yield from (f"{case_no} {name} {each}" for each in told)


def lights_follow(truth: Truth, _: Office) -> Iterator[str]:
    """One record for a clock and a rule; no light of an ended case is lit."""
    for case_no, said in truth.by_case("supervision").items():
        lights = ((e.data["clock_id"], e.data["rule"]) for e in of(said, "light.changed") if e.data["rule"])
        yield from (f"{case_no} light {each}" for each in doubled(lights))
        rungs = ((event.data["clock_id"], event.data["rule"]) for event in of(said, "escalation.climbed"))
        yield from (f"{case_no} rung {each}" for each in doubled(rungs))
    ended = {event.data["case_no"] for event in truth.events("workflow", "case.ended")}
    yield from (f"{case_no} ended, and its light is lit" for case_no in truth.lit & ended)


def matters_are_numbered_without_gaps(truth: Truth, _: Office) -> Iterator[str]:
    """1, 2, 3 …, one for each late clock; no fact stands in a file twice."""
    numbers = sorted(event.data["matter_no"] for event in truth.events("supervision", "matter.registered"))
    expected = sorted(f"督查〔2026〕{n}号" for n in range(1, len(numbers) + 1))
    if numbers != expected:
        yield f"{len(numbers)} matters, numbered {numbers}"
    for matter in truth.matters:
        facts = ((fact["note"], fact["at"] if matter["process_case"] else "") for fact in matter["facts"])
        yield from (f"{matter['matter_no']} holds twice {each}" for each in doubled(facts))


def every_red_lights_matter_is_run_once(truth: Truth, _: Office) -> Iterator[str]:
    """Its process began once, and the matter knows it; what is late in such a process begins none."""
    begun = Counter(event.data["business_key"] for event in truth.events("workflow", "case.started"))
    for matter in truth.matters:
        times, is_own = begun[f"matter-{matter['matter_id']}"], matter["case_no"] in truth.supervised
        if times != (0 if is_own else 1) or (matter["process_case"] is None) is not is_own:
            yield f"{matter['matter_no']}: begun {times} times, runs in {matter['process_case']}"


def everybody_was_told_once(truth: Truth, _: Office) -> Iterator[str]:
    """The messages are exactly those that the events ask for, each sent once and delivered once."""
    made = {message["message_id"]: message for message in truth.messages}
    expected = {message_id(event_id, recipient=to, template=name): name for event_id, to, name in asked_for(truth)}
    yield from (f"lost: {expected[key]} {key}" for key in expected.keys() - made.keys())
    others = [made[key] for key in made.keys() - expected.keys()]
    yield from (f"nobody asked for {each['template']} to {each['recipient']}" for each in unexplained(truth, others))
    said = Counter(event.data["message_id"] for event in truth.events("notify", "message.sent"))
    letters = Counter(letter["reference"].strip("<>").partition("-")[0] for letter in truth.letters)
    for key, message in made.items():
        times = 0 if message["state"] == "expired" else 1  # a link to a task that is over is not sent any more
        sent = sum(not attempt["error"] for attempt in message["attempts"])
        if sent != times or (letters[key] != times and times):
            yield f"{message['template']} {key} {message['state']}: sent {sent} times, {letters[key]} letters"
        if said[key] != times * message["recipient"].startswith("applicant:"):
            yield f"{message['template']} {key} to {message['recipient']}: said {said[key]} times that it was sent"
        if message["state"] == "expired" and message["template"] != _BY_LINK:
            yield f"{message['template']} {key} has expired: {message['because']}"
    yield from (f"letter {key} without a message" for key in letters.keys() - made.keys())


def nobody_reads_the_same_twice(truth: Truth, _: Office) -> Iterator[str]:
    """One letter for one recipient and text, but for yellow lights of another rule and steps that come again."""
    told = Counter((letter["to"], letter["text"]) for letter in truth.letters)
    for (to, text), count in told.items():
        if count > 1 and not any(words in text for words in _MAY_BE_READ_AGAIN):
            yield f"{to} read {count} times: {text}"


def the_window_knows(truth: Truth, _: Office) -> Iterator[str]:
    """What the window shows is what the process said: end, outcome, expected date."""
    for case_no, said in truth.by_case("workflow").items():
        if case_no in truth.supervised:
            continue
        case, ended = truth.windows[case_no], bool(of(said, "case.ended"))
        if (case["status"] == "ended") != ended:
            yield f"{case_no} is {case['status']} at the window"
        dates = [e.data["promised_due_on"] for e in (*of(said, "case.accepted"), *of(said, "case.expected_date_moved"))]
        if dates and case["expected_collection_on"] != dates[-1]:
            yield f"{case_no} is expected on {case['expected_collection_on']}, promised for {dates[-1]}"


def asked_for(truth: Truth) -> Iterator[tuple[str, str, str]]:
    """Event id, recipient and template of the messages that the events ask for, but for those about tasks."""
    for event in truth.events("intake", "contact.given"):
        yield event.id, f"applicant:{event.subject}", "receipt-applicant"
    for event in truth.events("workflow", "case.accepted"):
        yield event.id, f"applicant:{event.subject}", "accepted-applicant"
    for event in truth.events("workflow", "milestone.reached"):
        if event.data["milestone"] == "ready_for_delivery":
            yield event.id, f"applicant:{event.subject}", "ready-applicant"
    for event in truth.events("workflow", "decision.dropped"):
        for code in event.data["recipients"]:
            yield event.id, code, "decision-dropped"
    for event in truth.said["supervision"]:
        if template := _told_of(event):
            for code in dict.fromkeys(event.data["recipients"]):
                yield event.id, code, template


def _told_of(event: Envelope) -> str | None:
    match event.type:
        case "guihua.supervision.light.changed.v1":
            light = event.data["light"]
            return f"light-{light}" if light in {"yellow", "red", "red2"} else None
        case "guihua.supervision.escalation.climbed.v1":
            return "escalation"
        case "guihua.supervision.matter.registered.v1":
            return "matter"
        case _:
            return None


def unexplained(truth: Truth, messages: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Messages that are not about an open task, to its desk or by link to the leader."""
    about: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for event in truth.events("workflow", "task.opened"):
        about[event.data["case_no"]].append((event.id, "task-opened"))
        if event.data["quick_approval"]:
            about[event.data["case_no"]].append((f"{event.data['task_id']}.{LEADER}.1", _BY_LINK))
    for message in messages:
        known = about[message["case_no"]]
        keys = {message_id(each, recipient=message["recipient"], template=template) for each, template in known}
        if message["message_id"] not in keys:
            yield message


def every_desk_was_told(truth: Truth, _: Office) -> Iterator[str]:
    """Of each task that a person does, at least one person was told."""
    told = {message["message_id"] for message in truth.messages}
    people = {message["recipient"] for message in truth.messages if message["template"] == "task-opened"}
    for event in truth.events("workflow", "task.opened"):
        keys = {message_id(event.id, recipient=to, template="task-opened") for to in people}
        keys.add(message_id(f"{event.data['task_id']}.{LEADER}.1", recipient=LEADER, template=_BY_LINK))
        if event.data["kind"] == "human" and not keys & told:
            yield f"nobody was told of {event.data['case_no']} {event.data['element']}"


def of(said: Iterable[Envelope], name: str) -> list[Envelope]:
    """The events of one kind."""
    return [event for event in said if event.type.split(".", 2)[2] == f"{name}.v1"]


def doubled(values: Iterable[Any]) -> list[Any]:
    """What comes more than once."""
    return [value for value, count in Counter(values).items() if count > 1]


RULES: Final[tuple[Rule, ...]] = (
    nothing_surprised_the_people,
    the_logs_hold_no_error,
    the_journals_are_in_order_and_say_nothing_twice,
    every_receipt_became_one_case,
    a_case_says_each_thing_once,
    every_task_is_done_once,
    no_step_is_doubled,
    what_was_confirmed_was_done,
    what_was_signed_was_carried_out,
    what_was_delivered_arrived,
    the_clocks_of_ended_cases_stand,
    time_counts_up,
    lights_follow,
    matters_are_numbered_without_gaps,
    every_red_lights_matter_is_run_once,
    everybody_was_told_once,
    every_desk_was_told,
    nobody_reads_the_same_twice,
    the_window_knows,
)
