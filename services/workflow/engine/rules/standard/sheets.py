"""One BPMN file, looked at as the standard sees it: elements by tag and id, and which flows lead where."""

from collections import defaultdict
from collections.abc import Iterator

from lxml import etree

from services.workflow.engine.diagrams.dialect import BPMN
from services.workflow.engine.documents import text_of
from services.workflow.engine.findings import Report

_SPACE = f"{{{BPMN}}}"


def tag_of(element: etree._Element) -> str:
    """Give the tag of a BPMN element without its namespace; empty for another vocabulary's."""
    return element.tag.removeprefix(_SPACE) if element.tag.startswith(_SPACE) else ""


def local(reference: str | None) -> str:
    """Give the id a reference means; tools write it with or without a prefix."""
    return (reference or "").strip().rpartition(":")[2]


def child(element: etree._Element, tag: str) -> etree._Element | None:
    """Give the first child with a tag."""
    return element.find(_SPACE + tag)


def children(element: etree._Element, *tags: str) -> list[etree._Element]:
    """Give the children with one of these tags; all BPMN children when none is named."""
    return [each for each in element if (tag_of(each) in tags if tags else tag_of(each))]


def texts(element: etree._Element, tag: str) -> list[str]:
    """Give the ids that the children with a tag refer to."""
    return [local(each.text) for each in element.findall(_SPACE + tag)]


def is_yes(element: etree._Element, attribute: str, *, default: str = "false") -> bool:
    """Say whether an attribute says yes."""
    return element.get(attribute, default).strip() in ("true", "1")


class Sheet:
    """The elements of a file, but for those in a process that is not executable: these are for the reader only."""

    def __init__(self, report: Report, root: etree._Element) -> None:
        self._report = report
        self.root = root
        self.ids: dict[str, etree._Element] = {}
        self._by_tag: dict[str, list[etree._Element]] = defaultdict(list)
        for element in root.iter():
            tag = tag_of(element)
            if not tag:
                continue
            if found := element.get("id"):
                self.ids.setdefault(found, element)
            self._by_tag[tag].append(element)
        drawn_only = {id(each) for process in self._by_tag["process"] if not _runs(process) for each in process.iter()}
        if drawn_only:
            for tag, elements in self._by_tag.items():
                self._by_tag[tag] = [each for each in elements if id(each) not in drawn_only]
        self.incoming: dict[str, list[etree._Element]] = defaultdict(list)
        self.outgoing: dict[str, list[etree._Element]] = defaultdict(list)
        for flow in self._by_tag["sequenceFlow"]:
            self.outgoing[local(flow.get("sourceRef"))].append(flow)
            self.incoming[local(flow.get("targetRef"))].append(flow)

    def all(self, *tags: str) -> Iterator[etree._Element]:
        """Go through the elements with one of these tags."""
        for tag in tags:
            yield from self._by_tag.get(tag, ())

    def tags(self) -> list[str]:
        """Give the tags that occur."""
        return list(self._by_tag)

    def of(self, reference: str | None) -> etree._Element | None:
        """Give the element a reference means."""
        return self.ids.get(local(reference))

    def into(self, node: etree._Element) -> list[etree._Element]:
        """Give the sequence flows that lead to an element."""
        return self.incoming.get(node.get("id") or "", [])

    def out_of(self, node: etree._Element) -> list[etree._Element]:
        """Give the sequence flows that leave an element."""
        return self.outgoing.get(node.get("id") or "", [])

    def say(self, rule: str, element: etree._Element, **values: object) -> None:
        """Note a breach of a rule at an element, or at the nearest one around it that has an id."""
        found: etree._Element | None = element
        while found is not None and not found.get("id"):
            found = found.getparent()
        name = "" if found is None else found.get("name") or found.get("id") or ""
        self._report.say(rule, "" if found is None else found.get("id") or "", **({"name": name} | values))


def _runs(process: etree._Element) -> bool:
    return process.get("isExecutable", "true").strip() not in ("false", "0")


def words_of(element: etree._Element, tag: str) -> str:
    """Give the text of a child; empty when there is none."""
    return text_of(child(element, tag))
