"""Requests that may be sent twice: the same Idempotency-Key from the same person gets the same answer."""

import hashlib
import secrets

from pydantic import BaseModel

from services.kernel.identity import Person
from services.kernel.requests import KeyTaken
from services.kernel.seals import Seals


class Submission(BaseModel, frozen=True):
    """What is kept of a request: a digest of who sent which key for what, and a keyed fingerprint of its content."""

    digest: str
    fingerprint: str

    def answers(self, again: "Submission") -> bool:
        """Whether `again` is this request once more; `KeyTaken` if the key is the same and the content is not."""
        if self.digest != again.digest:
            return False
        if not secrets.compare_digest(self.fingerprint, again.fingerprint):
            raise KeyTaken
        return True


class RequestKey:
    """The key of a request under way, and its `Submission`. Without an Idempotency-Key every request is its own."""

    def __init__(self, key: str | None, *, who: Person, action: str, content: str, seals: Seals) -> None:
        self.secret = key or secrets.token_urlsafe()
        self.submission = Submission(
            digest=hashlib.sha256(f"{who.code}\n{action}\n{self.secret}".encode()).hexdigest(),
            fingerprint=seals.fingerprint(content),
        )
