"""The kinds of document, each a TOML file in `templates/`. Read at start: one that is unsound stops the service."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from services.kernel.documents import Template, TemplateUnsound, load

FOLDER: Final = Path(__file__).with_name("templates")

NEGATIVE: Final = frozenset(
    {"not_accepted", "not_required", "refusal", "withdrawal", "revocation", "cancellation", "termination"}
)
"""Decisions against somebody: they must say what can be done about them (行政许可法 §38; docs/domain.md §3.2)."""

REASONED: Final = NEGATIVE - {"not_required", "cancellation"}
"""Those that must also say why."""

NO_COPY: Final = frozenset(
    {"interested_party", "publication", "hearing_announcement", "hearing_record", "approval_sheet"}
)
"""What is not addressed to the applicant: it is not in the list at the status page."""

SLOTS: Final = (
    *("applicant", "applicant_number", "applicant_public", "item", "title", "title_public", "case_no", "received"),
    *("papers", "legal_basis", "bureau", "hall_address", "hall_hours", "inquiry_phone", "remedies", "issued"),
    *("defects", "accepted", "deemed", "due", "statutory_due", "reasons", "competent_authority", "decided"),
    *("ground", "basis", "held_on", "planned_end", "extension_reason", "was_due", "new_due", "conditions"),
    *("hearing_told", "hearing_basis", "hearing_parties", "hearing_on", "hearing_place", "hearing_chair"),
    *("hearing_open", "posted_from", "places", "publicity_basis", "publicity_no"),
    *("certificate_no", "new_no", "content", "valid_until", "deemed_renewal", "compensation", "original"),
    *("served", "delivered_at", "delivered_by", "receiver", "receiver_number", "capacity", "signature"),
    *("authorisation", "published_on", "published_place", "requested"),
    *("hearing_present", "hearing_summary", "hearing_signed", "opinions"),
    *("termination_ground", "termination_basis", "termination_evidence"),
)
"""Everything that a template of a document may name (docs/how-to/change-a-document.md)."""


def read(folder: Path = FOLDER) -> Mapping[str, Template]:
    """The templates by kind; raises TemplateUnsound."""
    found = {}
    for path in sorted(folder.glob("*.toml")):
        template = load(path.read_bytes(), slots=SLOTS, where=path.name)
        if template.kind != path.stem:
            msg = f"{path.name}: kind 应与文件名一致 / kind must be the file's name: {template.kind}"
            raise TemplateUnsound(msg)
        _refuse_silence(template, where=path.name)
        found[template.kind] = template
    return found


def _refuse_silence(template: Template, *, where: str) -> None:
    """A decision against somebody says what they can do about it, always and not only when a slot is filled."""
    must = {name for name, kinds in (("reasons", REASONED), ("remedies", NEGATIVE)) if template.kind in kinds}
    if missing := sorted(must - template.needed({})):
        msg = f"{where}: 不利决定必须载明 / a decision against somebody must state: {', '.join(missing)}"
        raise TemplateUnsound(msg)
