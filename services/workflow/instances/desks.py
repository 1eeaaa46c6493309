"""What lies on a task's desk besides the form: drafts, who works it for whom, who signs too."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from pydantic import BaseModel, Field

AGREE: Final = "agree"
ALL: Final = "all"
ANY: Final = "any"
VETO: Final = "veto"


class Place(StrEnum):
    """When a signer signs: before the holder, beside, or after."""

    BEFORE = "before"
    BESIDE = "beside"
    AFTER = "after"


class Draft(BaseModel, frozen=True):
    """What somebody has filled in so far: `answers` is JSON, as no form has looked at it yet."""

    person: str
    version: int
    answers: str
    saved_at: datetime


class Seat(BaseModel, frozen=True):
    """One who signs too: a person, or a post at a department (`P05@D06`)."""

    seat_id: str
    place: Place
    signer: str
    reason: str
    added_by: str
    drawn: bool = False
    agrees: bool | None = None
    opinion: str = ""
    signed_by: str | None = None
    signed_at: datetime | None = None
    spared: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the signature is still wanted."""
        return self.agrees is None and not self.spared


class Submitted(BaseModel, frozen=True):
    """The holder's answers, which take effect when the signers have signed."""

    person: str
    answers: dict[str, Any]
    channel: str
    signature: str | None = None
    device: str | None = None
    at: datetime


class Desk(BaseModel, frozen=True):
    """Everything about the work on a task that the process itself need not know.

    `owner` delegated the task to its assignee and confirms it. `given_to` was handed the task by name, whatever the
    person's post. `rules` say for each place when the signers there are settled: `all`, `any`, `veto` or a number.
    """

    owner: str | None = None
    given_to: str | None = None
    drafts: tuple[Draft, ...] = ()
    seats: tuple[Seat, ...] = ()
    rules: dict[Place, str] = Field(default_factory=dict)
    submitted: Submitted | None = None
    urged_at: datetime | None = None

    def draft_of(self, person: str) -> Draft | None:
        """The newest draft of a person."""
        return next((draft for draft in self.drafts if draft.person == person), None)

    def seats_in(self, *places: Place) -> tuple[Seat, ...]:
        """The signers of these places."""
        return tuple(seat for seat in self.seats if seat.place in places)

    def rule_of(self, place: Place) -> str:
        """The rule of a place; `all` unless said otherwise."""
        return self.rules.get(place, ALL)

    def verdict(self, place: Place) -> "Verdict":
        """How the signers of a place stand."""
        return verdict(self.seats_in(place), self.rule_of(place))

    @property
    def is_settled_before(self) -> bool:
        """Whether the holder can go on."""
        return self.verdict(Place.BEFORE).settled

    @property
    def is_settled_at_last(self) -> bool:
        """Whether nothing is wanted from any signer any more."""
        return self.is_settled(*Place)

    def is_turn_of(self, seat: Seat) -> bool:
        """Whether a signer can sign now: those after the holder wait for the holder."""
        return seat.place is not Place.AFTER or self.submitted is not None

    def is_settled(self, *places: Place) -> bool:
        """Whether nothing is wanted any more from the signers of these places."""
        return all(self.verdict(place).settled for place in places)


class Verdict(BaseModel, frozen=True):
    """How a group of signers stands."""

    settled: bool
    passed: bool
    agreed: int
    disagreed: int


def verdict(seats: tuple[Seat, ...], rule: str) -> Verdict:
    """Whether a group of signers has come to a result by its rule.

    `all`: everybody has signed; passed if nobody disagrees. `any`: the first who agrees settles it. `veto`: as `all`,
    but the first who disagrees settles it. A number: so many who agree settle it, or that so many cannot any more.
    """
    total, agreed = len(seats), sum(seat.agrees is True for seat in seats)
    disagreed = sum(seat.agrees is False for seat in seats)
    signed = agreed + disagreed == total
    match rule:
        case "all":
            settled, passed = signed, disagreed == 0
        case "any":
            settled, passed = signed or agreed > 0, agreed > 0 or total == 0
        case "veto":
            settled, passed = signed or disagreed > 0, disagreed == 0
        case _:
            wanted = int(rule)
            settled, passed = agreed >= wanted or total - disagreed < wanted, agreed >= wanted
    return Verdict(settled=settled or total == 0, passed=passed or total == 0, agreed=agreed, disagreed=disagreed)


def result_of(desk: Desk) -> Mapping[str, Any]:
    """What the diagram learns of the signers: under `cosign` in the step's answers."""
    verdicts = {place: desk.verdict(place) for place in Place if desk.seats_in(place)}
    return {
        "passed": all(each.passed for each in verdicts.values()),
        "agreed": sum(each.agreed for each in verdicts.values()),
        "disagreed": sum(each.disagreed for each in verdicts.values()),
        "signers": [
            {"signer": seat.signer, "by": seat.signed_by, "agrees": seat.agrees, "opinion": seat.opinion}
            for seat in desk.seats
            if not seat.spared
        ],
    }
