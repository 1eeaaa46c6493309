"""A project follows its process: what is done there enters its books, and its light is that of the process's clocks."""

from services.contracts.words import Light
from services.supervision import lights
from services.supervision.projects.hearing import taken_over
from services.supervision.projects.views import light_of
from services.supervision.rules import default_table
from tests.supervision import counting, timers
from tests.supervision.projecting import DAY, act, active, done, told


def test_given_the_process_of_a_project_then_what_is_done_there_enters_its_books() -> None:
    following = done(active(), {"act": "follow_process", "case_no": "NB20170313ZD0100001"})
    assert told(following, {"act": "follow_process", "case_no": "NB20170313ZD0100001"})[1] == ()
    log = counting.completed(
        "NB20170313ZD0100001",
        DAY,
        element="Task_GuideLog",
        answers={"kind": "obstacle", "content": "上门对接", "obstacle": "微波站", "third_party": "产权单位"},
    )
    logged, said = taken_over(following, log, act("u.handler.d07"))
    assert [(entry.note, entry.by) for entry in logged.log] == [("上门对接", "u.handler.d07")]
    assert (logged.obstacles[0].name, len(said)) == ("微波站", 2)
    task = counting.completed(
        "NB20170313ZD0100001", DAY, element="Task_Do", answers={"title": "微波站迁建选址", "result": "已定址"}
    )
    finished, _ = taken_over(logged, task, act("u.handler.d05"))
    assert finished.plan is not None
    assert [entry.done_by for entry in finished.plan.tasks] == [None, "u.handler.d05"]
    assert taken_over(finished, task, act("u.handler.d05")) == (finished, ()), "done once, it is done"


def test_given_the_clocks_of_its_process_then_the_project_shows_their_light() -> None:
    following = done(active(), {"act": "follow_process", "case_no": timers.CASE})
    late, _ = lights.hear(
        lights.dark(timers.overdue(0), now=timers.NOW),
        timers.overdue(0),
        sequence=1,
        table=default_table(),
        cast=timers.CAST,  # type: ignore[arg-type]  # audiences by their words
        now=timers.NOW,
    )
    assert light_of(following, {timers.CASE: late}) is Light.RED
    assert light_of(active(), {timers.CASE: late}) is Light.GREEN
