"""Process folders of `bpmn/`: found, read and deployed through the workflow service's API."""

from pathlib import Path
from typing import Any

from services.local.client import Api
from services.workflow.definitions.files import in_folder


def find(folder: Path) -> list[Path]:
    """Every process folder below `folder`: those with an item.toml."""
    return sorted(path.parent for path in folder.glob("*/item.toml"))


def read(folder: Path) -> dict[str, str]:
    """The files of a process folder, and the shared processes that it calls. Editors' own are left out."""
    kinds = (".bpmn", ".dmn", ".json", ".toml")
    return {path: text.decode("utf-8") for path, text in in_folder(folder).items() if path.endswith(kinds)}


async def deploy(api: Api, folder: Path, *, who: str) -> dict[str, Any]:
    """Deploy and activate one process folder; the same bytes again are the same version. Raises Refusal."""
    definition: dict[str, Any] = await api.call(
        "POST", "workflow", "/definitions", who=who, body={"files": read(folder)}, query={"activate": "true"}
    )
    return definition
