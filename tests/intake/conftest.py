"""The window's fixtures."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.kernel.identity import create_keypair
from tests.intake.hall import Hall, hall
from tests.support.office import Office


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Private and public key of the test's sign-in."""
    return create_keypair(tmp_path_factory.mktemp("keys"))


@pytest.fixture
async def window(office: Office, keys: tuple[Path, Path]) -> AsyncIterator[Hall]:
    """The service on empty servers, with both items on offer."""
    async with hall(office, keys) as opened:
        await opened.offers()
        yield opened
