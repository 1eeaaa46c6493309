"""许可路线图: what a permit needs before it is checked at the window and drawn for the planning guide."""

from datetime import date
from typing import Any

import pytest

from services.contracts.projects import GuideAssigned, GuideIntroduced
from services.contracts.words import Outcome
from services.contracts.workflow import Situation
from services.intake.cases import Case, note
from services.intake.certificates.records import Certificate, State
from services.intake.roadmaps.graphs import GraphUnsound, Track, graph, read
from services.intake.roadmaps.rules import PROJECT_CODE, Project, Wanted, findings, tracks_of
from services.intake.roadmaps.views import roadmap_view
from tests.intake import builders as say
from tests.intake.builders import CLERK, FOREIGN, HANDLER, NOW, TODAY, WORKS
from tests.intake.hall import Hall
from tests.support.wait import wait_until

PROOFS = frozenset(need.paper for step in graph().values() for need in step.need)
CODE = "2609-512000-04-01-123456"


def case(item: str, situation: str, *, no: str, outcome: Outcome | None = None) -> Case:
    made = say.received(facts={PROJECT_CODE: CODE}).model_copy(
        update={"case_no": no, "item_code": item, "situation": situation}
    )
    return note(made, say.ended(outcome=outcome), (9, 0)) if outcome else made


def certificate(no: str, state: State = State.VALID) -> Certificate:
    return Certificate(
        certificate_id=no,
        kind="land",
        name="建设用地规划许可证",
        name_en="Land permit",
        number="地字第1号",
        token="t",
        state=state,
        holder="甲",
        holder_public="甲",
        project="p",
        project_public="p",
        place="x",
        scale="y",
        issued_on=TODAY,
    )


LAND = case("PT03", "allocated", no="L1", outcome=Outcome.GRANTED)
SITE = case("PT01", "local", no="S1", outcome=Outcome.GRANTED)


def project(*cases: Case, certificates: tuple[Certificate, ...] = ()) -> Project:
    return Project(cases, certificates, TODAY)


def found(of: Project, item: str, situation: str, *papers: str, **facts: Any) -> dict[str, bool]:
    """The reason codes, and whether each forbids receiving."""
    told = findings(graph(), of, Wanted(item, situation, frozenset(papers), PROOFS, facts))
    assert all(each.zh and each.en for each in told)
    return {f"{each.code}/{each.step}": each.hard for each in told}


@pytest.mark.parametrize(
    ("of", "item", "situation", "papers", "expected"),
    [
        (project(), "PT03", "allocated", ("project-approval",), {"prerequisite-missing/site_opinion": True}),
        (project(SITE), "PT03", "allocated", ("project-approval",), {}),
        (project(), "PT03", "allocated", ("project-approval", "site-opinion"), {}),
        (project(), "PT03", "granted_land", ("project-approval",), {"prerequisite-missing/land_contract": True}),
        (
            project(case("PT01", "local", no="S2")),
            "PT03",
            "allocated",
            ("project-approval",),
            {"prerequisite-pending/site_opinion": True},
        ),
        (
            project(case("PT01", "local", no="S2")),
            "PT03",
            "allocated",
            ("project-approval", "site-opinion"),
            {"prerequisite-pending/site_opinion": False},
        ),
        (
            project(case("PT01", "local", no="S3", outcome=Outcome.REFUSED)),
            "PT03",
            "allocated",
            ("project-approval",),
            {"prerequisite-refused/site_opinion": True},
        ),
        (
            project(LAND, certificates=(certificate("L1", State.REVOKED),)),
            "PT05",
            "building",
            ("land-document", "design-scheme"),
            {"prerequisite-void/land": True},
        ),
        (project(LAND, certificates=(certificate("L1"),)), "PT05", "building", ("design-scheme",), {}),
        (project(LAND), "PT05", "building", ("land-document",), {"prerequisite-missing/scheme": False}),
        (project(LAND), "PT05", "dilapidated_rebuild", (), {}),
        (
            project(),
            "PT09",
            "building",
            ("line-confirmation",),
            {"prerequisite-missing/works": True},
        ),
        (project(), "PT09", "rural", ("line-confirmation",), {"prerequisite-missing/rural": True}),
        (project(), "PT11", "scheme", (), {}),
    ],
)
def test_given_a_project_then_a_case_is_refused_or_warned_for_the_permit_that_lacks(
    of: Project, item: str, situation: str, papers: tuple[str, ...], expected: dict[str, bool]
) -> None:
    assert found(of, item, situation, *papers) == expected


def test_given_granted_land_then_no_siting_opinion_is_asked_for() -> None:
    """城乡规划法 §36: only for allocated land with an approval or verification."""
    granted = project(case("PT03", "granted_land", no="L2"))
    assert found(granted, "PT01", "local") == {"not-for-granted-land/site_opinion": True}
    assert found(project(), "PT01", "local", land_supply="granted") == {"not-for-granted-land/site_opinion": True}
    assert found(project(LAND), "PT01", "local") == {}


def test_given_what_lacks_then_it_is_said_how_to_get_it() -> None:
    (said,) = findings(graph(), project(), Wanted("PT04", "design_scheme", frozenset(), PROOFS, {}))
    assert "向报建窗口申请“建设用地规划许可证”" in said.zh
    assert "城乡规划法第四十条" in said.zh


