"""A sample of every event version ever shipped parses for ever: contracts may grow, never change their meaning."""

import json
from pathlib import Path
from typing import Any

import pytest

from services.contracts.catalogue import CATALOGUE
from services.contracts.events import Envelope, Said, stream_of

SAMPLES = sorted((Path(__file__).parent / "samples").glob("*.json"))


def _as_far_as(told: Any, kept: Any) -> Any:
    """What is kept of what was told: fields that were added since, with a default, are left out at every depth."""
    match told, kept:
        case dict(), dict():
            return {name: _as_far_as(value, kept.get(name)) for name, value in told.items()}
        case list(), list() if len(told) == len(kept):
            return [_as_far_as(one, other) for one, other in zip(told, kept, strict=True)]
        case _:
            return kept


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_given_a_sample_of_a_shipped_version_then_it_parses_and_says_the_same(path: Path) -> None:
    envelope = Envelope.model_validate_json(path.read_text(encoding="utf-8"))
    said = CATALOGUE[envelope.type].model_validate(envelope.data)
    assert said.key == envelope.subject
    kept = json.loads(said.model_dump_json())
    assert _as_far_as(envelope.data, kept) == envelope.data


@pytest.mark.parametrize("event_type", sorted(CATALOGUE))
def test_given_an_event_type_then_there_is_a_sample_of_it(event_type: str) -> None:
    assert any(path.stem == event_type for path in SAMPLES), f"tests/contracts/samples/{event_type}.json is missing"


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_given_a_field_of_the_future_then_readers_ignore_it(path: Path) -> None:
    envelope = json.loads(path.read_text(encoding="utf-8"))
    envelope["data"]["something_new"] = {"not": "known here"}
    read = Envelope.model_validate({**envelope, "extension": "unknown"})
    assert CATALOGUE[read.type].model_validate(read.data)


def test_given_an_event_type_then_one_stream_carries_it() -> None:
    assert stream_of("guihua.intake.case.received.v1") == "GUIHUA_INTAKE"


@pytest.mark.parametrize("wrong", ["intake.case.received.v1", "guihua.intake.case.v1", "guihua.intake.case.received"])
def test_given_a_malformed_type_then_the_class_is_refused(wrong: str) -> None:
    with pytest.raises(TypeError, match=r"is not guihua\."):
        type("Wrong", (Said,), {"TYPE": wrong, "__module__": __name__, "__annotations__": {}})


def test_given_a_doubled_type_then_the_class_is_refused() -> None:
    with pytest.raises(TypeError, match="already taken"):
        type("Again", (Said,), {"TYPE": next(iter(CATALOGUE)), "__module__": __name__, "__annotations__": {}})
