"""Where a case stands: one word for the whole of its progress, the furthest point it has reached."""

from enum import StrEnum
from typing import Self


class Status(StrEnum):
    """Where the case stands, with its words and what happens next."""

    zh: str
    en: str
    next_zh: str
    next_en: str

    def __new__(cls, value: str, zh: str, en: str, next_zh: str, next_en: str) -> Self:
        """A status code with its texts for people."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.zh, member.en, member.next_zh, member.next_en = zh, en, next_zh, next_en
        return member

    RECEIVED = (
        "received",
        "已收件，待受理",
        "received, not accepted yet",
        "受理岗将在五个工作日内决定是否受理；需要补正的，会一次性告知全部内容。",
        "Acceptance is decided within five working days; if anything is lacking you are told everything at once.",
    )
    IN_REVIEW = (
        "in_review",
        "审查中",
        "under review",
        "审查由机关内部协调完成，您无需到场；请按预取件日期领取结果。",
        "The review needs nothing from you; collect the result on the expected date.",
    )
    PAUSED = (
        "paused",
        "暂停计时",
        "clock paused",
        "暂停的原因消除后恢复计时，预取件日期相应顺延。",
        "The clock runs again when the reason is over; the expected date moves accordingly.",
    )
    DECIDED = (
        "decided",
        "已作出决定",
        "decided",
        "正在制作文书，送到出件窗口后即可领取。",
        "The documents are being made out; you can collect them when they reach the collection window.",
    )
    READY = (
        "ready",
        "可以取件",
        "ready for collection",
        "请携带立案回执和身份证件到出件窗口领取；代领的须持授权委托书。",
        "Bring the receipt and your identity document to the collection window; an agent brings an authorisation.",
    )
    DELIVERED = (
        "delivered",
        "已送达",
        "delivered",
        "结果已经送达，案卷正在归档。",
        "The result was handed over; the file is being archived.",
    )
    ENDED = (
        "ended",
        "已办结",
        "closed",
        "本案已办结，没有后续手续。",
        "The case is closed; nothing more happens.",
    )
