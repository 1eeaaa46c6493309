"""A decision by link counts only under the messenger's signature, and only for what was signed (A-18)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.contracts.notify import LinkDecided
from services.kernel.identity.keys import PublishedKeys, key_id
from services.kernel.problem import TryLater
from services.workflow.approvals import Approvals, ApprovalUnproven, prove
from tests.support.wait import wait_until
from tests.workflow.clock_support import at
from tests.workflow.room import HANDLER, IT, LEADER, REVIEW, Room, at_review
from tests.workflow.signing import SIGNED_AT, Signer, signer_at_work

AT = at("2026-09-18", "16:10")
SIGNER = Signer()
GOOD = SIGNER.decided("51200020260916PT9000001", "t1", "u.leader", AT)


def signed(key: Ed25519PrivateKey = SIGNER.key, **changes: Any) -> LinkDecided:
    """The same decision over changed claims; None leaves one out."""
    claims = jwt.decode(GOOD.signature, options={"verify_signature": False}) | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    header = {"kid": key_id(key.public_key())}
    return GOOD.model_copy(update={"signature": jwt.encode(claims, key, algorithm="EdDSA", headers=header)})


def tampered() -> LinkDecided:
    """The claims of one token under the signature of another."""
    header, _, signature = GOOD.signature.split(".")
    return GOOD.model_copy(
        update={"signature": f"{header}.{signed(decision='disagree').signature.split('.')[1]}.{signature}"}
    )


def by_hmac() -> LinkDecided:
    """Signed with what everybody knows, the public key."""
    public = SIGNER.key.public_key().public_bytes_raw()
    return GOOD.model_copy(
        update={"signature": jwt.encode({"case_no": GOOD.case_no}, public + b"0", algorithm="HS256")}
    )


def test_given_what_the_messenger_signed_then_it_is_proven() -> None:
    prove(GOOD, SIGNER.key.public_key())
    prove(signed(), SIGNER.key.public_key())


@pytest.mark.parametrize("fact", ["case_no", "task_id", "person", "decision", "opinion", "channel", "device"])
def test_given_another_fact_than_was_signed_then_it_is_named_and_refused(fact: str) -> None:
    with pytest.raises(ApprovalUnproven, match=f"signed for another {fact};"):
        prove(GOOD.model_copy(update={fact: "other"}), SIGNER.key.public_key())


@pytest.mark.parametrize(
    ("decided", "reason"),
    [
        (GOOD.model_copy(update={"decided_at": AT + timedelta(seconds=1)}), "another decided_at"),
        (tampered(), "the signature is not valid"),
        (by_hmac(), "the signature is not valid"),
        (signed(Ed25519PrivateKey.generate()), "the signature is not valid"),
        (signed(signed_at=(SIGNED_AT + timedelta(hours=1)).isoformat()), "the link had expired when it was signed"),
        (signed(link_expires_at=SIGNED_AT.isoformat()), "the link had expired when it was signed"),
        (signed(signed_at=None), "says no signed_at"),
        (signed(link_expires_at="2026-11-23T09:00:00"), "says no link_expires_at"),
        (signed(link_expires_at=7), "says no link_expires_at"),
        (signed(person=None), "another person"),
    ],
)
def test_given_a_signature_that_does_not_prove_it_then_it_says_why(decided: LinkDecided, reason: str) -> None:
    with pytest.raises(ApprovalUnproven, match=reason) as refused:
        prove(decided, SIGNER.key.public_key())
    assert not str(refused.value.values["reason_zh"]).isascii()


@pytest.fixture
async def signer() -> AsyncIterator[Signer]:
    """A messenger of the test's own."""
    async with signer_at_work() as signer:
        yield signer


def decided_by(signer: Signer) -> LinkDecided:
    return signer.decided(GOOD.case_no, GOOD.task_id, GOOD.person, AT)


async def test_given_the_key_is_known_then_it_is_not_asked_for_again(signer: Signer) -> None:
    approvals = Approvals(PublishedKeys(signer.url))
    await approvals.check(decided_by(signer))
    await approvals.check(decided_by(signer))
    assert signer.asked == 1


@pytest.mark.parametrize("nonsense", ["", "signature", "a.b.c", "eyJhbGciOiJFZERTQSJ9.e30.c2ln"])
async def test_given_no_signature_at_all_then_it_is_refused(signer: Signer, nonsense: str) -> None:
    with pytest.raises(ApprovalUnproven):
        await Approvals(PublishedKeys(signer.url)).check(GOOD.model_copy(update={"signature": nonsense}))


async def test_given_a_key_that_is_not_published_then_the_decision_is_refused(signer: Signer) -> None:
    with pytest.raises(ApprovalUnproven, match="publishes no such key"):
        await Approvals(PublishedKeys(signer.url)).check(GOOD)


async def test_given_the_messenger_is_away_then_the_decision_waits() -> None:
    with pytest.raises(TryLater):
        await Approvals(PublishedKeys("http://127.0.0.1:9/link-keys")).check(GOOD)


async def test_given_a_decision_that_is_not_proven_then_the_task_stays_open_and_the_event_is_a_dead_letter(
    room: Room, case_no: str
) -> None:
    await at_review(room, case_no)
    await room.complete(case_no, "Review", HANDLER, **REVIEW)
    step = await room.step(case_no, "Lead")
    forged = Signer().decided(case_no, step["task_id"], LEADER.code, AT)
    await room.notify.say(forged)
    letter = await wait_until(lambda: letter_about(room, case_no), within=40)  # after five tries
    assert letter["handler"] == "services.workflow.consumers.take_link_decision"
    assert "publishes no such key" in letter["reason"]
    assert await room.heard(case_no, "case.decided") == []
    assert (await room.step(case_no, "Lead"))["task_id"] == step["task_id"]

    await room.notify.say(room.signer.decided(case_no, step["task_id"], LEADER.code, AT))
    await wait_until(lambda: room.heard(case_no, "case.decided"))


async def letter_about(room: Room, case_no: str) -> Any:
    letters = await room.have(IT, "/dead-letters?limit=200")
    return next((letter for letter in letters if letter["subject"].endswith(case_no)), None)
