"""Approval links as plain rules: standing, renewal, ends, and deciding once."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.contracts.words import Attendance, Role
from services.notify import links
from services.notify.links import LIFETIME, End, Link, LinkSpent, LinkUnknown, Standing, Token, Verdict
from tests.notify.builders import NOW, OUT, TASK, opened, person

WALL = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
KEY = Ed25519PrivateKey.generate()
AGREE = Verdict(decision="agree", opinion="同意。")
SIGNED = {"verdict": AGREE, "signature": "ours", "decided_at": NOW, "signed_at": WALL}


def link(**changes: Any) -> Link:
    offered = links.offer(opened(), person="u.leader", token=Token("t" * 43, "sealed"), wall=WALL)
    return offered.model_copy(update=changes)


def decide(found: Link, verdict: Verdict = AGREE, wall: datetime = WALL) -> tuple[Link, Any]:
    return links.decide(found, verdict, now=NOW, wall=wall, key=KEY, key_id="k")


@pytest.mark.parametrize(
    ("changes", "after", "standing"),
    [
        ({}, timedelta(), Standing.OPEN),
        ({}, LIFETIME - timedelta(seconds=1), Standing.OPEN),
        ({}, LIFETIME, Standing.EXPIRED),
        (SIGNED, timedelta(), Standing.DECIDED),
        (SIGNED, LIFETIME, Standing.DECIDED),
        (SIGNED | {"ended": End.CARRIED_OUT}, timedelta(), Standing.CARRIED_OUT),
        ({"ended": End.OVERTAKEN}, timedelta(), Standing.OVERTAKEN),
        ({"ended": End.CANCELLED}, LIFETIME, Standing.CANCELLED),
    ],
)
def test_a_link_stands_somewhere(changes: dict[str, Any], after: timedelta, standing: Standing) -> None:
    assert links.standing(link(**changes), WALL + after) is standing


@pytest.mark.parametrize(
    ("changes", "after", "reason"),
    [
        ({}, LIFETIME, "expired"),
        (
            SIGNED | {"verdict": Verdict(decision="disagree", opinion="不同意。")},
            timedelta(),
            "already decided otherwise",
        ),
        (
            SIGNED | {"verdict": Verdict(decision="agree", opinion="同意，尽快。")},
            timedelta(),
            "already decided otherwise",
        ),
        ({"ended": End.OVERTAKEN}, timedelta(), "the step was done elsewhere"),
        ({"ended": End.CANCELLED}, timedelta(), "the step was cancelled"),
    ],
)
def test_a_spent_link_says_why(changes: dict[str, Any], after: timedelta, reason: str) -> None:
    with pytest.raises(LinkSpent) as refused:
        decide(link(**changes), wall=WALL + after)

    assert refused.value.values["reason"] == reason
    assert refused.value.values["reason_zh"]


def test_the_same_verdict_again_says_nothing_even_when_all_is_over() -> None:
    decided, said = decide(link())
    for later in (decided, decided.model_copy(update={"ended": End.CARRIED_OUT})):
        assert decide(later, AGREE.model_copy(update={"device": "desktop"}), WALL + LIFETIME) == (later, ())

    assert [event.task_id for event in said] == [TASK]
    assert decided.signature == said[0].signature


def test_the_moment_of_the_decision_is_kept_as_it_is_said() -> None:
    decided, (said,) = links.decide(link(), AGREE, now=NOW.replace(microsecond=123_456), wall=WALL, key=KEY, key_id="k")

    assert decided.decided_at == said.decided_at == NOW.replace(microsecond=123_000)


@pytest.mark.parametrize(
    ("changes", "signature", "cancelled", "ended"),
    [
        ({}, None, False, End.OVERTAKEN),
        ({}, "theirs", False, End.OVERTAKEN),
        (SIGNED, "ours", False, End.CARRIED_OUT),
        (SIGNED, None, False, End.OVERTAKEN),
        (SIGNED, None, True, End.CANCELLED),
        ({"ended": End.CANCELLED}, None, False, End.CANCELLED),
    ],
)
def test_a_step_ends_its_links(changes: dict[str, Any], signature: str | None, cancelled: bool, ended: End) -> None:
    assert links.end(link(**changes), signature=signature, cancelled=cancelled).ended is ended


def test_only_an_expired_link_is_renewed() -> None:
    token = Token("n" * 43, "sealed anew")
    renewed = links.renew(link(), token=token, wall=WALL + LIFETIME)

    assert (renewed.offers, renewed.expires_at, renewed.sealed_token) == (2, WALL + 2 * LIFETIME, "sealed anew")
    assert renewed.token_hash == links.token_hash(token.text)
    for good in (link(), link(**SIGNED), link(ended=End.OVERTAKEN)):
        assert links.renew(good, token=token, wall=WALL) == good


@pytest.mark.parametrize("found", [None, link(person="u.leader2")], ids=["no link", "somebody else's"])
def test_no_link_and_somebody_elses_are_the_same(found: Link | None) -> None:
    with pytest.raises(LinkUnknown):
        links.look(found, person="u.leader")


@pytest.mark.parametrize(
    ("changes", "may"),
    [
        ({}, True),
        ({"attendance": Attendance.ON_DUTY}, False),
        ({"active": False}, False),
        ({"roles": (Role.OFFICER,)}, False),
        ({"roles": (Role.SECTION_CHIEF,)}, True),
    ],
)
def test_links_are_for_those_who_are_out_and_may_decide(changes: dict[str, Any], may: bool) -> None:
    assert links.may_have_link(person("u.leader", "P09@D00", **{"attendance": OUT, **changes})) is may
