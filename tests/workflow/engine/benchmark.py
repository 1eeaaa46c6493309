"""How fast and how small: `python -m tests.workflow.engine.benchmark`. Prints; judges nothing.

Every completion loads the state from bytes, runs, and writes it again, on one core, without a cache.
"""

import sys
import time
from collections.abc import Callable
from typing import Final, TypeVar

import zstandard

from services.workflow.engine import codec
from services.workflow.engine.bundles import compile_diagrams
from services.workflow.engine.models import Step
from tests.workflow.engine import permit

ROUNDS: Final = 30
_T = TypeVar("_T")


def timed(work: Callable[[], _T]) -> tuple[float, _T]:
    """Seconds of processor time for a piece of work, and its result."""
    began = time.process_time()
    result = work()
    return time.process_time() - began, result


def measure(rounds: int = ROUNDS) -> dict[str, float]:
    """Play the permit; give the best round. Times are processor time."""
    bundle = permit.bundle()
    best, steps = min((timed(lambda: list(permit.played(bundle))) for _ in range(rounds)), key=lambda each: each[0])
    compiled = min(timed(lambda: compile_diagrams(permit.files()))[0] for _ in range(3))
    sizes = [len(step.state) for step in steps]
    completions = len(steps) - 1
    return {
        "completions of one permit": completions,
        "completions a second": completions / best,
        "whole permits a second": 1 / best,
        "ms a completion": best / completions * 1e3,
        "bytes at start": sizes[0],
        "bytes in the middle": sizes[len(sizes) // 2],
        "bytes at most": max(sizes),
        "bytes at most, unpacked": max(len(zstandard.decompress(step.state)) for step in steps),
        "ms to compile": compiled * 1e3,
        "ms to read a state": _reading(bundle.mark, steps),
    }


def _reading(mark: bytes, steps: list[Step]) -> float:
    state = steps[len(steps) // 2].state
    return min(timed(lambda: codec.read_state(state, mark))[0] for _ in range(50)) * 1e3


if __name__ == "__main__":
    for name, value in measure().items():
        sys.stdout.write(f"{name:>28}  {value:,.3f}\n")
