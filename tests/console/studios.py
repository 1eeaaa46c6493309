"""Processes of its own for each test of the studio: what one deploys changes nothing for the others."""

from itertools import count
from pathlib import Path
from typing import Any, Final

from services.workflow.definitions.files import in_folder
from tests.console.office import Desk, Office
from tests.support.process import ROOT
from tests.support.wait import wait_until

HOME: Final = ROOT / "bpmn"
IT: Final = "u.it"
_MODEL: Final = "township-opinion"
_NUMBERS: Final = count(1)


def texts(folder: Path) -> dict[str, str]:
    """The files of a process folder as they are deployed."""
    return {path: content.decode() for path, content in in_folder(folder).items()}


async def process(console: Office) -> str:
    """A small process with one walk, active as its first version. Gives its key."""
    number = next(_NUMBERS)
    key = f"studio-{number}"
    files = {
        path: text.replace(_MODEL, key).replace('code = "PT12"', f'code = "PT7{number:02}"')
        for path, text in texts(HOME / _MODEL).items()
        if not path.startswith("walks/") or path == "walks/village-house.toml"
    }
    deployed = await console.api.call(
        "POST", "workflow", "/definitions", who=IT, body={"files": files}, query={"activate": "true"}
    )
    assert (deployed["key"], deployed["version"], deployed["active"]) == (key, 1, True)
    return key


async def definition(console: Office, key: str) -> dict[str, Any]:
    """A process as the workflow service has it."""
    found: dict[str, Any] = await console.api.call("GET", "workflow", f"/definitions/{key}", who=IT)
    return found


async def drawn(desk: Desk, key: str) -> str:
    """The diagram of the draft."""
    return (await desk.get(f"/studio/{key}/file", path="diagram.bpmn")).text


async def put(desk: Desk, key: str, text: str, *, path: str = "diagram.bpmn", read: str = "") -> Any:
    """Save a file of the draft as the editor does."""
    headers = {"X-CSRF": desk.csrf, "If-Match": read}
    return await desk.client.put(f"/studio/{key}/draft", params={"path": path}, content=text, headers=headers)


async def limit_set(desk: Desk, key: str, element: str, days: int) -> None:
    """Set a step's limit in the table of settings."""
    answer = await desk.post(f"/studio/{key}/settings", **{"path": "diagram.bpmn", f"limit:{element}": days})
    assert answer.status_code == 303, answer.text


async def case_at_first_step(console: Office, key: str, *, title: str = "村民建房") -> str:
    """A case of the process that stands at its first step."""
    item = (await definition(console, key))["item"]
    papers = [
        {"code": one["code"], "originals": 1}
        for one in item["documents"]
        if one["mandatory"] and "village_house" in one["situations"]
    ]
    body = {
        "item_code": item["code"],
        "situation": "village_house",
        "township": "T01",
        "title": title,
        "applicant": {"kind": "person", "name": "周某", "id_no": "512002200001010018", "phone": "13800000002"},
        "documents": papers,
    }
    await wait_until(lambda: _is_offered(console, item["code"]), within=60)
    receipt = await console.api.call("POST", "intake", "/cases", who="u.town.window", body=body)
    case_no = str(receipt["case_no"])
    await wait_until(lambda: _stands(console, case_no), within=60)
    return case_no


async def _is_offered(console: Office, code: str) -> bool:
    known = await console.api.call("GET", "intake", "/items", who="u.town.window")
    return any(one["item"]["code"] == code for one in known)


async def _stands(console: Office, case_no: str) -> bool:
    answer = await console.api.send_any("GET", "workflow", f"/cases/{case_no}", who="u.head")
    return answer.is_success and answer.json()["status"] == "running"
