"""Lint of a whole bundle: the engine's own findings, and the bureau's rules on top."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from services.workflow.definitions.callers import alone, shared_processes
from services.workflow.definitions.files import BundleRefused, checked, in_folder, is_shelf, on_shelf
from services.workflow.definitions.items import ItemFile
from services.workflow.definitions.sharing import SHARED
from services.workflow.engine import findings as engine_findings
from services.workflow.engine.bundles import compile_bundle, is_too_large
from services.workflow.engine.diagrams.model import Process
from services.workflow.engine.diagrams.reading import read_diagram
from services.workflow.engine.documents import read_xml
from services.workflow.engine.models import Finding, Severity
from services.workflow.lint.forms import check_forms
from services.workflow.lint.items import check_item
from services.workflow.lint.law.checking import check_law
from services.workflow.lint.limits import check_limits
from services.workflow.lint.reports import Report
from services.workflow.lint.settings import Known, check_settings


def lint_folder(folder: Path | str, *, posts: Collection[str] | None = None) -> tuple[Finding, ...]:
    """Everything wrong with a process folder, gravest first; needs no server. Without `posts` none is looked up."""
    try:
        if is_shelf(Path(folder)):
            return _lint_shelf(on_shelf(Path(folder)), posts=posts)
        files = in_folder(Path(folder))
    except BundleRefused as refused:
        return (_of_refusal(refused),)
    return lint_files(files, posts=posts)


def _lint_shelf(shelf: Mapping[str, bytes], *, posts: Collection[str] | None) -> tuple[Finding, ...]:
    """Everything wrong with the shared processes: each is judged in a permit that calls it alone."""
    processes = shared_processes(shelf)
    bundles = {key: alone(process, shelf) for key, process in processes.items()}
    read = {process.file for process in processes.values()}
    unread = {path: content for path, content in shelf.items() if path.endswith(".bpmn") and path not in read}
    found = [each for path, content in unread.items() for each in compile_bundle({path: content}).findings]
    for key, files in bundles.items():
        home = processes[key].file
        found += [_at(each, each.file if each.file in shelf else home) for each in lint_files(files, posts=posts)]
    report = Report()
    used = {path for files in bundles.values() for path in files}
    for path in sorted(shelf.keys() - used):
        if path.endswith(".json"):
            report.say("GH-W722", path)
    return in_order([_at(each, each.file.removeprefix(SHARED)) for each in (*found, *report.findings)])


def _at(finding: Finding, file: str) -> Finding:
    return replace(finding, file=file)


def lint_files(files: Mapping[str, bytes], *, posts: Collection[str] | None = None) -> tuple[Finding, ...]:
    """Everything wrong with the files of a definition, gravest first. Never raises, whatever they hold."""
    try:
        known = checked(files)
    except BundleRefused as refused:
        return (_of_refusal(refused),)
    compiled = compile_bundle(known)
    return in_order((*compiled.findings, *bureau_findings(known, posts=posts)))


def bureau_findings(files: Mapping[str, bytes], *, posts: Collection[str] | None = None) -> tuple[Finding, ...]:
    """What the bureau's own rules find, without what the engine has to say."""
    report = Report()
    item = check_item(report, files)
    processes = [process for path, content in files.items() for process in _processes(path, content)]
    if is_too_large(processes):
        return tuple(report.findings)  # the engine says so
    for process in processes:
        check_settings(report, process, Known(posts))
    forms = check_forms(report, files, processes)
    check_law(report, item, processes, forms=forms, files=files)
    if item is not None:
        _check_main(report, item, processes)
    return tuple(report.findings)


def in_order(findings: Collection[Finding]) -> tuple[Finding, ...]:
    """Errors before warnings, then by file and element; each once."""
    grave = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.INFO: 2}
    return tuple(sorted(dict.fromkeys(findings), key=lambda each: (grave[each.severity], each.file, each.rule)))


def _processes(path: str, content: bytes) -> tuple[Process, ...]:
    """The processes of a file as far as they can be read; what cannot is the engine's to tell."""
    if not path.endswith(".bpmn"):
        return ()
    unheard = engine_findings.Report(path)
    root = read_xml(unheard, content)
    return () if root is None else read_diagram(unheard, root).processes


def _check_main(report: Report, item: ItemFile, processes: Collection[Process]) -> None:
    own = [process for process in processes if not process.file.startswith(SHARED)]
    main = next((process for process in own if process.id == item.key and process.executable), None)
    if main is None:
        report.say("GH-E725", own[0].file if own else "diagram.bpmn", key=item.key)
        return
    bodies = {process.id: process.body for process in processes if process is not main}
    check_limits(report, main, item, bodies)


def _of_refusal(refused: BundleRefused) -> Finding:
    values = refused.values
    return Finding(
        "",
        "",
        "GH-E700",
        Severity.ERROR,
        refused.zh.format_map(values),
        refused.en.format_map(values),
        refused.remedy_zh,
        refused.remedy_en,
    )
