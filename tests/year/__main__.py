"""`make year CASES=20000`: a generated year of the bureau on a system of its own; exit code 1 if anything is wrong."""

import argparse
import asyncio
import sys
import tempfile
from datetime import date
from pathlib import Path

from services.local.layout import Layout
from services.local.runner import Run
from tests.support.process import ROOT
from tests.year.account import account_of, complaints, report, standing
from tests.year.season import play


async def main(cases: int, working_days: int, seed: int) -> int:
    """Play it, and print what it was."""
    with tempfile.TemporaryDirectory(prefix="guihua-year-") as folder:
        run = Run(Layout.free(Path(folder)))
        await run.start()
        try:
            await run.furnish(ROOT / "bpmn")
            year = await play(run, cases=cases, begin=date(2025, 1, 2), working_days=working_days, seed=seed)
            account = await account_of(run)
            wrong = await complaints(run, year, account)
            left = await standing(run, year, account)
        finally:
            await run.stop()
    print(report(year, account, left))  # noqa: T201 - the answer
    for each in wrong:
        print(f"  WRONG: {each}")  # noqa: T201
    return 1 if wrong else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make year", description=__doc__)
    parser.add_argument("cases", type=int, nargs="?", default=2_000)
    parser.add_argument("--working-days", type=int, default=248)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    given = _arguments()
    sys.exit(asyncio.run(main(given.cases, given.working_days, given.seed)))
