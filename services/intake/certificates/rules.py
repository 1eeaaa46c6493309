"""What the register must enter, by what was said of a case. Plain functions, no I/O."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from services.intake.certificates.kinds import BY_ITEM, KINDS
from services.intake.certificates.records import Deed
from services.intake.documents.dossiers import NUMBERING, Dossier, Due, Told

REGISTER: Final = frozenset(f"certificate.{deed}" for deed in Deed)
"""The kinds of what is due that are entries here and no documents."""

_DEEDS: Final = {
    "permit_amended": Deed.AMENDED,
    "permit_extended": Deed.EXTENDED,
    "permit_withdrawn": Deed.WITHDRAWN,
    "permit_revoked": Deed.REVOKED,
    "permit_cancelled": Deed.CANCELLED,
}
_CHANGE: Final = "PT10A"
"""The change of a permit gives a new certificate of the old one's kind."""
_REPLACEMENT: Final = "PT10C"


def entries(dossier: Dossier, *, item: str) -> Iterator[Due]:
    """Every entry that what was said asks for. `item` is the item's mark, such as PT05.

    Not every grant gives a certificate: only one for which the process asks for a number, or whose maker entered one.
    """
    granted = next((told for told in dossier.of("decided") if told.data["outcome"].startswith("granted")), None)
    kind = _kind(dossier, item)
    numbered = _number(dossier, item)
    if granted is not None and kind and (numbered is not None or dossier.of("asked")):
        yield _due(Deed.GRANTED, granted, {"kind": kind} | _measures(dossier))
        if numbered is not None:
            told, number = numbered
            yield _due(Deed.NUMBERED, told, {"number": number})
    if granted is not None and item == _REPLACEMENT:
        yield _due(Deed.REPLACED, granted, _target(dossier))
    for told in dossier.of("milestone"):
        if told.ref in _DEEDS:
            yield _due(_DEEDS[told.ref], told, _target(dossier))


def _due(deed: Deed, told: Told, values: dict[str, Any]) -> Due:
    present = {name: value for name, value in values.items() if value}
    kind = f"certificate.{deed}"
    return Due(due_id=kind, kind=kind, on=told.on or date.min, values=present)


def _kind(dossier: Dossier, item: str) -> str:
    if item != _CHANGE:
        return BY_ITEM.get(item, "")
    named = str(_last(dossier, "kind", among=KINDS))
    return named if named in KINDS else ""


def _number(dossier: Dossier, item: str) -> tuple[Told, str] | None:
    """The number that the maker of the certificate entered, else what the national system answered."""
    fields = ("number",) if item == _CHANGE else ("number", "certificate_no")
    for told in reversed(dossier.told):
        is_answer = told.what == "external" and told.data.get("topic") == NUMBERING
        if told.what == "task" or is_answer:
            number = next((str(told.data[field]) for field in fields if told.data.get(field)), "")
            if number:
                return told, number
    return None


def _measures(dossier: Dossier) -> dict[str, Any]:
    fields = ("place", "floor_area_m2", "land_area_m2", "land_area_ha", "area_m2", "valid_until", "valid_months")
    return {field: _last(dossier, field) for field in fields}


def _target(dossier: Dossier) -> dict[str, Any]:
    return {
        "certificate_no": _last(dossier, "certificate_no"),
        "new_no": _last(dossier, "new_no"),
        "document_no": _last(dossier, "document_no"),
        "valid_until": _last(dossier, "valid_until"),
        "reason": _last(dossier, "reasons") or _last(dossier, "facts") or _last(dossier, "content"),
    }


def _last(dossier: Dossier, field: str, *, among: Any = None) -> Any:  # noqa: ANN401 - what a form of the process asked
    for told in reversed(dossier.of("task")):
        value = told.data.get(field)
        if value and (among is None or value in among):
            return value
    return ""
