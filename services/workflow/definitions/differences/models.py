"""One difference between two versions."""

from enum import StrEnum

from pydantic import BaseModel


class Kind(StrEnum):
    """What became different."""

    ELEMENT_ADDED = "element-added"
    ELEMENT_REMOVED = "element-removed"
    ELEMENT_RENAMED = "element-renamed"
    ELEMENT_MOVED = "element-moved"
    ELEMENT_RETYPED = "element-retyped"
    SETTING_CHANGED = "setting-changed"
    FLOW_ADDED = "flow-added"
    FLOW_REMOVED = "flow-removed"
    CONDITION_CHANGED = "condition-changed"
    RULE_ADDED = "rule-added"
    RULE_REMOVED = "rule-removed"
    RULE_CHANGED = "rule-changed"
    FIELD_ADDED = "field-added"
    FIELD_REMOVED = "field-removed"
    FIELD_CHANGED = "field-changed"
    ITEM_CHANGED = "item-changed"
    FILE_ADDED = "file-added"
    FILE_REMOVED = "file-removed"
    FILE_CHANGED = "file-changed"


class Difference(BaseModel, frozen=True):
    """One difference: `element` of `file` in process `process`, what of it, from what to what, and the sentences.

    `after` is the step that comes before an added or moved element. None of these depends on how a diagram is laid
    out.
    """

    kind: Kind
    file: str = ""
    process: str = ""
    element: str = ""
    what: str = ""
    was: str | None = None
    now: str | None = None
    after: str | None = None
    zh: str
    en: str
