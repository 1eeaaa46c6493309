"""The messenger's part in a quick approval: its key, the address where it is published, and what it signs."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI

from services.contracts.notify import LinkDecided
from services.kernel.identity.keys import key_id, published
from services.notify.links import Link, Verdict, decide
from tests.support.http import serving

SIGNED_AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass(slots=True)
class Signer:
    """A messenger's key; `url` publishes it once there is one, and counts who asks."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    url: str = ""
    asked: int = 0

    def decided(self, case_no: str, task_id: str, person: str, at: datetime, *, decision: str = "agree") -> LinkDecided:
        """What the messenger says when the person decides by link at that office time."""
        link = Link(
            link_id=f"{task_id}.{person}",
            token_hash="",
            sealed_token="",
            case_no=case_no,
            task_id=task_id,
            person=person,
            title="建设工程规划许可",
            step="领导审批",
            expires_at=SIGNED_AT + timedelta(hours=1),
        )
        verdict = Verdict(decision=decision, opinion="同意")
        signer = key_id(self.key.public_key())
        _, (said,) = decide(link, verdict, now=at, wall=SIGNED_AT, key=self.key, key_id=signer)
        assert isinstance(said, LinkDecided)
        return said

    def keys(self) -> dict[str, Any]:
        """What stands at the address."""
        self.asked += 1
        return published(self.key.public_key())


@asynccontextmanager
async def signer_at_work() -> AsyncIterator[Signer]:
    """A messenger's key, published."""
    signer, app = Signer(), FastAPI()
    app.get("/link-keys")(signer.keys)
    async with serving(app) as address:
        signer.url = f"{address}/link-keys"
        yield signer
