"""Everything that schemathesis can think of, sent to a running service."""

import asyncio
import sys
from collections.abc import Sequence
from tempfile import TemporaryDirectory

_ALLOWED_TIME = 300.0
_NOT_OURS = ("positive_data_acceptance",)  # what fits the schema may still break a rule of the office


async def attack(url: str, *, token: str, examples: int = 20, exclude: Sequence[str] = ()) -> str:
    """Try every route with values that fit and values that do not; gives what went wrong, empty when nothing.

    No answer may be a server error, have a status or a form that the OpenAPI document does not name, take what it
    says it refuses, or let in who brings no good token. `exclude` names checks of schemathesis to leave out.
    """
    left_out = ["--exclude-checks", ",".join((*_NOT_OURS, *exclude))]
    with TemporaryDirectory() as folder:  # schemathesis leaves notes where it runs
        return await _run(
            folder, url, "--header", f"Authorization: Bearer {token}", "--max-examples", str(examples), *left_out
        )


async def _run(folder: str, url: str, *options: str) -> str:
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "schemathesis.cli", "run", f"{url}/openapi.json", "--checks", "all", *options),
        *("--phases", "coverage,fuzzing", "--no-color", "--continue-on-failure", "--seed", "1"),
        cwd=folder,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(child.communicate(), _ALLOWED_TIME)
    return "" if child.returncode == 0 else said.decode(errors="replace")
