"""A message from outside is for the case it names, for one that waits, else for a new one; each message once."""

import pytest

from services.contracts.external import MessageSent
from services.contracts.supervision import ProcessCalled
from services.kernel.store import NotFound
from services.workflow import activations
from services.workflow.activations import MessageStartTaken
from services.workflow.consumers import take_call, take_message
from services.workflow.instances.models import Status
from services.workflow.signals.broadcasts import SignalTooLarge
from services.workflow.starts.messages import NobodyWaits
from tests.workflow.room import IT
from tests.workflow.signals.drawn import LETTER, begun_by, letters
from tests.workflow.signals.hall import Hall, event_of


@pytest.fixture(autouse=True)
async def active(hall: Hall) -> None:
    """The process that begins by a letter."""
    await hall.deploy(letters())
    await activations.activate(hall.deps, "letters", 1, who=IT)


async def _send(hall: Hall, message_id: str, name: str = "letter", **other: object) -> None:
    said = MessageSent(message_id=message_id, name=name, sent_at=hall.clock.now(), **other)
    await take_message(hall.deps, event_of(said, f"external.messages.{message_id}.1.0", "external"))


async def _begun(hall: Hall, business_key: str) -> list[str]:
    found = await hall.cases_of("letters")
    return [
        each.case_no
        for each in found
        if each.application.origin and each.application.origin.business_key == business_key
    ]


async def test_given_a_message_that_begins_a_process_then_it_begins_one_case_however_often_it_comes(
    hall: Hall,
) -> None:
    for _ in range(2):
        await _send(hall, "l-1", payload={"text": "违法建设"}, business_key="k-1")
    [case_no] = await _begun(hall, "k-1")
    case = await hall.case(case_no)
    assert case.data["letter"] == {"text": "违法建设"}
    assert case.messages == ("reply",)


async def test_given_a_case_that_waits_under_the_key_then_the_message_is_for_it(hall: Hall) -> None:
    await _send(hall, "l-2", business_key="k-2")
    for _ in range(2):
        await _send(hall, "r-2", "reply", payload={"ok": True}, business_key="k-2")
    [case_no] = await _begun(hall, "k-2")
    assert await hall.open(case_no) == ["Close"]
    assert (await hall.case(case_no)).early == ()
    await _send(hall, "r-3", "reply", business_key="k-2")  # nobody waits any more: it is kept
    assert [each.target for each in (await hall.case(case_no)).early] == ["reply"]


async def test_given_a_call_of_the_supervision_office_then_it_begins_one_case_and_where_none_begins_by_it_nothing(
    hall: Hall,
) -> None:
    at = hall.clock.now()
    for name, key in (("letter", "matter-1"), ("letter", "matter-1"), ("unheard_of", "matter-2")):
        said = ProcessCalled(message_id=f"sv-{key}", name=name, business_key=key, called_at=at)
        await take_call(hall.deps, event_of(said, f"supervision.matters.{key}.1.0", "supervision"))
    [case_no] = await _begun(hall, "matter-1")
    case = await hall.case(case_no)
    assert (case.application.received_by, case.application.origin and case.application.origin.kind) == (
        "system:supervision",
        "message",
    )


async def test_given_the_first_letter_again_under_a_new_id_then_it_begins_another_case(hall: Hall) -> None:
    await _send(hall, "l-3", business_key="k-3")
    await _send(hall, "l-4", business_key="k-3")
    assert len(await _begun(hall, "k-3")) == 2


async def test_given_a_message_that_names_its_case_then_it_is_for_that_case_alone(hall: Hall) -> None:
    await _send(hall, "l-5", business_key="k-5")
    [case_no] = await _begun(hall, "k-5")
    for _ in range(2):
        await _send(hall, "r-5", "reply", case_no=case_no)
    assert (await hall.open(case_no), (await hall.case(case_no)).early) == (["Close"], ())
    with pytest.raises(NotFound):
        await _send(hall, "r-6", "reply", case_no="51200020260916SG99999")


async def test_given_nobody_for_it_then_it_is_refused_until_somebody_begins_by_it(hall: Hall) -> None:
    with pytest.raises(NobodyWaits):
        await _send(hall, "n-1", "unheard_of")
    with pytest.raises(SignalTooLarge):
        await _send(hall, "n-2", payload={"text": "x" * 1_000_000})
    await activations.retire(hall.deps, "letters", who=IT, reason="停用")
    with pytest.raises(NobodyWaits):
        await _send(hall, "n-3", business_key="k-n")
    await activations.activate(hall.deps, "letters", 1, who=IT)
    await _send(hall, "n-3", business_key="k-n")
    assert len(await _begun(hall, "k-n")) == 1


async def test_given_a_crash_before_the_case_was_made_then_the_message_still_begins_it_under_its_number(
    hall: Hall,
) -> None:
    await _send(hall, "l-6", business_key="k-6")
    [case_no] = await _begun(hall, "k-6")
    await hall.deps.instances.documents.rows.delete_one({"_id": case_no})
    await activations.retire(hall.deps, "letters", who=IT, reason="停用")
    await _send(hall, "l-6", business_key="k-6")
    case = await hall.case(case_no)
    assert (case.status, case.incidents[0].act.target) == (Status.WAITING, "Start")


async def test_given_a_process_that_begins_by_it_then_no_other_may(hall: Hall) -> None:
    with pytest.raises(MessageStartTaken):
        await hall.deploy(begun_by(LETTER, key="letters-too", code="SG-30"))


async def test_given_a_case_from_the_window_then_a_process_that_does_not_begin_there_keeps_it_waiting(
    hall: Hall,
) -> None:
    case_no = await hall.receive("SG-04")
    case = await hall.case(case_no)
    assert (case.status, len(case.incidents)) == (Status.WAITING, 1)
    assert "window" in case.incidents[0].en
