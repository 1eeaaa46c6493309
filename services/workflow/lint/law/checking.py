"""Asks every law of a permit and notes what breaks it."""

from collections.abc import Collection, Mapping

from services.workflow.definitions.items import ItemFile
from services.workflow.engine.diagrams.model import Process
from services.workflow.lint.law.permits import Form, Permit
from services.workflow.lint.law.rules import LAWS
from services.workflow.lint.reports import Report


def check_law(
    report: Report,
    item: ItemFile | None,
    processes: Collection[Process],
    *,
    forms: Mapping[str, Form],
    files: Mapping[str, bytes],
) -> None:
    """Note every breach of law. `forms` are those that can be filled in, by path."""
    permit = Permit(item, {process.id: process for process in processes}, forms, files)
    for law in LAWS:
        if law.licences and not permit.is_licence:
            continue
        for breach in law.check(permit):
            report.say(law.id, breach.file, breach.element, article=law.article, **breach.values)
