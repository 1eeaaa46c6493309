"""Which processes run below which (Linux)."""

from collections.abc import Iterator
from pathlib import Path


def descendants(pid: int) -> set[int]:
    """The ids of all processes below one, at any depth."""
    parents, found, below = dict(_parents()), set[int](), {pid}
    while below:
        below = {child for child, parent in parents.items() if parent in below} - found
        found |= below
    return found


def running(pids: set[int]) -> set[int]:
    """Those that run; a zombie does not."""
    return {pid for pid in pids if _state(pid) not in ("", "Z")}


def _parents() -> Iterator[tuple[int, int]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (fields := _stat(int(folder.name))):
            yield int(folder.name), int(fields[1])


def _state(pid: int) -> str:
    fields = _stat(pid)
    return fields[0] if fields else ""


def _stat(pid: int) -> list[str]:
    """The fields of `/proc/PID/stat` behind the program's name; empty when the process is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return []
    return text.rpartition(")")[2].split()
