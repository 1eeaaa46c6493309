"""Who is told, and by which ways: people of the bureau from the registry's facts, applicants from the window's."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.contracts.events import Said
from services.contracts.registry import PersonChanged
from services.contracts.words import Attendance, Role
from services.notify.books import Books
from services.notify.messages import Address
from services.notify.templates import Audience, Channel, Template


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person to be told, with the ways that the template asks for and the person has."""

    code: str
    addresses: tuple[Address, ...]


async def audience(books: Books, template: Template, said: Said) -> tuple[Recipient, ...]:
    """Everyone whom this template addresses about this event."""
    if template.to is Audience.APPLICANT:
        return await _applicant(books, said)
    people = await _people(books, template, said)
    wanted = [person for person in people if template.attendance in {None, person.attendance}]
    return tuple(Recipient(person.code, addresses(person, template.channels)) for person in wanted)


def addresses(person: PersonChanged, channels: Iterable[Channel]) -> tuple[Address, ...]:
    """The person's addresses for these channels, in their order."""
    by_channel = {Channel.SMTP: person.mail, Channel.SMS: person.phone, Channel.CHAT: person.chat}
    return tuple(Address(channel=channel, to=to) for channel in channels if (to := by_channel[channel]))


async def _applicant(books: Books, said: Said) -> tuple[Recipient, ...]:
    contact = await books.contact(said.key)
    if contact is None:
        return ()
    return (Recipient("applicant", (Address(channel=Channel.SMS, to=contact.phone),)),)


async def _people(books: Books, template: Template, said: Said) -> list[PersonChanged]:
    match template.to:
        case Audience.RECIPIENTS:
            return await books.people(getattr(said, "recipients", ()))
        case Audience.OPERATORS:
            return await books.with_role(Role.OPERATOR)
        case _:
            return await _task_people(books, template, said)


async def _task_people(books: Books, template: Template, said: Said) -> list[PersonChanged]:
    """The assignee, or all holders of the post; deputies of the absent stand in for ordinary work."""
    assignee, post = getattr(said, "assignee", None), f"{getattr(said, 'post', '')}@{getattr(said, 'department', '')}"
    holders = await books.people((assignee,)) if assignee else await books.holders(post)
    if template.link:
        return holders
    deputies = [p.deputy for p in holders if p.attendance is Attendance.OUT_OF_OFFICE and p.deputy]
    known = {person.code for person in holders}
    return holders + [person for person in await books.people(deputies) if person.code not in known]
