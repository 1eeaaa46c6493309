"""One migration of a process at a time, however many are asked for at once, there or back."""

import asyncio

import pytest

from services.kernel.problem import Language, Problem
from services.workflow import deploys
from services.workflow.migrations import plans
from services.workflow.migrations.bulk import go_on
from services.workflow.migrations.models import Migration, Plan, Status
from services.workflow.migrations.refusals import MigrationUnderWay
from tests.workflow.bundle_support import as_bytes, bundle
from tests.workflow.operations.rivals import Bureau, bureau
from tests.workflow.room import IT

__all__ = ["bureau"]


async def _second_version(bureau: Bureau) -> Plan:
    files = as_bytes(bundle())
    files["diagram.bpmn"] = files["diagram.bpmn"].replace("分管领导审核".encode(), "领导审批".encode())
    new = await deploys.deploy(bureau.deps, files, who=IT, activate=False)
    return Plan(process_key=new.key, to_version=new.version)


async def test_given_many_are_started_at_once_then_one_is_and_the_others_read_which(bureau: Bureau) -> None:
    plan = await _second_version(bureau)
    starting = (plans.start(bureau.deps, plan, who=IT, reason="修订") for _ in range(8))
    answers = await asyncio.gather(*starting, return_exceptions=True)
    [started] = [answer for answer in answers if isinstance(answer, Migration)]
    refused = [answer for answer in answers if isinstance(answer, MigrationUnderWay)]
    assert len(refused) == 7
    for refusal in refused:
        assert (refusal.status, refusal.code) == (409, "migration-under-way")
        assert started.migration_id in refusal.detail(Language.ZH)
        assert started.migration_id in refusal.detail(Language.EN)

    await _run(bureau)
    newer = await plans.start(bureau.deps, plan, who=IT, reason="修订")
    with pytest.raises(MigrationUnderWay, match=newer.migration_id):
        await plans.revert(bureau.deps, started.migration_id, who=IT)
    await _run(bureau)
    back = await plans.revert(bureau.deps, started.migration_id, who=IT)
    assert back.status is Status.REVERTING
    with pytest.raises(Problem, match=started.migration_id):
        await plans.start(bureau.deps, plan, who=IT, reason="修订")
    await _run(bureau)


async def _run(bureau: Bureau) -> None:
    while await go_on(bureau.deps):
        pass