def test_given_a_projects_cases_then_the_way_shows_how_far_each_permit_is_and_what_comes_next() -> None:
    road = roadmap_view(
        graph(), project(LAND, SITE, case("PT11", "scheme", no="C1")), code=CODE, hidden=0, guided=False
    )
    assert road.track is Track.ALLOCATED
    standing = {step.key: step.standing.value for step in road.steps}
    assert standing["site_opinion"] == standing["land"] == "done"
    assert (standing["project_approval"], standing["works"]) == ("outside", "none")
    assert [step.key for step in road.steps if step.is_next] == ["scheme"]
    assert "conditions" not in standing
    assert road.others == ("C1",)
    works = next(step for step in road.steps if step.key == "works")
    assert [(need.step, need.met) for need in works.needs] == [("land", True), ("scheme", False)]


def test_given_a_village_then_the_rural_permit_comes_before_land_approval() -> None:
    """城乡规划法 §41."""
    assert tracks_of(graph(), project(case("PT06", "village_house", no="V1"))) == {Track.RURAL}
    assert [need.step for need in graph()["rural_land"].need] == ["rural"]


def test_given_a_step_that_needs_what_is_not_before_it_then_the_graph_is_refused() -> None:
    step = {"key": "a", "name": "a", "name_en": "a", "stage": 1, "how": "h"}
    lines = "\n".join(f"{name} = {value!r}" for name, value in step.items())
    with pytest.raises(GraphUnsound, match="later"):
        read(f'[[step]]\n{lines}\ntracks = ["rural"]\nneed = [{{ step = "later", basis = "b" }}]')


BUILDING = Situation(code="building", name="建筑工程", name_en="Building", promised_workdays=7)
LAND_PERMIT = WORKS.model_copy(
    update={
        "code": "PT03",
        "name": "建设用地规划许可证核发",
        "department": "D05",
        "situations": (BUILDING.model_copy(update={"code": "allocated"}),),
        "documents": tuple(
            paper.model_copy(update={"situations": ()})
            for paper in (*WORKS.documents[:2], WORKS.documents[-1].model_copy(update={"code": "site-opinion"}))
        ),
    }
)


async def test_given_no_siting_opinion_when_a_land_permit_is_received_then_the_clerk_reads_which_and_how_to_get_it(
    window: Hall,
) -> None:
    await window.workflow.say(say.activated(LAND_PERMIT))
    await wait_until(lambda: _offered(window, 3))
    wanted = {"item_code": "PT03", "situation": "allocated", "facts": {PROJECT_CODE: CODE}}
    refused = await window.receive(CLERK, **wanted)
    assert (refused.status_code, refused.json()["code"]) == (422, "prerequisite-missing")
    assert refused.json()["reasons"] == [{"code": "prerequisite-missing", "step": "site_opinion"}]
    assert "建设项目用地预审与选址意见书" in refused.text
    plain = await window.receive(CLERK, **(wanted | {"facts": {}}))
    assert plain.status_code == 201, plain.text


async def _offered(window: Hall, count: int) -> bool:
    return len(await window.deps.copies.offers()) == count


async def test_given_a_project_then_its_way_is_shown_within_ones_scope_and_whole_to_its_guide(window: Hall) -> None:
    receipt = (await window.receive(CLERK, facts={PROJECT_CODE: CODE})).json()
    path = f"/roadmaps/{CODE}"
    road = (await window.ask("GET", path, CLERK)).json()
    assert receipt["case_no"] in {step["case_no"] for step in road["steps"]}
    assert {each["code"] for each in receipt["findings"]} == {"prerequisite-missing"}
    assert (await window.ask("GET", path, HANDLER)).status_code == 200
    assert (await window.ask("GET", path, FOREIGN)).json()["code"] == "roadmap-not-found"
    await window.supervision.say(
        GuideAssigned(
            project_id="p1",
            name="甲项目",
            page="/projects/p1",
            guide=FOREIGN.code,
            recipients=(),
            at=NOW,
            by="u.leader",
        )
    )
    await window.supervision.say(GuideIntroduced(case_no=receipt["case_no"], project_id="p1", at=NOW))

    async def is_shown() -> bool:
        answer = await window.ask("GET", path, FOREIGN)
        return answer.status_code == 200 and bool(answer.json()["guided"])

    await wait_until(is_shown)
    assert (await window.ask("GET", "/roadmaps/0000-000000-00-00-000000", CLERK)).status_code == 404


def test_given_a_case_under_way_then_its_expected_date_stands_on_the_way() -> None:
    road = roadmap_view(graph(), project(case("PT05", "building", no="W1")), code=CODE, hidden=2, guided=False)
    works = next(step for step in road.steps if step.key == "works")
    assert (works.standing.value, works.expected_on, road.hidden) == ("under_way", date(2026, 12, 3), 2)


def test_given_an_item_that_never_asks_for_the_paper_then_its_lack_is_told_and_forbids_nothing() -> None:
    (said,) = findings(graph(), project(), Wanted("PT04", "design_scheme", frozenset(), frozenset(), {}))
    assert (said.code, said.hard) == ("prerequisite-missing", False)
