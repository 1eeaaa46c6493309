"""What a request was given, kept for a quarter of an hour so that sending it again gives the same answer.

The case keeps a password only as a hash. A clerk who presses twice, or whose line breaks, must still get the receipt:
so the number and the password drawn for a request are kept under the digest of its Idempotency-Key, the password
sealed with a key that is made of that Idempotency-Key. We keep neither the Idempotency-Key nor the made key: the
database and our own field key together do not open it.
"""

from datetime import datetime, timedelta
from typing import Final

from services.intake.passwords import invent
from services.intake.submissions import RequestKey, Submission
from services.kernel.seals import Seals
from services.kernel.store import Aggregates, AlreadyExists, Body

KEPT: Final = timedelta(minutes=15)


class Handout(Body, frozen=True):
    """The case number and sealed password drawn for one request. MongoDB forgets it at `expires_at`."""

    request: str
    submission: Submission
    case_no: str
    sealed: str
    expires_at: datetime


class Handouts:
    """The handouts of the last quarter of an hour."""

    def __init__(self, kept: Aggregates[Handout], seals: Seals) -> None:
        self._kept = kept
        self._seals = seals

    async def find(self, request: RequestKey) -> Handout | None:
        """What this request was given; `KeyTaken` if its key came with another content then."""
        found = await self._kept.find(request.submission.digest)
        return found[0] if found is not None and found[0].submission.answers(request.submission) else None

    async def give(self, request: RequestKey, *, case_no: str, wall: datetime) -> Handout:
        """A new password for this request; the one already drawn if the same request is under way elsewhere."""
        digest = request.submission.digest
        handout = Handout(
            request=digest,
            submission=request.submission,
            case_no=case_no,
            sealed=self._seals.with_secret(request.secret).seal(invent(), place=digest),
            expires_at=wall + KEPT,
        )
        try:
            await self._kept.create(handout)
        except AlreadyExists:
            return await self.find(request) or handout
        return handout

    def password(self, handout: Handout, request: RequestKey) -> str:
        """The password that was drawn."""
        return self._seals.with_secret(request.secret).open(handout.sealed, place=handout.request)
