"""From the files of a definition to a bundle that can be run, or to findings that say why not."""

from collections.abc import Callable, Collection, Container, Mapping
from dataclasses import dataclass
from hashlib import sha256
from posixpath import basename
from typing import Final

from lxml import etree

from services.workflow.engine.decisions.graphs import Decision, read_decisions
from services.workflow.engine.decisions.overlaps import check_table
from services.workflow.engine.decisions.tables import Table
from services.workflow.engine.diagrams.model import Process
from services.workflow.engine.diagrams.reading import read_diagram
from services.workflow.engine.documents import read_xml
from services.workflow.engine.findings import Report
from services.workflow.engine.models import Finding, Severity
from services.workflow.engine.rules.calls import called_by, check_calls
from services.workflow.engine.rules.dataflow import check_dataflow, check_fields
from services.workflow.engine.rules.elements import check_elements
from services.workflow.engine.rules.forms import check_forms
from services.workflow.engine.rules.prefills import check_prefills
from services.workflow.engine.rules.scopes import check_scopes
from services.workflow.engine.rules.settings import check_settings
from services.workflow.engine.rules.soundness import check_soundness
from services.workflow.engine.rules.standard import check_standard, is_standard
from services.workflow.engine.rules.structure import check_drawing, check_structure
from services.workflow.engine.rules.texts import check_calendar_days, check_names, check_texts, check_timer_words
from services.workflow.engine.rules.triggers import check_triggers
from services.workflow.engine.running.building import build
from services.workflow.engine.running.plans import Plan

MAX_FILES: Final = 500
MAX_TOTAL: Final = 15 * 2**20
MAX_NODES: Final = 1_000
"""Elements in all processes of a definition: the rules look at many of them in pairs."""


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """The runnable processes and decisions of one version. Built once, shared by every instance, never changed."""

    sha256: str
    processes: Mapping[str, Process]
    decisions: Mapping[str, Table | Decision]
    specs: Mapping[str, Plan]

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
    """Compile the files of a definition by the engine's rules and the house's.

    `.bpmn` and `.dmn` files are read wherever they lie, forms as `forms/<key>.json` beside the diagram or at the top;
    shared processes are given among the files. Never raises: what is wrong with the files is in the findings.
    """
    return _compiled(files, _house_rules)


def compile_diagrams(files: Mapping[str, bytes]) -> Compiled:
    """Compile by the engine's rules alone: what runs right is accepted, whoever is to do it."""
    return _compiled(files, lambda _report, _read, _files: None)


def is_too_large(processes: Collection[Process]) -> bool:
    """Say whether processes have more elements together than can be looked at in a moment."""
    return sum(map(_nodes, processes)) > MAX_NODES


def _nodes(process: Process) -> int:
    return 1 + sum(1 for _ in process.body.all_nodes())


@dataclass(slots=True)
class _Read:
    """What was read from the files."""

    processes: dict[str, Process]
    tables: dict[str, Table | Decision]
    homes: dict[str, str]
    drawings: dict[str, etree._Element]


_Files = Mapping[str, bytes]


def _compiled(files: _Files, house_rules: Callable[[Report, _Read, _Files], None]) -> Compiled:
    report = Report()
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_TOTAL:
        report.say("GH-E010", "", files=MAX_FILES, limit=MAX_TOTAL // 2**20)
        return Compiled(None, report.sorted())
    read = _Read({}, {}, {}, {})
    for name in sorted(files):
        _read_file(report.at(name), read, files[name])
    if is_too_large(read.processes.values()):
        largest, count = max(read.processes.values(), key=_nodes), sum(map(_nodes, read.processes.values()))
        report.at(largest.file).say("GH-E011", largest.id, count=count, limit=MAX_NODES)
        return Compiled(None, tuple(report.findings))
    _engine_rules(report, read)
    house_rules(report, read, files)
    if report.errors:
        return Compiled(None, report.sorted())
    specs: dict[str, Plan] = {}
    for process in read.processes.values():
        specs |= build(process, read.tables)
    return Compiled(Bundle(digest(files), read.processes, read.tables, specs), report.sorted())


def _read_file(report: Report, read: _Read, content: bytes) -> None:
    kind = basename(report.file).rpartition(".")[2].lower()
    if kind not in ("bpmn", "dmn"):
        return
    root = read_xml(report, content)
    if root is None:
        return
    if kind == "dmn":
        for table in read_decisions(report, root):
            if table.id in read.tables:
                report.say("GH-E507", table.id, decision=table.id, other=read.homes[table.id])
            read.tables[table.id] = table
            read.homes[table.id] = report.file
        return
    read.drawings[report.file] = root
    for process in read_diagram(report, root).processes:
        if not process.executable:
            continue  # a pool drawn for the reader only
        if process.id in read.processes:
            report.say("GH-E009", process.id, process=process.id, other=read.processes[process.id].file)
        read.processes[process.id] = process


def _engine_rules(report: Report, read: _Read) -> None:
    for file, root in read.drawings.items():
        check_standard(report.at(file), root)
    if not read.processes and not report.errors:
        report.say("GH-E005", "")
    for process in read.processes.values():
        page = report.at(process.file)
        check_structure(page, process.body)
        check_elements(page, process.body)
        check_scopes(page, process.body)
        check_texts(page, process)
        check_timer_words(page, process, read.processes)
    check_calls(report, read.processes, read.tables)
    for decision in read.tables.values():
        table = decision if isinstance(decision, Table) else decision.table
        if table is not None:
            check_table(report.at(read.homes[decision.id]), table)


def _house_rules(report: Report, read: _Read, files: Mapping[str, bytes]) -> None:
    inputs = {key: table.names() for key, table in read.tables.items()}
    called = {name for process in read.processes.values() for name in called_by(process)}
    _alone(report, read, called)
    for process in read.processes.values():
        page = report.at(process.file)
        check_drawing(page, process.body)
        check_triggers(page, process, called=process.id in called)
        check_settings(page, process, called=process.id in called)
        check_forms(page, process, files)
        check_names(page, process, read.processes, inputs)
        check_dataflow(page, process, read.processes, inputs)
        check_fields(page, process, read.processes, files)
        check_prefills(page, process, read.processes, files)
        check_calendar_days(page, process)
    if all(is_standard(finding.rule) for finding in report.findings if finding.severity is Severity.ERROR):
        for process in read.processes.values():
            check_soundness(report.at(process.file), process.body)


def _alone(report: Report, read: _Read, called: Container[str]) -> None:
    """Check that it is plain which process of a file is the one to start."""
    for file in sorted({process.file for process in read.processes.values()}):
        roots = [key for key, process in read.processes.items() if process.file == file and key not in called]
        if len(roots) > 1:
            report.at(file).say("GH-E006", roots[1], processes=", ".join(roots))
