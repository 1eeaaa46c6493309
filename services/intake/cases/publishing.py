"""What everybody may read of a granted licence (行政许可法 §40, B-50): never a private person's name or project."""

import unicodedata
from collections.abc import Collection
from datetime import date
from itertools import pairwise
from typing import Final

from services.contracts.words import Outcome
from services.intake.applications import ApplicantKind
from services.intake.cases.records import Case, PublicLine

PUBLISHED: Final = frozenset({Outcome.GRANTED, Outcome.GRANTED_CONDITIONAL})
"""The decisions that are public by law."""


def published(case: Case, decision: Outcome, decided_on: date) -> PublicLine | None:
    """The line of a case in the list of results; None when the decision has no place there."""
    if not case.is_licence or decision not in PUBLISHED:
        return None
    project, applicant = public_names(case)
    return PublicLine(
        item=case.item_name,
        item_en=case.item_name_en,
        project=project,
        applicant=applicant,
        decision=decision,
        decided_on=decided_on,
        words=tuple(sorted(words(plain(f"{case.item_name} {project} {applicant}")))),
    )


def public_names(case: Case) -> tuple[str, str]:
    """Project and applicant as everybody may read them.

    Of a private person only the surname is told, and of their project only its kind and place: titles such as
    “刘某某住宅” name people.
    """
    if case.applicant.kind is ApplicantKind.ORGANISATION:
        return case.title, case.applicant.name
    project = f"{case.situation_name}（{case.township_name}）" if case.township_name else case.situation_name
    return project, f"{case.applicant.name[:1]}某某"


def plain(text: str) -> str:
    """A text without the differences nobody means: full and half width, upper and lower case, spaces."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def words(text: str) -> Collection[str]:
    """Every two neighbouring characters of a plain text: Chinese is not divided by spaces."""
    return {one + other for one, other in pairwise(text)}
