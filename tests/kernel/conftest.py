"""What the kernel's tests share."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from services.kernel import logs

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    """What was logged since the last look. Puts the tests' own logging back afterwards."""
    root, written = logging.getLogger(), io.StringIO()
    before = root.handlers[:], root.level
    logs.configure("intake", level="info", to=written)

    def read() -> list[dict[str, Any]]:
        said = written.getvalue().split("\n")[:-1]
        written.seek(0)
        written.truncate()
        return [json.loads(line) for line in said]

    yield read
    root.handlers, root.level = before
    logging.captureWarnings(capture=False)
    structlog.reset_defaults()
