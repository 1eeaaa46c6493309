"""A new application from a case that is there, such as a consultation (A-05, A-07): nothing is typed twice."""

from collections.abc import Mapping
from typing import Any, Final

from services.console.pages.desk.entries import FACTS
from services.console.visits import Visit

_OF_THE_PROJECT: Final = frozenset({"location", "investment_project_code"})
"""Facts that are the same in the next application."""


async def taken_over(visit: Visit, case_no: str, item: Mapping[str, Any]) -> dict[str, str]:
    """What is filled in already: the applicant with numbers in full (the look is recorded), the project, the papers.

    Papers count as handed in where the new list asks for one of the same code or name. Raises Refused for a case that
    is not the clerk's to see.
    """
    case = await visit.api.get("intake", f"/cases/{case_no}")
    on_file = await visit.api.get("intake", f"/cases/{case_no}/applicant")
    persons = {person["capacity"]: person for person in on_file["persons"]}
    agent = persons.get("agent", {"name": "", "number": ""})
    fields = {
        "kind": case["applicant_view"]["kind"],
        "name": persons["applicant"]["name"],
        "id_no": persons["applicant"]["number"],
        "phone": on_file["phone"],
        "agent_name": agent["name"],
        "agent_id_no": agent["number"],
        "title": case["title"],
        "township": case["township"] or "",
        "facts.earlier_case": case_no,
    }
    facts = {name: str(case["facts"].get(name, "")) for name, _ in FACTS if name in _OF_THE_PROJECT}
    return fields | {f"facts.{name}": text for name, text in facts.items()} | _papers(case, item)


def _papers(case: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for paper in item["documents"]:
        for known in case["documents"]:
            if paper["code"] == known["code"] or paper["name"] == known["name"]:
                found |= {
                    f"got.{paper['code']}": "1",
                    f"originals.{paper['code']}": str(known["originals"]),
                    f"copies.{paper['code']}": str(known["copies"]),
                }
    return found
