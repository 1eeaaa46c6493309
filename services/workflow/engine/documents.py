"""Safe reading of XML that others wrote: no DOCTYPE, no entities, no network, bounded in size and depth."""

from typing import Any, Final

from lxml import etree

from services.workflow.engine.findings import Report

MAX_BYTES: Final = 4 * 2**20
MAX_ELEMENTS: Final = 60_000


def read_xml(report: Report, content: bytes) -> etree._Element | None:
    """Read a file, or say in the report why it cannot be read. Never raises, never fetches, never expands."""
    if len(content) > MAX_BYTES:
        report.say("GH-E001", "", size=len(content) // 1024, limit=MAX_BYTES // 1024)
        return None
    if _declares(content):
        report.say("GH-E003", "")
        return None
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError, AssertionError) as error:
        report.say("GH-E002", "", reason=_one_line(error))
        return None
    information: Any = root.getroottree().docinfo
    if information.doctype:  # in an encoding the search above does not know
        report.say("GH-E003", "")
        return None
    if sum(1 for _ in root.iter()) > MAX_ELEMENTS:
        report.say("GH-E001", "", size=len(content) // 1024, limit=MAX_BYTES // 1024)
        return None
    return root


def text_of(element: etree._Element | None) -> str:
    """Give the text of an element and of all below it, stripped; empty when there is no element."""
    return "" if element is None else "".join(str(part) for part in element.itertext()).strip()


def _declares(content: bytes) -> bool:
    """Say whether a document type or an entity is declared, in any of the encodings XML begins with."""
    for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
        if "<!DOCTYPE".encode(encoding) in content or "<!ENTITY".encode(encoding) in content:
            return True
    return False


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
