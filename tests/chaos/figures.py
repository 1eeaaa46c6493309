"""What a storm did, in numbers, and everything that went wrong on the way."""

import random
import time
from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Figures:
    """Counts of one storm. The same seed makes the same choices; what they meet depends on the machine."""

    seed: int
    began: float = field(default_factory=time.monotonic)
    kills: Counter[str] = field(default_factory=Counter)
    retries: Counter[str] = field(default_factory=Counter)
    came_too_late: int = 0
    doubled: int = 0
    requests: int = 0
    cases: int = 0
    surprises: list[str] = field(default_factory=list)

    def dice(self, name: str) -> random.Random:
        """A source of choices of its own for each actor, so that one does not disturb another."""
        return random.Random(f"{self.seed}/{name}")  # noqa: S311 - choices of a test

    def report(self, **more: object) -> str:
        """One block for the log of the run."""
        lines = {
            "seed": self.seed,
            "seconds": round(time.monotonic() - self.began, 1),
            "cases": self.cases,
            "kills": f"{sum(self.kills.values())} {dict(sorted(self.kills.items()))}",
            "requests": self.requests,
            "retries": f"{sum(self.retries.values())} {dict(sorted(self.retries.items()))}",
            "came too late (409)": self.came_too_late,
            "sent twice on purpose": self.doubled,
            **more,
        }
        return "\n".join(f"  {name:24}{value}" for name, value in lines.items())
