"""撤回申请, 终止办理: who had a step in hand is told that it is gone, and the applicant what became of the request."""

from services.contracts.words import Channel, TerminationGround
from services.contracts.workflow import CaseTerminated, CaseWithdrawn, WithdrawalRefused
from tests.notify.builders import CASE, NOW, PHONE, contact, person
from tests.notify.conftest import Messenger
from tests.notify.providers import Postbox

HANDLER = person("u.handler.d06", "P04@D06")
TITLE = "张某住宅"


def withdrawn() -> CaseWithdrawn:
    return CaseWithdrawn(
        case_no=CASE,
        title=TITLE,
        channel=Channel.ONLINE,
        registered_by="applicant",
        requested_at=NOW,
        at=NOW,
        left=("承办审查",),
        recipients=("u.handler.d06",),
    )


def terminated() -> CaseTerminated:
    return CaseTerminated(
        case_no=CASE,
        title=TITLE,
        ground=TerminationGround.APPLICANT_DECEASED,
        basis="省规",
        evidence="死亡证明",
        reason="申请人死亡。",
        person="u.leader",
        at=NOW,
        left=("承办审查",),
        recipients=("u.handler.d06",),
    )


async def test_given_a_withdrawal_then_who_held_the_step_and_the_applicant_are_told(
    messenger: Messenger, box: Postbox
) -> None:
    await messenger.knows(HANDLER)
    await messenger.handled(contact(), by=messenger.intake)
    await messenger.handled(withdrawn(), by=messenger.workflow)
    letters = {letter["to"]: letter["text"] for letter in await box.delivered(3) if "撤回" in letter["text"]}
    assert letters.keys() == {"u.handler.d06", PHONE}
    assert "待办已取消" in letters["u.handler.d06"]
    assert TITLE not in letters[PHONE]


async def test_given_a_termination_then_who_held_the_step_reads_why(messenger: Messenger, box: Postbox) -> None:
    await messenger.knows(HANDLER)
    await messenger.handled(terminated(), by=messenger.workflow)
    (letter,) = await box.delivered(1)
    assert (letter["to"], "申请人死亡。" in letter["text"]) == ("u.handler.d06", True)


async def test_given_a_withdrawal_that_came_too_late_then_the_applicant_is_told(
    messenger: Messenger, box: Postbox
) -> None:
    refused = WithdrawalRefused(
        case_no=CASE, code="case-decided", reason_zh="已经作出决定", reason_en="decided", requested_at=NOW, at=NOW
    )
    await messenger.handled(contact(), by=messenger.intake)
    await messenger.handled(refused, by=messenger.workflow)
    assert [letter["to"] for letter in await box.delivered(2) if "没有生效" in letter["text"]] == [PHONE]
