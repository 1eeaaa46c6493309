"""What the clerk typed on the page for receiving, as intake asks for it, and back onto the page when it is refused."""

from collections.abc import Mapping
from typing import Any, Final

FACTS: Final = (
    ("location", "项目位置"),
    ("investment_project_code", "投资项目统一代码"),
    ("earlier_case", "以前的案件或方案咨询编号"),
    ("certificate_no", "原许可证书编号（变更、延续、补证、注销时填写）"),
)
"""What the window writes down of the project besides its title."""

Fields = Mapping[str, str]


def application(fields: Fields, item: Mapping[str, Any], situation: str) -> dict[str, Any]:
    """The application in the words of intake's API (`POST /cases`)."""
    facts = {name: text for name, _ in FACTS if (text := _text(fields, f"facts.{name}"))}
    return {
        "item_code": item["code"],
        "situation": situation,
        "title": _text(fields, "title"),
        "applicant": _applicant(fields),
        "facts": facts,
        "documents": [_document(fields, code) for code in ticked(fields, item)],
        "township": _text(fields, "township") or None,
    }


def asked_papers(item: Mapping[str, Any], situation: str) -> list[dict[str, Any]]:
    """The item's list of papers for a situation."""
    return [paper for paper in item["documents"] if not paper["situations"] or situation in paper["situations"]]


def ticked(fields: Fields, item: Mapping[str, Any]) -> list[str]:
    """The papers that were handed in, by code: those ticked or counted."""
    return [
        paper["code"]
        for paper in item["documents"]
        if any(_text(fields, f"{name}.{paper['code']}") not in {"", "0"} for name in ("got", "originals", "copies"))
    ]


def field_of(where: str, codes: list[str]) -> str:
    """The field of the page that an error of the API speaks of: the page names papers by code and not by place."""
    head, _, rest = where.partition("body.documents.")
    if head or not rest:
        return where
    number = rest.partition(".")[0]
    is_place = number.isdecimal() and int(number) < len(codes)
    return f"body.documents.{codes[int(number)] if is_place else rest}"


def _applicant(fields: Fields) -> dict[str, Any]:
    agent = {"name": _text(fields, "agent_name"), "id_no": _text(fields, "agent_id_no")}
    return {
        "kind": _text(fields, "kind"),
        "name": _text(fields, "name"),
        "id_no": _text(fields, "id_no"),
        "phone": _text(fields, "phone"),
        "agent": agent if any(agent.values()) else None,
    }


def _document(fields: Fields, code: str) -> dict[str, Any]:
    return {
        "code": code,
        "originals": _count(_text(fields, f"originals.{code}")),
        "copies": _count(_text(fields, f"copies.{code}")),
    }


def _count(text: str) -> int | str:
    """The number; what is none goes on as it was typed, so that the refusal names it."""
    return int(text or "0") if (text or "0").isdecimal() else text


def _text(fields: Fields, name: str) -> str:
    return fields.get(name, "").strip()
