"""A worker of the service's pool: the engine's, that looks at drawings by the bureau's rules besides."""

import sys
from collections.abc import Mapping

from services.workflow.engine import worker
from services.workflow.engine.exchange import CheckRequest
from services.workflow.engine.models import Finding


def check(files: Mapping[str, bytes], asked: CheckRequest) -> tuple[Finding, ...]:
    """Everything wrong with the files of a definition, the engine's findings and the bureau's, errors first."""
    from services.workflow.lint.linting import lint_files  # noqa: PLC0415 - most workers only run, and need none of it

    return lint_files(files, posts=asked.posts)


if __name__ == "__main__":
    worker.main(int(sys.argv[1]), int(sys.argv[2]), check)
