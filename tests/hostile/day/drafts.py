"""Papers come as files: at the window, and with applications that are filed online."""

from typing import Any, Final

from tests.hostile.ledger import Ledger
from tests.hostile.situation import APPLICANT, PAPER, SCAN, WORKS, Situation, refused
from tests.intake.papers import BOMB, EXE

_HANDING_IN: Final = "intake POST /cases/{case_no}/papers/{paper}/files"
_DRAFT_FILE: Final = "intake POST /public/draft/papers/{paper}/files"
_REMOVING: Final = "intake DELETE /public/draft/files/{upload_id}"
_NAMED: Final = {"name": "乙.pdf"}
_KEY: Final = {"Idempotency-Key": "filing-0001"}
_PAPER: Final = {"paper": PAPER}
_BAD: Final = (
    ("乙.pdf", EXE),
    ("乙.docx", BOMB),
    ("../../乙.pdf.exe", SCAN),
    ("..", SCAN),
    ("乙.pdf", b""),
)
"""A program, a bomb, a path, no name, nothing."""


async def handed_in(ledger: Ledger, situation: Situation) -> None:
    """At the window: taken, and taken again; what is no paper is refused; a case that is over takes nothing."""
    names = {"case_no": situation.case_no} | _PAPER
    known = {"case_no": situation.case_no, "query_password": situation.password}
    await ledger.ask(409, "intake POST /public/corrections", None, json=known)
    for _ in range(2):
        await ledger.ask(201, _HANDING_IN, names=names, params=_NAMED, content=SCAN + b"%%EOF")
    for name, content in _BAD:
        await ledger.ask(415, _HANDING_IN, names=names, params={"name": name}, content=content)
    over = await refused(ledger.city)
    await ledger.ask(409, _HANDING_IN, names=names | {"case_no": over.case_no}, params=_NAMED, content=SCAN)


async def filed(ledger: Ledger, _situation: Situation) -> None:
    """A draft is begun, left, opened, filled, filed once, and closed from then on; its key is for no other."""
    begun, other = [await _begun(ledger) for _ in range(2)]
    known = {"draft_no": begun["draft_no"], "password": begun["password"]}
    opened = (await ledger.ask(200, "intake POST /public/drafts/open", None, json=known)).json()
    for token in (opened["token"], other["token"]):
        await _filled(ledger, token)
    held = {"Draft-Token": opened["token"]}
    await ledger.ask(200, "intake POST /public/draft/filing", None, headers=held | _KEY, json={"truthful": True})
    foreign = {"Draft-Token": other["token"]} | _KEY
    await ledger.ask(409, "intake POST /public/draft/filing", None, headers=foreign, json={"truthful": True})
    for part, entry in _sections():
        await ledger.ask(409, f"intake PUT /public/draft/{part}", None, headers=held, json=entry)
    await ledger.ask(409, _DRAFT_FILE, None, names=_PAPER, headers=held, params=_NAMED, content=SCAN)
    await ledger.ask(409, _REMOVING, None, names={"upload_id": "0" * 24}, headers=held)


async def _begun(ledger: Ledger) -> dict[str, Any]:
    entry = {"item_code": WORKS["item_code"], "situation": WORKS["situation"]}
    begun: dict[str, Any] = (await ledger.ask(201, "intake POST /public/drafts", None, json=entry)).json()
    return begun


async def _filled(ledger: Ledger, token: str) -> None:
    held = {"Draft-Token": token}
    for part, entry in _sections():
        await ledger.ask(200, f"intake PUT /public/draft/{part}", None, headers=held, json=entry)
    for name, content in _BAD:
        await ledger.ask(415, _DRAFT_FILE, None, names=_PAPER, headers=held, params={"name": name}, content=content)
    for _ in range(2):
        answer = await ledger.ask(201, _DRAFT_FILE, None, names=_PAPER, headers=held, params=_NAMED, content=SCAN)
    names = {"upload_id": answer.json()["files"][0]["upload_id"]}
    await ledger.ask(200, _REMOVING, None, names=names, headers=held)
    await ledger.ask(201, _DRAFT_FILE, None, names=_PAPER, headers=held, params=_NAMED, content=SCAN)
    await ledger.ask(200, "intake GET /public/draft", None, headers=held)


def _sections() -> tuple[tuple[str, dict[str, Any]], ...]:
    return ("applicant", dict(APPLICANT)), ("project", {"title": WORKS["title"]})
