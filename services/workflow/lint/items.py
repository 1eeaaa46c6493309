"""Lint of `item.toml`: complete, consistent, and no promise beyond the law."""

from collections import Counter
from collections.abc import Iterable, Mapping

from services.kernel.worktime import WarningPointUnreadable
from services.workflow.definitions.items import ITEM_FILE, ItemFile, ItemUnreadable, read_item
from services.workflow.lint.reports import MAX_FINDINGS, Report


def check_item(report: Report, files: Mapping[str, bytes]) -> ItemFile | None:
    """Read the item and check it; None if it cannot be read at all."""
    content = files.get(ITEM_FILE)
    if content is None:
        report.say("GH-E701", ITEM_FILE)
        return None
    try:
        item = read_item(content)
    except ItemUnreadable as unreadable:
        for error in unreadable.errors[:MAX_FINDINGS]:
            report.say("GH-E702", ITEM_FILE, where=error.where or "-", reason_zh=error.zh, reason=error.en)
        return None
    except WarningPointUnreadable as warning:
        values = dict(warning.values)
        report.say(
            "GH-E702", ITEM_FILE, where="case_clock.warn", reason_zh=warning.zh.format(**values), reason=str(warning)
        )
        return None
    _check_promises(report, item)
    _check_codes(report, item)
    return item


def _check_promises(report: Report, item: ItemFile) -> None:
    for situation in item.situations:
        if 0 < item.statutory_workdays < situation.promised_workdays:
            report.say(
                "GH-E703",
                ITEM_FILE,
                situation=situation.code,
                promised=situation.promised_workdays,
                statutory=item.statutory_workdays,
            )


def _check_codes(report: Report, item: ItemFile) -> None:
    for code in _doubled(each.code for each in item.situations):
        report.say("GH-E728", ITEM_FILE, what="situations", code=code)
    for code in _doubled(each.code for each in item.documents):
        report.say("GH-E728", ITEM_FILE, what="documents", code=code)
    known = {each.code for each in item.situations}
    for document in item.documents:
        for situation in document.situations:
            if situation not in known:
                report.say("GH-E727", ITEM_FILE, document=document.code, situation=situation)


def _doubled(codes: Iterable[str]) -> list[str]:
    return [code for code, times in Counter(codes).items() if times > 1]
