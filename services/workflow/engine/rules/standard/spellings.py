"""How things are written: encoding, addresses, kinds of text, formal expressions, and yes-or-no conditions."""

import re
from typing import Any, Final

from lxml import etree

from services.workflow.engine.documents import text_of
from services.workflow.engine.rules.standard.sheets import Sheet, child, children, tag_of

_ENCODINGS: Final = frozenset({"", "UTF-8", "UTF8", "US-ASCII", "ASCII", "UTF-16", "UTF-16LE", "UTF-16BE"})
_ADDRESS: Final = re.compile(r"(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|[^\x00-\x7f]|%[0-9A-Fa-f]{2})*")
_KIND: Final = re.compile(r"[A-Za-z0-9][\w!#$&^.+-]*/[A-Za-z0-9][\w!#$&^.+-]*(\s*;.*)?")
_SCRIPTS: Final = frozenset(
    {
        "python",
        "guihua",
        "javascript",
        "ecmascript",
        "groovy",
        "juel",
        "feel",
        "java",
        "jruby",
        "ruby",
        "jython",
        "bash",
    }
)
"""Names that tools write for a script's language in place of its media type."""

_METHODS: Final = frozenset({"##Compensate", "##Image", "##Store", "compensate", "image", "store"})
_LITERAL: Final = re.compile(r"[-+]?\d+(\.\d+)?|\"[^\"]*\"|'[^']*'")
_INSTANCE: Final = "{http://www.w3.org/2001/XMLSchema-instance}type"


def check_spellings(sheet: Sheet) -> None:
    """Check how a file and what is written in it are spelt."""
    _encoding(sheet)
    for expression in sheet.all("conditionExpression", "formalExpression", "completionCondition", "loopCondition"):
        _address(sheet, expression, "language")
    for transaction in sheet.all("transaction"):
        if transaction.get("method") not in _METHODS:
            _address(sheet, transaction, "method")
    for note in sheet.all("textAnnotation"):
        written = note.get("textFormat")
        if written and not _KIND.fullmatch(written.strip()):
            sheet.say("GH-E605", note, attribute="textFormat", value=written)
    _scripts(sheet)
    _conditions(sheet)


def _encoding(sheet: Sheet) -> None:
    information: Any = sheet.root.getroottree().docinfo
    encoding = (information.encoding or "").upper()
    if encoding not in _ENCODINGS:
        sheet.say("GH-E601", sheet.root, encoding=encoding)


def _address(sheet: Sheet, element: etree._Element, attribute: str) -> None:
    written = element.get(attribute)
    if written is not None and not _ADDRESS.fullmatch(written.strip()):
        sheet.say("GH-E604", element, attribute=attribute, value=written)


def _scripts(sheet: Sheet) -> None:
    for task in sheet.all("scriptTask"):
        written = (task.get("scriptFormat") or "").strip()
        if written and written.lower() not in _SCRIPTS and not _KIND.fullmatch(written):
            sheet.say("GH-E605", task, attribute="scriptFormat", value=written)


def _conditions(sheet: Sheet) -> None:
    for ad_hoc in sheet.all("adHocSubProcess"):
        _formal(sheet, ad_hoc, child(ad_hoc, "completionCondition"))
    for several in sheet.all("multiInstanceLoopCharacteristics"):
        _truth(sheet, child(several, "completionCondition"))
        for choice in children(several, "complexBehaviorDefinition"):
            _said(sheet, choice, child(choice, "condition"))
            _truth(sheet, child(choice, "condition"))
    for condition in sheet.all("conditionExpression", "loopCondition"):
        _truth(sheet, condition)


def _formal(sheet: Sheet, owner: etree._Element, expression: etree._Element | None) -> None:
    """What an engine is to reckon must be marked as a formal expression, and must say something."""
    kind = "" if expression is None else (expression.get(_INSTANCE) or "").rpartition(":")[2]
    if expression is not None and kind != "tFormalExpression":
        sheet.say("GH-E655", owner, what=tag_of(expression))
    _said(sheet, owner, expression)


def _said(sheet: Sheet, owner: etree._Element, expression: etree._Element | None) -> None:
    if expression is not None and not text_of(expression):
        sheet.say("GH-E655", owner, what=tag_of(expression))


def _truth(sheet: Sheet, condition: etree._Element | None) -> None:
    if condition is not None and _LITERAL.fullmatch(text_of(condition)):
        sheet.say("GH-E654", condition, source=text_of(condition))
