"""Compares the files of two versions."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from services.workflow.definitions.differences.diagrams import diagram_differences
from services.workflow.definitions.differences.forms import form_differences
from services.workflow.definitions.differences.items import item_differences
from services.workflow.definitions.differences.models import Difference, Kind
from services.workflow.definitions.differences.tables import table_differences
from services.workflow.definitions.differences.words import Word
from services.workflow.definitions.items import ITEM_FILE, read_item
from services.workflow.engine.diagrams.model import Process
from services.workflow.engine.diagrams.reading import read_diagram
from services.workflow.engine.documents import read_xml
from services.workflow.engine.findings import Report

Files = Mapping[str, bytes]

_DIAGRAM, _TABLE, _FORM, _WALK = ".bpmn", ".dmn", ".json", "walks/"
_COMPARED: Final[Mapping[str, Callable[[str, bytes, bytes], Iterator[Difference]]]] = {
    _TABLE: table_differences,
    _FORM: form_differences,
}


def differences(old: Files, new: Files) -> list[Difference]:
    """Everything that differs between two versions: the item, the diagrams in the order of their flow, forms, tables.

    How a diagram is laid out, and how a file is written, makes no difference.
    """
    found = list(item_differences(read_item(old[ITEM_FILE]), read_item(new[ITEM_FILE])))
    found += diagram_differences(processes_of(old), processes_of(new))
    for path in sorted(old.keys() | new.keys()):
        if path != ITEM_FILE and not path.endswith(_DIAGRAM) and old.get(path) != new.get(path):
            found += _of_file(path, old.get(path), new.get(path))
    return found


def processes_of(files: Files) -> dict[str, Process]:
    """The executable processes of a version, by id."""
    found: dict[str, Process] = {}
    for path in sorted(files):
        if path.endswith(_DIAGRAM):
            report = Report(path)
            root = read_xml(report, files[path])
            processes = () if root is None else read_diagram(report, root).processes
            found |= {process.id: process for process in processes if process.executable}
    return found


def _of_file(path: str, old: bytes | None, new: bytes | None) -> Iterator[Difference]:
    what = Word("走查", "walk") if path.startswith(_WALK) else Word("文件", "file")
    if old is None:
        yield _tell(Kind.FILE_ADDED, path, Word(f"新增{what.zh}“{path}”", f"new {what.en} “{path}”"))
    elif new is None:
        yield _tell(Kind.FILE_REMOVED, path, Word(f"删除{what.zh}“{path}”", f"{what.en} “{path}” removed"))
    else:
        compare = next((compare for kind, compare in _COMPARED.items() if path.endswith(kind)), None)
        if compare is not None:
            yield from compare(path, old, new)
        else:
            yield _tell(Kind.FILE_CHANGED, path, Word(f"{what.zh}“{path}”有改动", f"{what.en} “{path}” changed"))


def _tell(kind: Kind, path: str, words: Word) -> Difference:
    return Difference(kind=kind, file=path, zh=words.zh, en=words.en)
