"""Plants one breach of law in the files of a real folder, by a small change that `planted.toml` declares."""

import json
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from lxml import etree

from services.workflow.definitions.files import in_folder
from tests.bpmn.bundles import BPMN, CAMUNDA, HOME

Table = dict[str, Any]

_TABLE: Final = Path(__file__).with_name("planted.toml")
_GONE: Final = "–"
"""The value of what is taken away."""


@dataclass(frozen=True, slots=True)
class Planted:
    """One breach: where it is planted, what is changed, and who must notice it where.

    `set` changes settings of an element (`–` takes one away), `attribute` its attributes, `lead` the target of a flow,
    `condition` its condition, `timer` what a boundary event waits for, `form` values in a form by their path, `text`
    words of a file. What is not in `diagram.bpmn` names its file.
    """

    what: str
    folder: str
    rule: str
    element: str
    file: str = "diagram.bpmn"
    found_in: str = ""
    set: Table = field(default_factory=dict)
    attribute: Table = field(default_factory=dict)
    lead: Table = field(default_factory=dict)
    condition: Table = field(default_factory=dict)
    timer: Table = field(default_factory=dict)
    form: Table = field(default_factory=dict)
    text: Table = field(default_factory=dict)

    @property
    def where(self) -> str:
        """The file in which it is found."""
        return self.found_in or self.file

    def files(self) -> dict[str, bytes]:
        """The folder's files with the breach in them."""
        files = in_folder(HOME / self.folder)
        if self.text:
            files[self.file] = self._reworded(files[self.file])
        for path, values in self.form.items():
            files[path] = _refilled(files[path], values)
        if self.set or self.attribute or self.lead or self.condition or self.timer:
            files[self.file] = self._redrawn(files[self.file])
        return files

    def _reworded(self, content: bytes) -> bytes:
        for old, new in self.text.items():
            assert content.count(old.encode()) == 1, (self.what, old)
            content = content.replace(old.encode(), new.encode())
        return content

    def _redrawn(self, content: bytes) -> bytes:
        root = etree.fromstring(content)
        by_id = {each.get("id"): each for each in root.iter() if each.get("id")}
        for element, settings in self.set.items():
            for name, value in settings.items():
                _set(by_id[element], name, value)
        for element, attributes in self.attribute.items():
            by_id[element].attrib.update(attributes)
        for flow, target in self.lead.items():
            assert target in by_id
            by_id[flow].set("targetRef", target)
        for changes, tag in ((self.condition, "conditionExpression"), (self.timer, "timeDate")):
            for element, text in changes.items():
                (found,) = by_id[element].iter(f"{BPMN}{tag}")
                found.text = text
        return etree.tostring(root)


def _set(element: etree._Element, name: str, value: str) -> None:
    (holder,) = element.findall(f"{BPMN}extensionElements/{CAMUNDA}properties")
    entries = {each.get("name"): each for each in holder}
    entry = entries.get(f"permit:{name}")
    if value == _GONE:
        assert entry is not None, name
        holder.remove(entry)
    elif entry is None:
        etree.SubElement(holder, f"{CAMUNDA}property", name=f"permit:{name}", value=value)
    else:
        entry.set("value", value)


def _refilled(content: bytes, values: Table) -> bytes:
    form = json.loads(content)
    for path, value in values.items():
        *above, last = path.split("/")
        holder = form
        for key in above:
            holder = holder[int(key) if isinstance(holder, list) else key]
        assert last in holder, path
        if value == _GONE:
            del holder[last]
        else:
            holder[last] = value
    return json.dumps(form, ensure_ascii=False).encode()


PLANTED: Final = tuple(Planted(**table) for table in tomllib.loads(_TABLE.read_text("utf-8"))["planted"])
