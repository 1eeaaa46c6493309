"""Decision tables of the folders, as the engine reads them."""

from lxml import etree

from services.workflow.engine.decisions.graphs import read_decisions
from services.workflow.engine.decisions.tables import Table
from services.workflow.engine.findings import Report
from tests.bpmn.bundles import HOME


def table(name: str) -> Table:
    """The one table of a file, such as `vehicle-request/vehicle_rule`, which nothing is to be said against."""
    report = Report(f"{name}.dmn")
    (found,) = read_decisions(report, etree.parse(HOME / f"{name}.dmn").getroot())
    assert report.findings == []
    assert isinstance(found, Table)
    return found
