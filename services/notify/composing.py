"""From wording to message: who gets it, in which language, by which channels first, at once or later."""

from collections.abc import Sequence

from services.contracts.events import Said
from services.notify import messages
from services.notify.deps import Deps
from services.notify.messages import Message
from services.notify.preferences import channels_for, is_muted
from services.notify.states import State
from services.notify.templates import Template, Wording, word

_NOT_WANTED = "收件人选择不接收 / its recipient does not want to be told"


def composed(
    deps: Deps, said: Said, pairs: Sequence[tuple[Template, str]], *, event_id: str, link_id: str | None = None
) -> list[Message]:
    """The messages about an event, each as its recipient wants it."""
    wordings: dict[tuple[str, bool], Wording] = {}
    case_no, wall = getattr(said, "case_no", None), deps.clock.wall()
    made: list[Message] = []
    for template, recipient in pairs:
        choice = deps.preferences.of(recipient)
        key = (template.id, choice.language == "en")
        if key not in wordings:
            wordings[key] = word(template, said, english=key[1])
        wording = wordings[key].model_copy(update={"channels": channels_for(choice, template.channels)})
        message = messages.compose(
            wording, event_id=event_id, case_no=case_no, recipient=recipient, wall=wall, link_id=link_id
        )
        if is_muted(choice, template):
            message = messages.drop(message, State.SUPPRESSED, because=_NOT_WANTED)
        elif template.digest:
            message = deps.digests.place(message, minutes=choice.digest_minutes)
        made.append(message)
    return made
