"""What a handler gets, and how a message becomes it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from pydantic import ValidationError

from services.contracts.events import Envelope, Said, stream_of

S_co = TypeVar("S_co", bound=Said, covariant=True)
D = TypeVar("D")


@dataclass(frozen=True, slots=True)
class Event(Generic[S_co]):
    """One thing said, with its envelope. `envelope.id` is the `cause` of what the handler saves."""

    envelope: Envelope
    said: S_co


Handler: TypeAlias = Callable[[D, Event[Any]], Awaitable[None]]
Hears: TypeAlias = Mapping[type[Said], Handler[D]]


class Unreadable(Exception):
    """The message is no event of the kind its subject promises; handling it again would not help."""


class Impostor(Unreadable):
    """Subject and envelope disagree about who speaks."""

    def __init__(self, subject: str, envelope: Envelope) -> None:
        super().__init__(f"on subject {subject} came event {envelope.id}, which says {envelope.nats_subject}")


def reason_of(error: Exception) -> str:
    """What went wrong, in one line, without the values that a validation found wrong: they may be personal."""
    if isinstance(error, ValidationError):
        found = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors(include_input=False))
        return f"{error.title}: {'; '.join(found)}"
    return f"{type(error).__name__}: {error}"


def read(wire: bytes | str, *, subject: str, hears: Mapping[type[Said], object]) -> Event[Any]:
    """The event in a message. Raises Unreadable.

    Subject and id must agree with the envelope: the broker checks who may publish on a subject, and nobody may
    speak, or use up an event's id, in another service's name.
    """
    try:
        envelope = Envelope.model_validate_json(wire)
        said = {kind.TYPE: kind for kind in hears}[envelope.type].model_validate(envelope.data)
    except (ValidationError, KeyError) as error:
        raise Unreadable(reason_of(error)) from error
    if subject != envelope.nats_subject or envelope.id.split(".")[0] != envelope.type.split(".")[1]:
        raise Impostor(subject, envelope)
    return Event(envelope, said)


def subjects_by_stream(hears: Mapping[type[Said], object]) -> dict[str, list[str]]:
    """The subjects to ask for, by the stream that carries them."""
    subjects: dict[str, list[str]] = {}
    for kind in hears:
        subjects.setdefault(stream_of(kind.TYPE), []).append(f"{kind.TYPE}.>")
    return subjects
