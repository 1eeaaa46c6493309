"""What the images are built from: the lock of the project, one extra for one service."""

import re
import tomllib
from typing import Any, Final

import pytest

from tests.deploy.places import DEPLOY, SERVICES, TOP

DOCKERFILE: Final = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
PROJECT: Final[dict[str, Any]] = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_every_stage_of_a_service_has_an_extra_and_an_entry_point() -> None:
    stages = re.findall(r"^FROM runtime AS (\w+)$", DOCKERFILE, re.MULTILINE)
    assert sorted(stages) == sorted(SERVICES)
    assert set(stages) <= PROJECT["optional-dependencies"].keys()
    assert re.findall(r'^ENTRYPOINT \["python", "-m", "services\.(\w+)"\]$', DOCKERFILE, re.MULTILINE) == stages


def test_the_default_base_is_the_python_that_the_project_needs() -> None:
    assert PROJECT["requires-python"] == ">=3.11"
    assert "ARG BASE_IMAGE=python:3.11-slim-bookworm\n" in DOCKERFILE


def test_packages_come_from_the_lock_by_hash_and_the_builder_is_pinned() -> None:
    exports = re.findall(r"uv export (.+) --output-file (\w+\.txt)", DOCKERFILE)
    assert len(exports) == 2
    assert all("--frozen" in options and "--no-dev" in options for options, _ in exports)
    assert DOCKERFILE.count("--require-hashes") == 3
    builder = (DEPLOY / "build-requirements.txt").read_text(encoding="utf-8")
    pinned = re.findall(r"uv==[\d.]+", (TOP / "Makefile").read_text(encoding="utf-8"))[0]
    assert f"\n{pinned} \\\n    --hash=sha256:" in builder


def test_every_locked_package_of_a_service_has_a_wheel() -> None:
    lock = tomllib.loads((TOP / "uv.lock").read_text(encoding="utf-8"))
    assert [package["name"] for package in lock["package"] if "sdist" in package and not package.get("wheels")] == []


def test_the_container_is_nobody_and_stops_when_told() -> None:
    runtime = DOCKERFILE.split(" AS runtime\n")[1].split("\nFROM ")[0]
    for line in ("USER 10001:10001", "STOPSIGNAL SIGTERM", "HEALTHCHECK ", "org.opencontainers.image.revision="):
        assert line in runtime
    assert "apt" not in runtime
    assert "# syntax" not in DOCKERFILE  # it would be fetched from a registry


@pytest.mark.parametrize("service", SERVICES)
def test_only_contracts_kernel_and_one_service_are_copied(service: str) -> None:
    assert (TOP / "services" / service / "__main__.py").is_file()
    copied = re.findall(r"^COPY (services/\S+)", DOCKERFILE, re.MULTILINE)
    assert copied == ["services/__init__.py", "services/contracts", "services/kernel", "services/${SERVICE}"]


def test_all_images_are_built_by_default() -> None:
    script = (DEPLOY / "images.sh").read_text(encoding="utf-8")
    assert sorted(re.findall(r"SERVICES:-([a-z ]+)\}", script)[0].split()) == sorted(SERVICES)
