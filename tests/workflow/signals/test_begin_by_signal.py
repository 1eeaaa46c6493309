"""A signal begins a case of each active process that waits for it: once, and not round in a circle."""

import pytest

from services.workflow import activations
from services.workflow.definitions.walks import WalksFailed
from services.workflow.instances.models import Status
from services.workflow.instances.origins import DEEPEST, StartKind
from services.workflow.starts.numbers import case_no, serial_of
from tests.workflow.bundle_support import flow
from tests.workflow.clock_support import at, on
from tests.workflow.room import IT
from tests.workflow.signals.drawn import ALERT, CALM, ECHO, begun_by, echoes, end, files, start, task
from tests.workflow.signals.hall import Hall


async def test_given_a_process_that_waits_for_it_then_the_signal_begins_a_case_with_a_number_of_its_own(
    hall: Hall,
) -> None:
    await hall.deploy(begun_by(ALERT, key="on-alert", code="SG-10", result="news"))
    hall.clock.set(at("2026-10-12", "09:30"))
    first = await hall.broadcast("alert", "begins", level=3)
    await hall.broadcast("alert", "begins", level=3)
    await hall.spread()
    [case] = await hall.cases_of("on-alert")
    assert case.case_no == "NB20261012SG1000001"
    assert (await hall.report(first.broadcast_id)).started == (case.case_no,)
    assert (case.data["news"], case.data["case"]["case_no"]) == ({"level": 3}, case.case_no)
    assert (case.application.received_on, case.application.received_by) == (on("2026-10-12"), "u.leader")
    assert case.departments == ("D06",)
    [started] = await hall.said(case.case_no, "case.started")
    assert (started.data["start_kind"], started.data["start_event"]) == ("signal", "Start")
    await hall.broadcast("alert", "begins another")
    await hall.spread()
    assert [each.case_no[-5:] for each in await hall.cases_of("on-alert")] == ["00001", "00002"]
    await activations.retire(hall.deps, "on-alert", who=IT, reason="试用结束")
    await hall.broadcast("alert", "begins none")
    await hall.spread()
    assert len(await hall.cases_of("on-alert")) == 2


async def test_given_two_processes_that_call_each_other_up_then_the_circle_comes_to_an_end(hall: Hall) -> None:
    await hall.deploy(echoes("echo-one", "SG-11", hears=CALM, throws=ECHO))
    await hall.deploy(echoes("echo-two", "SG-12", hears=ECHO, throws=CALM))
    await hall.broadcast("calm", "circle")
    await hall.spread()
    done = 0
    while going := [
        each for key in ("echo-one", "echo-two") for each in await hall.cases_of(key) if each.status is Status.RUNNING
    ]:
        for each in going:
            await hall.complete(each.case_no, "Look")
            await hall.hear_thrown(each.case_no)
            done += 1
        await hall.spread()
    assert done == DEEPEST


async def test_given_the_case_cannot_begin_then_it_waits_in_an_incident_and_the_signal_goes_on(hall: Hall) -> None:
    await hall.deploy(begun_by(ALERT, key="on-alert-too", code="SG-13"))
    posts = hall.deps.copies.posts
    post = await posts.get("P04")
    assert post
    await posts.put("P04", post.model_copy(update={"departments": ("D05", "D08")}), unless_newer=2)
    hall.deps.copies.forget()
    broadcast = await hall.broadcast("alert", "no post")
    await hall.spread()
    [number] = (await hall.report(broadcast.broadcast_id)).started
    case = await hall.case(number)
    assert (case.status, [each.act.target for each in case.incidents]) == (Status.WAITING, ["Start"])
    assert case.application.origin
    assert case.application.origin.kind is StartKind.SIGNAL
    await posts.put("P04", post, unless_newer=3)
    hall.deps.copies.forget()
    await activations.retire(hall.deps, "on-alert-too", who=IT, reason="试用结束")


@pytest.mark.parametrize(
    ("code", "number", "series"),
    [
        ("NJ-01", "NB20270104NJ0100017", "case.NJ01.2027"),
        ("11510000MB1A20317A4000116007000", "NB2027010400011600700000017", "case.000116007000.2027"),
    ],
)
def test_given_an_item_then_its_cases_are_numbered_by_day_and_item(code: str, number: str, series: str) -> None:
    day = on("2027-01-04")
    assert (case_no(item_code=code, on=day, serial=17), serial_of(code, day)) == (number, series)


WALK = """
[case]
situation = "ordinary"
received_on = 2026-09-16
department = "D06"
start = "Start"
brought = {{ news = {{ level = 3 }} }}

[[step]]
signal = "calm"
payload = {{ by = "walk" }}
at = 2026-09-16T10:00:00+08:00

[[step]]
complete = "Inspect"
at = 2026-09-16T11:00:00+08:00

[expect]
end = "Done"
outcome = "{outcome}"
passed = ["Calmed", "Inspect"]
"""


async def test_given_a_walk_of_such_a_process_then_it_begins_and_hears_as_the_walk_says(hall: Hall) -> None:
    waits = '<bpmn:intermediateCatchEvent id="Calmed">' + CALM + "</bpmn:intermediateCatchEvent>"
    ways = flow("Start", "Calmed"), flow("Calmed", "Inspect"), flow("Inspect", "Done")
    drawn = files("walked", "SG-14", start(ALERT, result="news"), waits, task("Inspect"), end("Done"), *ways)
    await hall.deploy({**drawn, "walks/alert.toml": WALK.format(outcome="done")})
    with pytest.raises(WalksFailed):
        await hall.deploy({**drawn, "walks/alert.toml": WALK.format(outcome="granted")})
    await activations.retire(hall.deps, "walked", who=IT, reason="试用结束")
