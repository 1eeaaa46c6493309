"""The papers issued in a case, as its case file lists them: which, under which number, and how to know each again.

The list is in the manifest. The PDFs themselves are intake's: who may read them there puts them into the file under
the path that the list names, without changing anything that is signed.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from pydantic import BaseModel, TypeAdapter

from services.contracts.intake import DocumentIssued

PAPERS: Final = "papers.json"
FOLDER: Final = "papers/"


class Paper(BaseModel, frozen=True):
    """One issued paper. `path` is where its PDF stands in the file, if it is there; `source` where intake serves it."""

    path: str
    document_id: str
    kind: str
    name: str
    name_en: str
    number: str
    issued_on: date
    issued_at: datetime
    sha256: str
    size: int
    source: str


_LIST: Final = TypeAdapter(list[Paper])


def papers_of(issued: Sequence[DocumentIssued]) -> list[Paper]:
    """The list, in the order in which they were issued."""
    in_turn = sorted(issued, key=lambda each: (each.issued_at, each.document_id))
    return [
        Paper(
            path=f"{FOLDER}{place:02}-{each.kind}.pdf",
            source=each.file,
            **each.model_dump(include=set(Paper.model_fields)),
        )
        for place, each in enumerate(in_turn, start=1)
    ]


def written(papers: Sequence[Paper]) -> bytes:
    """The list as it stands in the file."""
    return _LIST.dump_json(list(papers), indent=1)


def listed(contents: Mapping[str, bytes]) -> list[Paper]:
    """The list of an exported file; none in files from before there was one. Raises ValueError."""
    return _LIST.validate_json(contents[PAPERS]) if PAPERS in contents else []


def altered(contents: Mapping[str, bytes], papers: Sequence[Paper]) -> list[tuple[str, str]]:
    """What is wrong with the PDFs that stand in the file."""
    there = [paper for paper in papers if paper.path in contents]
    return [
        (f"文书 {paper.path}（{paper.number}）与签发的不符", f"the paper {paper.path} is not the one that was issued")
        for paper in there
        if hashlib.sha256(contents[paper.path]).hexdigest() != paper.sha256
    ]
