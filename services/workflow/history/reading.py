"""Reading the whole history of a case, up to what its document says was said last."""

import asyncio
from typing import Final

from services.contracts.events import Envelope
from services.kernel.problem import Problem
from services.workflow.deps import Deps
from services.workflow.history.chains import in_order

_PAGE: Final = 1000
_TRIES: Final = 30
_PAUSE: Final = 0.1


class HistoryLags(Problem):
    """What was said a moment ago is still on its way into the journal."""

    status = 503
    code = "history-lags"
    zh = "案件 {case_no} 的最新记录正在写入，暂不能取完整历史"
    en = "the newest records of case {case_no} are still being written"
    remedy_zh = "请稍后重试；若持续出现，请检查消息服务器是否正常"
    remedy_en = "try again shortly; if it goes on, see whether the message broker works"


async def history(deps: Deps, case_no: str) -> tuple[list[Envelope], str]:
    """Everything said of a case in the order of its chain, and the hash that its document ends the chain with.

    Waits up to three seconds for what the relay has not written down yet. Raises NotFound, HistoryLags.
    """
    for _ in range(_TRIES):
        instance, revision = await deps.instances.load(case_no)
        said = [each for each in await _all(deps, case_no) if each.sequence <= revision]
        if not instance.chain or any(each.hash == instance.chain for each in said):
            return said, instance.chain
        await asyncio.sleep(_PAUSE)
    raise HistoryLags(case_no=case_no)


async def history_as_it_is(deps: Deps, case_no: str) -> tuple[list[Envelope], str]:
    """As `history`, but what is missing at the end is for the verdict to say. Raises NotFound."""
    try:
        return await history(deps, case_no)
    except HistoryLags:
        instance, revision = await deps.instances.load(case_no)
        return [each for each in await _all(deps, case_no) if each.sequence <= revision], instance.chain


async def _all(deps: Deps, case_no: str) -> list[Envelope]:
    found: list[Envelope] = []
    after = ""
    while entries := await deps.journal.find(case_no, limit=_PAGE, after=after):
        found += [entry.envelope for entry in entries]
        after = entries[-1].order
    return in_order(found)
