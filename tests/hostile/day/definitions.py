"""The life of a process: deployed, activated, tried out on some cases, rolled back to, retired."""

from typing import Final

from tests.hostile.ledger import Ledger
from tests.hostile.situation import Situation
from tests.workflow.bundle_support import bundle, diagram, item

_OF: Final = "workflow {} /definitions/{{key}}"
_WHY: Final = {"reason": "修订"}
_THIRD: Final = {"key": "third-permit"}


def _files(key: str, *, name: str = "承办审查") -> dict[str, dict[str, str]]:
    drawing = diagram().replace('id="small-permit"', f'id="{key}"').replace("承办审查", name)
    return {"files": bundle(diagram_bpmn=drawing, item_toml=item(key=key, code="PT-93"))}


async def deployed(ledger: Ledger, _situation: Situation) -> None:
    """Deployed, deployed again, activated; another process wants its item."""
    third = _files("third-permit")
    await ledger.ask(200, "workflow POST /lint", json=third)
    await ledger.ask(200, "workflow POST /lint/form", json={"text": "{}"})
    for status in (201, 200):
        await ledger.ask(status, "workflow POST /definitions", json=third)
    names = {**_THIRD, "number": "1"}
    await ledger.ask(200, _OF.format("POST") + "/versions/{number}/walks", names=names)
    await ledger.ask(200, _OF.format("POST") + "/versions/{number}/activate", names=names)
    await ledger.ask(409, "workflow POST /definitions", json=_files("fourth-permit"), params={"activate": "true"})


async def tried_out(ledger: Ledger, _situation: Situation) -> None:
    """A second version carries some cases, then none, then all; then the first comes back."""
    await ledger.ask(201, "workflow POST /definitions", json=_files("third-permit", name="承办复审"))
    await ledger.ask(200, _OF.format("GET") + "/diff", names=_THIRD, params={"from": "1", "to": "2"})
    canary, end = _OF.format("PUT") + "/canary", _OF.format("POST") + "/canary/end"
    await ledger.ask(409, canary, names=_THIRD, json={"version": 1, "share": 50, **_WHY})
    await ledger.ask(200, canary, names=_THIRD, json={"version": 2, "share": 50, **_WHY})
    for status in (200, 409):
        await ledger.ask(status, end, names=_THIRD, json=_WHY)
    rollback = _OF.format("POST") + "/rollback"
    await ledger.ask(409, rollback, names=_THIRD, json={"version": 2, **_WHY})
    await ledger.ask(200, _OF.format("POST") + "/versions/{number}/activate", names={**_THIRD, "number": "2"})
    await ledger.ask(200, rollback, names=_THIRD, json={"version": 1, **_WHY})
    await ledger.ask(200, _OF.format("GET") + "/changes", names=_THIRD)


async def retired(ledger: Ledger, _situation: Situation) -> None:
    """No new case follows it any more."""
    await ledger.ask(200, _OF.format("POST") + "/retire", names=_THIRD, json=_WHY)
