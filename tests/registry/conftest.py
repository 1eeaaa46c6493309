"""The registry at work."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.kernel.clock import DemoClock
from services.kernel.identity import create_keypair
from services.registry.__main__ import SERVICE
from services.registry.deps import Deps
from services.registry.settings import RegistrySettings
from tests.support.office import Office
from tests.support.running import AtWork, at_work, environment_of, values_of

Registry = AtWork[Deps]


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Private and public key of the test's sign-in."""
    return create_keypair(tmp_path_factory.mktemp("keys"))


@pytest.fixture
async def registry(office: Office, keys: tuple[Path, Path]) -> AsyncIterator[Registry]:
    """The service on empty servers, in a demonstration."""
    values = values_of(environment_of(office, "registry", keys[1]))
    settings = RegistrySettings.model_validate(values)
    async with at_work(SERVICE, settings, clock=DemoClock(), private_key=keys[0]) as running:
        yield running
