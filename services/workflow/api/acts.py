"""What can be done with a session, one kind of request for each, told apart by `act`."""

from datetime import date, datetime, time
from typing import Annotated, Final, Literal, assert_never

from pydantic import Discriminator, Field, Tag

from services.kernel.identity import Person
from services.kernel.requests import Reason, Request
from services.workflow.deps import Deps
from services.workflow.instances.resolutions import Ruled
from services.workflow.meetings import holding, keeping, minutes, planning
from services.workflow.meetings.models import Ballot, Recusal, Ruling, Session, Statement, Vote
from services.workflow.meetings.planning import Consent, Plan, Written

MOST_TEXT: Final = 20_000

Name = Annotated[str, Field(min_length=1, max_length=100)]
ItemId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")]
Text = Annotated[str, Field(max_length=2000)]


class BallotEntry(Request, frozen=True):
    """How a member voted."""

    person: Name
    vote: Vote


class StatementEntry(Request, frozen=True):
    """What a member said; `differs` keeps it as a differing opinion, under their name."""

    person: Name
    text: Reason
    differs: bool = False


class RecusalEntry(Request, frozen=True):
    """Who takes no part in an item, and why."""

    person: Name
    reason: Reason


class Replan(Request, frozen=True):
    """Another time or place."""

    act: Literal["replan"]
    held_on: date
    begins: Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    place: Reason
    chair: Annotated[str, Field(max_length=100)] = ""
    members: Annotated[tuple[Name, ...], Field(max_length=60)] = ()


class SetAgenda(Request, frozen=True):
    """These steps of the queue, in this order."""

    act: Literal["agenda"]
    tasks: Annotated[tuple[Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")], ...], Field(max_length=60)]


class FilePaper(Request, frozen=True):
    """A paper for an item; a late one with the reason why the chair consents."""

    act: Literal["paper"]
    item_id: ItemId
    name: Annotated[str, Field(min_length=1, max_length=200)]
    consent: Text = ""


class Freeze(Request, frozen=True):
    """No more papers without the chair."""

    act: Literal["freeze"]


class Hold(Request, frozen=True):
    """The session is opened by those present."""

    act: Literal["hold"]
    present: Annotated[tuple[Name, ...], Field(max_length=60)]


class Recuse(Request, frozen=True):
    """Who takes no part in an item; experts: who stated to have no interest."""

    act: Literal["recuse"]
    item_id: ItemId
    recused: Annotated[tuple[RecusalEntry, ...], Field(max_length=60)] = ()
    no_interest: Annotated[tuple[Name, ...], Field(max_length=60)] = ()


class Decide(Request, frozen=True):
    """What was decided of an item. `answer` is the word of the step's own form, if another is meant than usual."""

    act: Literal["decide"]
    item_id: ItemId
    decision: Ruled
    opinion: Reason
    reason: Text = ""
    conditions: Annotated[tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=50)] = ()
    answer: Annotated[str, Field(max_length=60)] = ""
    ballots: Annotated[tuple[BallotEntry, ...], Field(max_length=60)] = ()
    statements: Annotated[tuple[StatementEntry, ...], Field(max_length=60)] = ()


class DraftMinutes(Request, frozen=True):
    """The text of the minutes; without one they are drafted from the record."""

    act: Literal["draft"]
    text: Annotated[str, Field(max_length=MOST_TEXT)] = ""


class Sign(Request, frozen=True):
    """One's name under the minutes; with the chair's, the cases get their resolutions."""

    act: Literal["sign"]


class HandOver(Request, frozen=True):
    """Once more, to the cases that have not got their resolutions."""

    act: Literal["hand"]


class Close(Request, frozen=True):
    """Nothing is left to be done; with a reason also if a case could not take its resolution."""

    act: Literal["close"]
    reason: Text = ""


class Cancel(Request, frozen=True):
    """The session is not held."""

    act: Literal["cancel"]
    reason: Reason


def _act_of(value: object) -> str | None:
    """Which act a request is for; told by hand, since requests look at the kind of each of their members first."""
    found = value.get("act") if isinstance(value, dict) else getattr(value, "act", None)
    return found if isinstance(found, str) else None


Act = Annotated[
    Annotated[Replan, Tag("replan")]
    | Annotated[SetAgenda, Tag("agenda")]
    | Annotated[FilePaper, Tag("paper")]
    | Annotated[Freeze, Tag("freeze")]
    | Annotated[Hold, Tag("hold")]
    | Annotated[Recuse, Tag("recuse")]
    | Annotated[Decide, Tag("decide")]
    | Annotated[DraftMinutes, Tag("draft")]
    | Annotated[Sign, Tag("sign")]
    | Annotated[HandOver, Tag("hand")]
    | Annotated[Close, Tag("close")]
    | Annotated[Cancel, Tag("cancel")],
    Discriminator(_act_of),
]


async def carry_out(deps: Deps, session: Session, entry: Act, *, who: Person, key: str | None) -> Session:  # noqa: PLR0911 - one case for each act
    """Do what is asked. Raises what the act raises."""
    now = deps.clock.now()
    match entry:
        case SetAgenda(tasks=tasks):
            return await keeping.set_agenda(deps, session, tuple(dict.fromkeys(tasks)), who=who, key=key)
        case Hold(present=present):
            return await keeping.hold(deps, session, present, who=who, key=key)
        case Decide():
            return await keeping.decide(deps, session, entry.item_id, _ruling(deps, entry, who), who=who, key=key)
        case DraftMinutes(text=text):
            return await keeping.draft(deps, session, text.strip() or None, who=who, key=key)
        case Sign():
            return await keeping.sign(deps, session, who=who, key=key)
        case HandOver():
            await keeping.may_keep(deps, session, who)
            return await keeping.hand_all(deps, session)
        case Replan():
            return await keeping.replan(deps, session, _plan(entry), who=who, key=key)
        case FilePaper() | Freeze() | Recuse() | Close() | Cancel():
            return await keeping.keep(
                deps,
                session.session_id,
                lambda fresh: _changed(fresh, entry, who, now),
                who=who,
                name=entry.act,
                key=key,
            )
        case _:
            assert_never(entry)


def _changed(
    session: Session, entry: FilePaper | Freeze | Recuse | Close | Cancel, who: Person, now: datetime
) -> Written:
    match entry:
        case FilePaper(item_id=item_id, name=name, consent=consent):
            return planning.paper_filed(session, item_id, name.strip(), Consent(consent.strip()), by=who.code, at=now)
        case Freeze():
            return planning.frozen(session, at=now)
        case Recuse(item_id=item_id):
            recusals = [Recusal(person=each.person, reason=each.reason) for each in entry.recused]
            return holding.recused(session, item_id, recusals, entry.no_interest)
        case Close(reason=reason):
            return minutes.closed(session, reason=reason.strip(), at=now)
        case Cancel(reason=reason):
            return planning.cancelled(session, reason=reason, at=now)
        case _:
            assert_never(entry)


def _plan(entry: Replan) -> Plan:
    return Plan(entry.held_on, time.fromisoformat(entry.begins), entry.place, entry.chair, entry.members)


def _ruling(deps: Deps, entry: Decide, who: Person) -> Ruling:
    return Ruling(
        decision=entry.decision,
        opinion=entry.opinion,
        reason=entry.reason.strip(),
        conditions=entry.conditions,
        answer=entry.answer,
        ballots=tuple(Ballot(person=each.person, vote=each.vote) for each in entry.ballots),
        statements=tuple(Statement(**each.model_dump()) for each in entry.statements),
        recorded_by=who.code,
        recorded_at=deps.clock.now(),
    )
