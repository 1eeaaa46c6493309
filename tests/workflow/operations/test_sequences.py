"""Any sequence of operations keeps a case sound: nothing lost, doubled or orphan, no clock without its step."""

import pytest

from tests.workflow.operations.playing import sequences

SEQUENCES = 400
OFTEN = ("complete", "send_back", "pull_back", "jump", "sign", "hand_over", "resolve", "suspend", "fire")


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_given_random_operations_then_what_is_open_is_what_an_independent_account_says(part: int) -> None:
    done = sequences(SEQUENCES, first=part * SEQUENCES)
    for name in (*OFTEN, "sent back out of a subprocess", "sent back into a subprocess", "pulled back, one of several"):
        assert done[name], f"{name} was never carried out"
    forgotten, whole = done["opened, with a way back forgotten"], done["opened, with every way back"]
    assert forgotten < whole / 50, "the engine forgets ways back that it should know"
