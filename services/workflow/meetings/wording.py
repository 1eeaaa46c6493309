"""A resolution in the words of the form of the step that waits for it: each permit may have a form of its own. Pure."""

from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel

from services.workflow.instances.resolutions import Ruled
from services.workflow.meetings.bodies import MeetingBody
from services.workflow.meetings.holding import present_voices
from services.workflow.meetings.models import Item, Ruling, Session

_FIELDS: Final = ("conclusion", "result", "decision")
"""Where a form asks what was decided."""

_AGREED: Final = ("agreed", "agree", "approved", "passed")
_WORDS: Final[Mapping[Ruled, tuple[str, ...]]] = {
    Ruled.AGREE: _AGREED,
    Ruled.AGREE_IN_PRINCIPLE: ("approved_in_principle", "agreed_in_principle", "passed_with_changes", *_AGREED),
    Ruled.DEFER: (),
    Ruled.RETURN: ("returned", "deferred"),
    Ruled.DISAGREE: ("disagreed", "disagree", "rejected", "not_supported", "not_passed"),
}
"""By which word a form takes a decision: the first that it offers."""

_WITH_CONDITIONS: Final = ("conditions", "changes")


def choices_of(form: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """The field of a form that asks for the decision, and the words it takes; empty if it asks for none."""
    for name in _FIELDS:
        offered = _properties(form).get(name, {}).get("oneOf", ())
        words = tuple(str(each["const"]) for each in offered if isinstance(each, Mapping) and "const" in each)
        if words:
            return name, words
    return "", ()


class Choice(BaseModel, frozen=True):
    """A word by which the form of a step takes a decision, as people read it."""

    value: str
    title: str
    title_en: str


def offered_by(form: Mapping[str, Any]) -> tuple[Choice, ...]:
    """The words that a form takes, for whoever records a decision that is none of the usual."""
    name, words = choices_of(form)
    entries = {each.get("const"): each for each in _properties(form).get(name, {}).get("oneOf", ())}
    titles = ((word, entries[word].get("title", word), entries[word].get("x-title-en", word)) for word in words)
    return tuple(Choice(value=word, title=str(zh), title_en=str(en)) for word, zh, en in titles)


def answers_for(
    form: Mapping[str, Any], session: Session, body: MeetingBody, item: Item, ruling: Ruling
) -> dict[str, Any]:
    """The form filled in with what the meeting decided; the form itself says whether that is enough."""
    name, words = choices_of(form)
    word = ruling.answer or next((each for each in _WORDS[ruling.decision] if each in words), "")
    conditions = list(dict.fromkeys(ruling.conditions))
    known: dict[str, Any] = {
        "held_on": session.held_on.isoformat(),
        "minutes_no": session.number,
        "body": body.body_id,
        "opinion": ruling.opinion,
        "summary": ruling.opinion,
        "experts": list(present_voices(session, item)),
        "no_interest": True,
        **({name: word} if name and word else {}),
        **({"reason": ruling.reason} if ruling.reason else {}),
        **(dict.fromkeys(_WITH_CONDITIONS, conditions) if ruling.decision is Ruled.AGREE_IN_PRINCIPLE else {}),
    }
    asked = _properties(form)
    return {field: value for field, value in known.items() if field in asked}


def _properties(form: Mapping[str, Any]) -> Mapping[str, Any]:
    found = form.get("properties", {})
    return found if isinstance(found, Mapping) else {}
