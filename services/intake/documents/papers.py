"""What is needed to make and to keep the bureau's papers: a part of `Deps`."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from services.intake.certificates.records import Certificate
from services.intake.documents.dossiers import Dossier
from services.intake.documents.records import IssuedDocument
from services.kernel.documents import Press, Template
from services.kernel.store import Aggregates, Files, Index, Store


@dataclass(frozen=True, slots=True)
class Papers:
    """Dossiers, issued documents, certificates; their PDFs; what sets them. `owed` wakes the ticker that makes them."""

    dossiers: Aggregates[Dossier]
    documents: Aggregates[IssuedDocument]
    certificates: Aggregates[Certificate]
    files: Files
    press: Press
    templates: Mapping[str, Template]
    owed: asyncio.Event = field(default_factory=asyncio.Event)


async def papers_of(store: Store, press: Press, templates: Mapping[str, Template]) -> Papers:
    """The papers in this store, their indexes made."""
    await store.indexes("dossiers", Index("body.owes", where={"body.owes": True}))
    await store.indexes(
        "documents",
        Index("body.case_no", "_id"),
        Index("body.series", "body.serial", unique=True, where={"body.serial": {"$gt": 0}}),
        Index("body.sha256"),
        Index("body.token", unique=True),
    )
    await store.indexes(
        "certificates",
        Index("body.number"),
        Index("body.token", unique=True),
        Index("body.pdf_sha256"),
    )
    return Papers(
        dossiers=store.aggregates("dossiers", Dossier, key="case_no"),
        documents=store.aggregates("documents", IssuedDocument, key="document_id"),
        certificates=store.aggregates("certificates", Certificate, key="certificate_id"),
        files=store.files("issued"),
        press=press,
        templates=templates,
    )
