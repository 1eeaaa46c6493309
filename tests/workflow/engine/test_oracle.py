"""The engine against an independent token game, on random processes and random paths through them."""

import pytest

from tests.workflow.engine.comparing import drawn, tangled, walk

PROCESSES = 400
PATHS = 12
TANGLES = 150
TANGLED_PATHS = 20


@pytest.mark.slow
def test_the_engine_plays_a_tangle_as_the_oracle_does() -> None:
    """Joins that wait for ever, tokens that overtake, inclusive joins in loops: whatever the rules say, both say it."""
    moves = 0
    for seed in range(TANGLES):
        graph, bundle = tangled(seed)
        moves += sum(walk(graph, bundle, seed * 1000 + path) for path in range(TANGLED_PATHS))
    assert moves > TANGLES * TANGLED_PATHS


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_the_engine_plays_as_the_oracle_does(part: int) -> None:
    moves = 0
    for seed in range(part * PROCESSES // 10, (part + 1) * PROCESSES // 10):
        graph, bundle = drawn(seed)
        moves += sum(walk(graph, bundle, seed * 1000 + path) for path in range(PATHS))
    assert moves > PROCESSES // 10 * PATHS
