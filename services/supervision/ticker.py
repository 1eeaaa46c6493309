"""What supervision does by time: the bulletin of the month, files to be closed, and what a stop left of papers."""

from datetime import timedelta
from typing import Final

from services.kernel.app import Ticker
from services.supervision.desk import Deps
from services.supervision.following import archive_filed
from services.supervision.issuing import complete_bulletin, complete_notice
from services.supervision.monthly import draft_monthly

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
    Ticker(name="draft-monthly", every=timedelta(minutes=10), run=draft_monthly, alone=True),
    Ticker(name="archive-filed", every=timedelta(minutes=1), run=archive_filed, alone=True),
    Ticker(name="complete-issued", every=timedelta(minutes=10), run=complete_issued, alone=True),
)
