"""The service keeps to its own OpenAPI document, whoever attacks it."""

from pathlib import Path

import pytest
from openapi_spec_validator import validate

from services.contracts.words import Role
from services.kernel.identity import Person, Tokens, create_keypair
from tests.kernel.tiny import SERVICE
from tests.support.attack import attack
from tests.support.office import Office
from tests.support.process import process

OPERATOR = Person(code="u.ops", name="运维", roles=frozenset({Role.OPERATOR}), department="D11")


def test_the_document_is_valid_openapi_and_needs_no_network() -> None:
    validate(SERVICE.create_app().openapi())


@pytest.mark.slow
async def test_no_attack_finds_an_answer_that_the_document_does_not_name(office: Office, tmp_path: Path) -> None:
    private, public = create_keypair(tmp_path)
    environment = office.settings_of("workflow") | {
        "GUIHUA_HTTP_PORT": "0",
        "GUIHUA_FOLDER": str(tmp_path),
        "GUIHUA_JWT_PUBLIC_KEY_FILE": str(public),
    }
    async with process("tests.kernel.tiny", environment, tmp_path / "tiny.log") as service:
        await service.serving()
        found = await attack(service.url, token=Tokens(private).issue(OPERATOR))
        assert not found, found
        assert service.logged("request failed") == []
