"""Templates: unknown slots are refused at load, missing contents when a document is made."""

import pytest

from services.kernel.documents import Listing, Paragraph, SlotEmpty, Table, Template, TemplateUnsound, filled, load

SLOTS = ("applicant", "reasons", "remedies", "extra", "rows")
GOOD = """
kind = "refusal"
name = "不予许可决定书"
name_en = "Refusal"
basis = ["行政许可法第三十八条"]
needs = "决定"
nature = "许不"
title = "不予行政许可决定书"
recipient = "{applicant}"
[[block]]
text = "经审查，{applicant}的申请不符合条件。"
[[block]]
listing = "{reasons}"
[[block]]
when = "extra"
text = "另：{extra}"
[[block]]
table = "{rows}"
when = "rows"
head = ["甲", "乙"]
[[block]]
text = "{remedies}"
"""


def template(source: str = GOOD) -> Template:
    return load(source.encode(), slots=SLOTS, where="refusal.toml")


def test_a_template_is_filled_and_optional_blocks_are_left_out() -> None:
    made = filled(template(), {"applicant": "王某", "reasons": ("一因", "二因"), "remedies": "六十日\n六个月"})
    assert made["recipient"] == "王某"
    assert made["blocks"] == (
        Paragraph(text="经审查，王某的申请不符合条件。"),
        Listing(items=("一因", "二因")),
        Paragraph(text="六十日"),
        Paragraph(text="六个月"),
    )
    values = {"applicant": "王某", "reasons": "一因", "remedies": "x", "extra": "附", "rows": (("1", "2"),)}
    blocks = filled(template(), values)["blocks"]
    assert Paragraph(text="另：附") in blocks
    assert Table(head=("甲", "乙"), rows=(("1", "2"),)) in blocks


def test_what_is_filled_in_is_not_read_again() -> None:
    made = filled(template(), {"applicant": "{remedies}", "reasons": ("{extra}",), "remedies": "救济"})
    assert made["recipient"] == "{remedies}"


@pytest.mark.parametrize("empty", ["", " \n", ()])
def test_a_document_without_what_must_stand_in_it_is_refused(empty: str | tuple[str, ...]) -> None:
    with pytest.raises(SlotEmpty) as refused:
        filled(template(), {"applicant": "王某", "reasons": empty})
    assert refused.value.values["slots"] == "reasons、remedies"


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("{applicant}的", "{nobody}的", "nobody"),
        ('when = "extra"', 'when = "nothing"', "nothing"),
        ('listing = "{reasons}"', 'listing = "原因：{reasons}"', "one slot"),
        ('text = "另：{extra}"', 'text = "另：{extra}"\nheading = "x"', "one of"),
        ('text = "{remedies}"', 'text = "{Remedies}"', "{Remedies}"),
        ('kind = "refusal"', 'kind = "refusal"\nfrom = "x"', "from"),
        ('kind = "refusal"', "kind = ", "refusal.toml"),
    ],
)
def test_an_unsound_template_is_refused_at_load_and_says_what_is_wrong(was: str, now: str, said: str) -> None:
    assert was in GOOD
    with pytest.raises(TemplateUnsound, match=said):
        template(GOOD.replace(was, now))
