"""What supervision does by time: it completes what a stop in the middle left of papers that were issued."""

from datetime import timedelta
from typing import Final

from services.kernel.app import Ticker
from services.supervision.desk import Deps
from services.supervision.following import archive_filed
from services.supervision.issuing import complete_bulletin, complete_notice

_LOOKED_BACK: Final = timedelta(days=2)
"""Longer than the service is ever away without anybody noticing."""
_MANY: Final = 1000


async def complete_issued(deps: Deps) -> int:
    """Keep the files and post the scores of papers issued of late, each harmless again; gives 0, as nothing is left."""
    since = deps.clock.now() - _LOOKED_BACK
    for notice in await deps.notices.query({"body.issued_at": {"$gte": since}}, sort=[("_id", 1)], limit=_MANY):
        await complete_notice(deps, notice)
    for bulletin in await deps.bulletins.query({"body.published_at": {"$gte": since}}, sort=[("_id", 1)], limit=_MANY):
        await complete_bulletin(deps, bulletin)
    return 0


TICKERS: Final[tuple[Ticker[Deps], ...]] = (
    Ticker(name="archive-filed", every=timedelta(minutes=1), run=archive_filed, alone=True),
    Ticker(name="complete-issued", every=timedelta(minutes=10), run=complete_issued, alone=True),
)
