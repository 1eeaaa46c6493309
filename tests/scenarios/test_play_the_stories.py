"""The stories of `make demo`, played against the running system: every date as docs/domain.md says."""

import pytest

from services.local.demo import playbill
from services.local.runner import Run


@pytest.mark.timeout(900)
@pytest.mark.parametrize("time", ["first", "second"])
async def test_given_a_running_system_when_the_stories_are_played_then_every_date_agrees(
    system: Run, time: str, capsys: pytest.CaptureFixture[str]
) -> None:
    del time  # the second time there are cases, messages and bulletins of the first

    verdict = await playbill.play(system.layout)

    assert verdict == 0, capsys.readouterr().out
