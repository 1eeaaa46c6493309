"""`make fuzz`: the engine against the oracle on very many random processes.

`python -m tests.workflow.engine.fuzz [processes] [first seed]`. Every difference is told with its seed; a seed is
played again with `… fuzz 1 <seed>`. Without a first seed they are new ones each time.
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import count
from typing import Final

from tests.workflow.engine.comparing import drawn, tangled, walk

PROCESSES: Final = 50_000
PATHS: Final = 3
_PART: Final = 200


def play(seed: int) -> int:
    """Play one process of each kind; give the number of moves compared. Raises what differs."""
    moves = 0
    for graph, bundle in (drawn(seed), tangled(seed)):
        moves += sum(walk(graph, bundle, seed * 1000 + path) for path in range(PATHS))
    return moves


def play_part(first: int, processes: int) -> tuple[int, list[str]]:
    """Play some processes; give the moves compared, and what differed."""
    moves, said = 0, []
    for seed in range(first, first + processes):
        try:
            moves += play(seed)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is a difference and has a seed
            said.append(f"seed {seed}: {type(error).__name__}: {error!s:.300}")
    return moves, said


def main() -> None:
    """Play; 1 when something differed."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else PROCESSES
    first = int(sys.argv[2]) if len(sys.argv) > 2 else int(time.time()) % 10**9
    seeds = wanted // 2 + wanted % 2
    sys.stdout.write(f"seeds {first} to {first + seeds - 1}: {2 * seeds} processes, {PATHS} paths each\n")
    starts = range(first, first + seeds, _PART)
    sizes = [min(_PART, first + seeds - start) for start in starts]
    moves, differences, done = 0, 0, count(1)
    with ProcessPoolExecutor() as pool:
        for played, said in pool.map(play_part, starts, sizes):
            moves, differences = moves + played, differences + len(said)
            sys.stdout.write("".join(f"{line}\n" for line in said))
            processes = min(2 * _PART * next(done), 2 * seeds)
            sys.stdout.write(f"{processes} of {2 * seeds} processes, {moves} moves, {differences} differences\n")
            sys.stdout.flush()
    sys.exit(differences > 0)


if __name__ == "__main__":
    main()
