"""Process folders of `bpmn/`: found, read and deployed through the workflow service's API."""

from pathlib import Path
from typing import Any

from services.local.client import Api


def find(folder: Path) -> list[Path]:
    """Every process folder below `folder`: those with an item.toml."""
    return sorted(path.parent for path in folder.glob("*/item.toml"))


def read(folder: Path) -> dict[str, str]:
    """The files of a process folder, and the shared processes beside it as `shared/…`. Editors' own are left out."""
    shared = folder.parent / "shared"
    return _texts(folder) | {f"shared/{path}": text for path, text in _texts(shared).items()}


def _texts(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in {".bpmn", ".dmn", ".json", ".toml"}
    }


async def deploy(api: Api, folder: Path, *, who: str) -> dict[str, Any]:
    """Deploy and activate one process folder; the same bytes again are the same version. Raises Refusal."""
    definition: dict[str, Any] = await api.call(
        "POST", "workflow", "/definitions", who=who, body={"files": read(folder)}, query={"activate": "true"}
    )
    return definition
