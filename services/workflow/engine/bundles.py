"""From the files of a definition to a bundle that can be run, or to findings that say why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec

from services.workflow.engine.diagrams.model import Process
from services.workflow.engine.diagrams.reading import read_diagram
from services.workflow.engine.documents import read_xml
from services.workflow.engine.findings import Report
from services.workflow.engine.models import Finding
from services.workflow.engine.running.building import build

MAX_FILES: Final = 500
MAX_TOTAL: Final = 15 * 2**20


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """The runnable processes and decisions of one version. Built once, shared by every instance, never changed."""

    sha256: str
    processes: Mapping[str, Process]
    specs: Mapping[str, BpmnProcessSpec]

    @property
    def mark(self) -> bytes:
        """The first bytes of the hash, by which a state knows its bundle."""
        return bytes.fromhex(self.sha256[:32])


@dataclass(frozen=True, slots=True)
class Compiled:
    """What compiling gave: a bundle unless a finding is an error."""

    bundle: Bundle | None
    findings: tuple[Finding, ...]


def digest(files: Mapping[str, bytes]) -> str:
    """Give the name of a set of files: the same for the same names and bytes in any order."""
    total = sha256()
    for name in sorted(files):
        total.update(sha256(name.encode()).digest() + sha256(files[name]).digest())
    return total.hexdigest()


def compile_bundle(files: Mapping[str, bytes]) -> Compiled:
    """Compile the files of a definition by the engine's rules and the house's. Never raises."""
    report = Report()
    processes: dict[str, Process] = {}
    for name in sorted(files):
        if name.endswith(".bpmn"):
            page = report.at(name)
            root = read_xml(page, files[name])
            if root is not None:
                for process in read_diagram(page, root).processes:
                    processes[process.id] = process
    if report.errors:
        return Compiled(None, tuple(report.findings))
    specs: dict[str, Any] = {}
    for process in processes.values():
        specs |= build(process, {})
    return Compiled(Bundle(digest(files), processes, specs), tuple(report.findings))
