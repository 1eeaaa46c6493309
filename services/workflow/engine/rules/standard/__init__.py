"""The constraints of the BPMN 2.0 standard, whoever drew the diagram and whatever the engine can run.

Each module checks one part of a file by its XML, before anything is read into the model; `catalogue.toml` holds the
words. The numbers of the rules begin with 6. What the standard forbids and the engine's own rules say already
(`ALSO_STANDARD`) is not said twice.
"""

from typing import Final

from lxml import etree

from services.workflow.engine.findings import Report
from services.workflow.engine.rules.standard.activities import check_activities
from services.workflow.engine.rules.standard.associations import check_associations
from services.workflow.engine.rules.standard.calls import check_called
from services.workflow.engine.rules.standard.collaborations import check_collaborations
from services.workflow.engine.rules.standard.data import check_data
from services.workflow.engine.rules.standard.events import check_events
from services.workflow.engine.rules.standard.exchanged import check_exchanged
from services.workflow.engine.rules.standard.flows import check_flows
from services.workflow.engine.rules.standard.gateways import check_gateways
from services.workflow.engine.rules.standard.places import check_places
from services.workflow.engine.rules.standard.references import check_references
from services.workflow.engine.rules.standard.sheets import Sheet
from services.workflow.engine.rules.standard.spellings import check_spellings

ALSO_STANDARD: Final = frozenset(
    {
        "GH-E007",
        "GH-E008",
        "GH-E101",
        "GH-E106",
        "GH-E107",
        "GH-E109",
        "GH-E113",
        "GH-E118",
        "GH-E122",
        "GH-E205",
        "GH-E208",
        "GH-E404",
        "GH-E406",
    }
)
"""Rules of the engine that say no more than the standard does."""

_CHECKS: Final = (
    check_spellings,
    check_references,
    check_places,
    check_flows,
    check_gateways,
    check_events,
    check_activities,
    check_called,
    check_exchanged,
    check_data,
    check_associations,
    check_collaborations,
)


def check_standard(report: Report, root: etree._Element) -> None:
    """Check a BPMN file against the constraints of the standard. Never raises, whatever the XML is."""
    sheet = Sheet(report, root)
    for check in _CHECKS:
        check(sheet)


def is_standard(rule: str) -> bool:
    """Say whether a rule is one of the standard's, and not of this engine or this office."""
    return rule in ALSO_STANDARD or rule.startswith(("GH-E6", "GH-W6"))
